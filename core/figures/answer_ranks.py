"""At which rank the first right answer stands: what a model says, and what it knows but does not.

Carrino et al., Table 1: the distinct answers of a question in the order of their scores.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.text import text_width
from core.figures.theme import Chart

TITLE = "Rank of the first right answer"
BAR = (9, 19)
"""Height of a bar in points, on paper and on the screen."""
LATER = ("#B35C00", "#F6DDB0")
"""Colours of rank 2 and of the last one; those between are mixed."""
STEP = 5.0
"""Percent; the axis ends at a multiple of it."""
PAD = 3
"""Points between a number and the end of its bar."""
GAP = "gap"
Shares = Mapping[str, Sequence[float]]
"""language -> percent of its questions whose first right answer stands at rank 1, 2, ..."""


def answer_ranks(
    shares: Mapping[str, Shares],
    *,
    by: str,
    note: str = "",
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Bars of ranks stacked to the share of questions that have a right answer among the best.

    Rank 1, which the model says, is blue; the later ones, which it knows but does not say, are
    orange. The numbers are the share at rank 1, and of all later ranks together; the first stands
    inside its bar where every bar has room for it. The axis ends where the longest bar does.

    Args:
        shares: moment (``before``, ``after``; or one) -> language -> percent per rank.
        by: whose languages these are, ``question`` or ``context``.
        note: below the title.
        badges: shown below it.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: there is nothing to show.
    """
    rows = _rows(shares)
    if not rows:
        raise UserError("no question was asked, so there are no ranks to show")
    ranks = max(row["rank"] for row in rows)
    places, labels = _places(shares)
    font = theme.font_size(paper)
    y = alt.Y(
        "row:N",
        title=f"Language of the {by}",
        scale=alt.Scale(domain=places, paddingInner=0.08, paddingOuter=0),
        axis=alt.Axis(
            labelExpr=f"{json.dumps(labels)}[datum.value]",
            labelOverlap=False,
            labelLimit=0,
            ticks=False,
            domain=False,
        ),
    )
    room = theme.plot_width(paper, width, labels.values())
    numbers = _Numbers.fitting(rows, room, font - 1 if paper else font - 2)
    layers = [_bars(ranks, room, font, numbers.end), *numbers.layers(theme.ink(paper, dark))]
    chart = (
        theme.layered(*layers, data=theme.inline(rows))
        .encode(y)
        .properties(title=theme.title(TITLE, paper, width, badges, _note(note, shares, ranks)))
    )
    finished = theme.finish(chart, paper, width, len(places) * BAR[not paper], dark)
    return theme.pivoted(finished, "row", "rank", "share")


def _rows(shares: Mapping[str, Shares]) -> list[dict[str, Any]]:
    """One record a language, moment and rank."""
    return [
        {
            "row": _key(language, when, shares),
            "language": language,
            "when": when,
            "rank": place,
            "share": float(share),
        }
        for when, found in shares.items()
        for language, parts in found.items()
        for place, share in enumerate(parts, 1)
    ]


def _key(language: str, when: str, shares: Mapping[str, Shares]) -> str:
    return f"{language} {when}" if len(shares) > 1 else language


def _places(shares: Mapping[str, Shares]) -> tuple[list[str], dict[str, str]]:
    """Rows from top to bottom, a gap between two languages, and what is written at each."""
    languages = list(dict.fromkeys(x for found in shares.values() for x in found))
    places, labels = [], {}
    for number, language in enumerate(languages):
        if len(shares) > 1 and number:
            places.append(f"{GAP}{number}")
            labels[places[-1]] = ""
        for when in shares:
            places.append(_key(language, when, shares))
            labels[places[-1]] = places[-1]
    return places, labels


def _note(note: str, shares: Mapping[str, Shares], ranks: int) -> str:
    told = f"numbers: share at rank 1; share at ranks 2 to {ranks} (known, but not said)"
    return "; ".join(part for part in (told if ranks > 1 else "", note) if part)


def _bars(ranks: int, room: float, font: int, end: float) -> alt.Chart:
    """One segment a rank."""
    colour = alt.Color(
        "rank:O",
        scale=alt.Scale(domain=list(range(1, ranks + 1)), range=palette(ranks)),
        legend=alt.Legend(
            title="Rank",
            titleOrient="left",
            symbolType="square",
            columns=_legend_columns(ranks, room / (3.5 * font)),
        ),
    )
    x = alt.X(
        "share:Q",
        title="Share of the questions (%)",
        stack="zero",
        scale=alt.Scale(domain=[0, end], nice=False),
        axis=alt.Axis(tickCount=theme.TICKS),
    )
    tooltip = ["language:N", "when:N", "rank:O", alt.Tooltip("share:Q", format=".1f")]
    return alt.Chart().mark_bar().encode(x, colour, alt.Order("rank:O"), tooltip=tooltip)


def _legend_columns(ranks: int, fit: float) -> int:
    """All ranks in one row where so many fit, else two rows or more."""
    return next((n for n in (ranks, (ranks + 1) // 2, 3) if n + (n == ranks) < fit), 2)


def palette(ranks: int) -> list[str]:
    """A colour a rank: blue, then from dark to light orange."""
    first, last = (tuple(int(x[i : i + 2], 16) for i in (1, 3, 5)) for x in LATER)
    steps = max(1, ranks - 2)
    return [
        theme.BLUE,
        *(
            "#"
            + "".join(
                f"{round(a + (b - a) * k / steps):02x}" for a, b in zip(first, last, strict=True)
            )
            for k in range(ranks - 1)
        ),
    ]


@dataclass(frozen=True)
class _Numbers:
    """What is written at the bars, and the axis that leaves room for it."""

    bars: Sequence[tuple[str, float, float]]
    """Row, share at rank 1, share at the later ranks together."""
    later: bool
    """Whether later ranks were looked at."""
    inside: bool
    """Whether the share at rank 1 stands in its bar, in all rows alike."""
    end: float
    """Of the axis, in percent: the number after the longest bar fits."""
    size: int
    """Of the numbers."""

    @classmethod
    def fitting(cls, rows: Sequence[Mapping[str, Any]], room: float, size: int) -> _Numbers:
        """Inside the bars if all of them have room, in a plot of so many points."""
        parts: dict[str, list[float]] = {}
        for row in rows:
            parts.setdefault(row["row"], []).append(row["share"])
        bars = [(row, found[0], sum(found[1:])) for row, found in parts.items()]
        for inside in (True, False):
            made = cls(bars, max(map(len, parts.values())) > 1, inside, 100.0, size)
            wanted = max(made._end(said, later, room) for _, said, later in bars)
            made = replace(made, end=STEP * max(1, math.ceil(wanted / STEP)))
            narrow = min(said for _, said, _ in bars) / made.end * room
            if narrow > text_width("00.0", size) + 2 * PAD:
                break
        return made

    def _after(self, said: float, later: float) -> str:
        """What stands behind a bar."""
        told = (said, not self.inside), (later, self.later)
        return " + ".join(f"{share:.1f}" for share, here in told if here)

    def _end(self, said: float, later: float, room: float) -> float:
        """Where the axis has to end for the number behind a bar."""
        taken = text_width(self._after(said, later), self.size) + 2 * PAD
        return (said + later) * room / max(room - taken, room / 4)

    def layers(self, ink: str) -> list[alt.Chart]:
        """The numbers inside the bars, if that is where they stand, and behind them."""
        behind = [
            {"row": row, "at": said + later, "text": self._after(said, later)}
            for row, said, later in self.bars
        ]
        said_ = [{"row": row, "at": said, "text": f"{said:.1f}"} for row, said, _ in self.bars]
        layers = [_texts(behind).mark_text(align="left", dx=PAD, fontSize=self.size, color=ink)]
        if self.inside:
            white = {"fontSize": self.size, "color": "white"}
            layers.append(_texts(said_).mark_text(align="right", dx=-PAD, **white))
        return layers


def _texts(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    return alt.Chart(theme.inline(rows)).encode(x=alt.X("at:Q"), text="text:N")
