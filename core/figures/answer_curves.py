"""Where a model thinks an answer starts and ends: a probability over the tokens of a context.

Carrino et al., Figure 2: the right position, and the window of ±Δ tokens around it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from core.data.qa.shown import NONE
from core.errors import UserError
from core.figures import theme
from core.figures.shown_curves import Curves
from core.figures.theme import Chart

START, END = "start", "end"
HEADINGS = {START: "Answer starts here", END: "Answer ends here"}
BEFORE = "before"
HEIGHT = (70, 150)


def answer_curves(
    curves: Mapping[str, Curves],
    *,
    window: int | None,
    heading: str,
    note: str = "",
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Two panels, start above end; the right token a line, the window around it shaded.

    Args:
        curves: moment (``before``, ``after``) -> its curves; windows of one context that differ
            are laid beside one another by their characters.
        window: Δ in tokens; None draws none.
        heading: the title.
        note: below the title.
        badges: shown below it.
        paper: the paper theme.
        width: the inner width is chosen so that this is about the total.
        dark: draw for a dark page.

    Raises:
        UserError: there is no curve.
    """
    if not curves:
        raise UserError("this question was not asked in this pair of languages")
    tokens = sorted({(int(a), int(b)) for found in curves.values() for a, b in found.offsets})
    places = {token: place for place, token in enumerate(tokens, 1)}
    rows = [row for when, found in curves.items() for row in _rows(when, found, places)]
    gold = _gold(curves, places)
    inner = theme.total_width(paper, width) - (40 if paper else 66)
    panels = [
        _panel(side, list(curves), gold.get(side), window, len(tokens), paper, dark).properties(
            width=inner, height=HEIGHT[not paper]
        )
        for side in (START, END)
    ]
    chart = alt.vconcat(*panels, data=theme.inline(rows), spacing=8 if paper else 14)
    told = [*([note] if note else []), _told(gold, window)]
    return chart.properties(
        title=theme.title(heading, paper, width, badges, "; ".join(told))
    ).configure(**theme.config(paper, dark))


def _told(gold: Mapping[str, int], window: int | None) -> str:
    if not gold:
        return "the right answer is outside the window of the context that was read"
    shaded = "" if window is None else f", shaded: ±{window} tokens around it"
    return f"line: right token{shaded}"


def _rows(when: str, found: Curves, places: Mapping[tuple[int, int], int]) -> list[dict[str, Any]]:
    """One record a token and side."""
    return [
        {
            "when": when,
            "side": side,
            "token": places[int(a), int(b)],
            "text": found.text[int(a) : int(b)] or f"characters {a} to {b}",
            "probability": float(value),
        }
        for side, values in ((START, found.start), (END, found.end))
        for (a, b), value in zip(found.offsets, values, strict=True)
    ]


def _gold(curves: Mapping[str, Curves], places: Mapping[tuple[int, int], int]) -> dict[str, int]:
    """Side -> place of the right token, where a window holds it."""
    found: dict[str, int] = {}
    for part in curves.values():
        for side, position in zip((START, END), part.gold, strict=True):
            if position != NONE and 0 <= position < len(part.offsets):
                a, b = part.offsets[position]
                found.setdefault(side, places[int(a), int(b)])
    return found


def _panel(
    side: str,
    moments: Sequence[str],
    gold: int | None,
    window: int | None,
    tokens: int,
    paper: bool,
    dark: bool,
) -> alt.LayerChart:
    """The curves of one side."""
    bottom, last = side == END, theme.SKY if dark and not paper else theme.BLUE
    x = alt.X(
        "token:Q",
        title="Token of the context" if bottom else None,
        scale=alt.Scale(domain=[0.5, tokens + 0.5], nice=False),
        axis=alt.Axis(labels=bottom, tickCount=min(theme.TICKS + 2, tokens), tickMinStep=1),
    )
    y = alt.Y(
        "probability:Q",
        title="Probability",
        scale=alt.Scale(zero=True),
        axis=alt.Axis(tickCount=4, minExtent=24),
    )
    colour = alt.Color(
        "when:N",
        scale=alt.Scale(
            domain=list(moments),
            range=[theme.VERMILLION if when == BEFORE else last for when in moments],
        ),
        legend=alt.Legend(title=None, symbolType="stroke") if len(moments) > 1 else None,
    )
    tip = ["when:N", "token:Q", "text:N", alt.Tooltip("probability:Q", format=".3f")]
    base = alt.Chart().transform_filter(alt.datum.side == side).encode(x, y, colour, tooltip=tip)
    lines = base.mark_line(
        strokeWidth=1 if paper else 1.8,
        point=alt.OverlayMarkDef(size=4 if paper else 18),
    )
    head = (
        alt.Chart(theme.inline([{"words": HEADINGS[side]}]))
        .mark_text(align="left", baseline="bottom", fontWeight="bold")
        .encode(text="words:N", x=alt.value(0), y=alt.value(-3))
    )
    return alt.layer(*_right(gold, window, tokens, x, theme.ink(paper, dark)), lines, head)


def _right(
    gold: int | None, window: int | None, tokens: int, x: alt.X, ink: str
) -> list[alt.Chart]:
    """The right token, and the window around it."""
    if gold is None:
        return []
    layers = []
    if window is not None:
        ends = {
            "token": max(0.5, gold - window - 0.5),
            "last": min(tokens + 0.5, gold + window + 0.5),
        }
        band = alt.Chart(theme.inline([ends])).mark_rect(color=theme.GREEN, opacity=0.18)
        layers.append(band.encode(x, alt.X2("last:Q")))
    line = alt.Chart(theme.inline([{"token": gold}])).mark_rule(strokeDash=[4, 2], color=ink)
    return [*layers, line.encode(x)]
