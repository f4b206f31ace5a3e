"""At which rank the first right answer stands: what a model says, and what it knows but does not.

Carrino et al., Table 1: the distinct answers of a question in the order of their scores.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
SMALLEST = 5.0
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
    orange. The numbers are the share at rank 1, and of all later ranks together.

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
    layers = [_bars(ranks, room, font), *_numbers(rows, room, font, paper, dark)]
    chart = (
        alt.layer(*layers, data=theme.inline(rows))
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


def _bars(ranks: int, room: float, font: int) -> alt.Chart:
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
        scale=alt.Scale(domain=[0, 100], nice=False),
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


def _numbers(
    rows: Sequence[Mapping[str, Any]], room: float, font: int, paper: bool, dark: bool
) -> list[alt.Chart]:
    """The share at rank 1 inside its segment, and after the bar that of the later ones."""
    size = font - 1 if paper else font - 2
    texts = []
    for key in dict.fromkeys(row["row"] for row in rows):
        own = [row["share"] for row in rows if row["row"] == key]
        said, later = own[0], sum(own[1:])
        inside = f"{said:.1f}"
        if said / 100 * room > text_width(inside, size) + 4:
            texts.append({"row": key, "at": said, "text": inside, "inside": True})
            inside = ""
        after = " + ".join(part for part in (inside, f"{later:.1f}" if own[1:] else "") if part)
        if after:
            texts.append({"row": key, "at": said + later, "text": after, "inside": False})
    base = alt.Chart(theme.inline(texts)).encode(x=alt.X("at:Q"), text="text:N")
    said_, after_ = (base.transform_filter(f"{sign}datum.inside") for sign in ("", "!"))
    return [
        said_.mark_text(align="right", dx=-3, fontSize=size, color="white"),
        after_.mark_text(align="left", dx=3, fontSize=size, color=theme.ink(paper, dark)),
    ]
