"""How well every language is answered about every language: question by context, and changes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from core.errors import UserError
from core.figures import theme
from core.figures.pair_scores import AFTER, BEFORE, CHANGE, MEAN, NOW, Cells, PairScores, cells_of
from core.figures.text import text_width
from core.figures.theme import Chart
from core.quoting import minus

SCORES, CHANGES = "scores", "changes"
"""Names of the layers of cells: each has its own colours."""
HEADINGS = {BEFORE: "Before", AFTER: "After", CHANGE: "After minus before (points)"}
SMALLEST = 4.0
"""Points of a cell's width on paper; below it nothing can be read."""
SMALLEST_NUMBER = 5.0
"""Points of a number on paper; smaller ones are left out."""
EM_A_LETTER = 0.57
"""Width of a digit or sign, in ems."""
TOPS = (20, 50, 100)
"""Where the scale of the scores may end: weak models would else be one colour."""
STEP = 10.0
"""The scale of changes ends at a multiple of so many points."""
ROW = (11, 24)
"""Height of a row in points, on paper and on the screen."""


def g_xlt_map(
    shown: PairScores,
    *,
    note: str = "",
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Heatmaps one above the other, questions in rows, the number in every cell.

    Scores before and after have one scale, from 0 to 20, 50 or 100; changes one that is symmetric.
    The last row and column are means over the pairs, and their corner is G-XLT (or its change).
    Pairs of one language with itself (XLT) are framed.

    Args:
        shown: the scores.
        note: below the title.
        badges: shown below it.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: nothing to show, or too many languages for the width on paper.
    """
    panels, questions, contexts = shown.panels, shown.questions, shown.contexts
    if not panels or not any(np.isfinite(cells).any() for cells in panels.values()):
        raise UserError("no pair of languages was asked, so there is no map to draw")
    rows = cells_of(shown)
    places, labels = _places(panels, questions)
    columns = [*contexts, MEAN]
    font = theme.font_size(paper)
    room = theme.plot_width(paper, width, labels.values())
    cell = room / len(columns)
    if paper and cell < SMALLEST:
        raise UserError(
            f"{len(contexts)} languages don't fit into this width: "
            "choose a wider one, such as acl-page"
        )
    decimals, size = _digits(rows, cell, font)
    told = theme.percent_or_points("value", f"datum.panel == '{CHANGE}'")
    base = (
        alt.Chart()
        .transform_calculate(told=told)
        .encode(*_axes(columns, places, labels, cell, font), tooltip=_tip(shown.measure))
    )
    layers = _cells(base, rows, room)
    if not paper:
        layers += _numbers(base, decimals, _fluid(font, len(columns)))
    elif size >= SMALLEST_NUMBER:
        layers += _numbers(base, decimals, size)
    else:
        note = "; ".join(x for x in (note, "numbers left out: the cells are too small") if x)
    layers += [_headings(panels, columns[0])] if len(panels) > 1 else []
    told = "; ".join(x for x in ("framed: question and context in one language (XLT)", note) if x)
    chart = (
        theme.layered(*layers, data=theme.inline(rows))
        .resolve_scale(color="independent")
        .properties(title=theme.title(_title(panels, shown.measure), paper, width, badges, told))
    )
    finished = theme.finish(chart, paper, width, len(places) * ROW[not paper], dark)
    return theme.pivoted(finished, "row", "context", "value")


def _title(panels: Mapping[str, Cells], measure: str) -> str:
    if list(panels) == [CHANGE]:
        return f"Change of {measure} by language of question and context (points)"
    title = f"{measure} by language of question and context (%)"
    named = len(panels) == 1 and NOW not in panels
    return f"{title}, {next(iter(panels))}" if named else title


def _places(
    panels: Mapping[str, Cells], questions: Sequence[str]
) -> tuple[list[str], dict[str, str]]:
    """Rows from top to bottom, with one for each panel's heading, and what is written there."""
    places, labels = [], {}
    for panel in panels:
        if len(panels) > 1:
            places.append(f"#{panel}")
            labels[places[-1]] = ""
        for question in [*questions, MEAN]:
            places.append(f"{question} {panel}")
            labels[places[-1]] = question
    return places, labels


def _digits(rows: Sequence[Mapping[str, Any]], cell: float, font: int) -> tuple[int, float]:
    """One digit after the point if there is room, and the size of the numbers in points."""
    for decimals in (1, 0):
        widest = max(text_width(_written(row, decimals), 1, bold=True) for row in rows)
        size = min(font, (cell - 1.5) / widest)
        if size >= font - 1.5:
            break
    return decimals, size


def _written(row: Mapping[str, Any], decimals: int) -> str:
    sign = "+" if row["panel"] == CHANGE else ""
    return minus(f"{row['value']:{sign}.{decimals}f}")


def _fluid(font: int, columns: int) -> alt.ExprRef:
    """Numbers that fit into a cell however wide the screen lets it be."""
    own = f"{EM_A_LETTER} * max(3, length(datum.written))"
    return alt.ExprRef(f"min({font}, (width / {columns} - 2) / ({own}))")


def _axes(
    columns: Sequence[str], places: Sequence[str], labels: Mapping[str, str], cell: float, font: int
) -> tuple[alt.X, alt.Y]:
    flat = all(text_width(name, font) + 2 <= cell for name in columns)
    x = alt.X(
        "context:N",
        title="Language of the context",
        scale=alt.Scale(domain=list(columns), paddingInner=0.03, paddingOuter=0),
        axis=alt.Axis(
            labelAngle=0 if flat else -90,
            labelFontSize=min(font, cell),
            labelOverlap=False,
            ticks=False,
            domain=False,
        ),
    )
    y = alt.Y(
        "row:N",
        title="Language of the question",
        scale=alt.Scale(domain=list(places), paddingInner=0.03, paddingOuter=0),
        axis=alt.Axis(
            labelExpr=f"{json.dumps(labels)}[datum.value]",
            labelOverlap=False,
            ticks=False,
            domain=False,
        ),
    )
    return x, y


def _tip(measure: str) -> list[alt.Tooltip]:
    cell = theme.tooltip("panel:N", "question:N", "context:N")
    return [*cell, alt.Tooltip("told:N", title=measure)]


def _end(rows: Sequence[Mapping[str, Any]]) -> float:
    """The end of the scale of changes."""
    most = max((abs(row["value"]) for row in rows if row["panel"] == CHANGE), default=0.0)
    return STEP * max(1, math.ceil(most / STEP))


def _top(rows: Sequence[Mapping[str, Any]]) -> int:
    """The end of the scale of scores."""
    most = max((row["value"] for row in rows if row["panel"] != CHANGE), default=0.0)
    return next((top for top in TOPS if most <= top), TOPS[-1])


def _cells(base: alt.Chart, rows: Sequence[Mapping[str, Any]], room: float) -> list[alt.Chart]:
    """Scores in cividis, changes diverging at 0, a frame around the pairs of one language."""
    end, top = _end(rows), _top(rows)
    both = len({row["panel"] == CHANGE for row in rows}) > 1
    length = (0.4 if both else 0.6) * room
    score = alt.Color(
        "value:Q",
        scale=alt.Scale(scheme="cividis", domain=[0, top]),
        legend=alt.Legend(
            title="Score (%)", titleOrient="top", gradientLength=length, values=[0, top / 2, top]
        ),
    )
    change = alt.Color(
        "value:Q",
        scale=alt.Scale(scheme="blueorange", reverse=True, domain=[-end, end], domainMid=0),
        legend=alt.Legend(
            title="Change (points)", titleOrient="top", gradientLength=length, values=[-end, 0, end]
        ),
    )
    is_change = f"datum.panel == '{CHANGE}'"
    layers = []
    if any(row["panel"] != CHANGE for row in rows):
        own = base.transform_filter(f"!({is_change})").properties(name=SCORES)
        layers.append(own.mark_rect().encode(score))
    if any(row["panel"] == CHANGE for row in rows):
        own = base.transform_filter(is_change).properties(name=CHANGES)
        layers.append(own.mark_rect().encode(change))
    frame = base.transform_filter("datum.same").mark_rect(
        fillOpacity=0, stroke=theme.VERMILLION, strokeWidth=1.4
    )
    return [*layers, frame]


def _numbers(base: alt.Chart, decimals: int, size: float | alt.ExprRef) -> list[alt.Chart]:
    """The number of each cell; means are bold."""
    signed = f"format(datum.value, '+.{decimals}f')"
    plain = f"format(datum.value, '.{decimals}f')"
    zero = f"format(0, '.{decimals}f')"
    base = base.transform_calculate(
        written=f"datum.panel == '{CHANGE}' ? (test(/[1-9]/, {signed}) ? {signed} : {zero}) "
        f": {plain}"
    )
    weight = alt.ExprRef("datum.mean ? 'bold' : 'normal'")
    text = base.mark_text(fontSize=size, fontWeight=weight).encode(text="written:N")
    return [
        text.transform_filter(f"datum.panel {sign} '{CHANGE}'").encode(
            color=theme.number_ink("value", f"{layer}_color")
        )
        for layer, sign in ((SCORES, "!="), (CHANGES, "=="))
    ]


def _headings(panels: Mapping[str, Cells], first: str) -> alt.Chart:
    """The name of each panel, above its first cell."""
    marks = [{"context": first, "row": f"#{panel}", "words": HEADINGS[panel]} for panel in panels]
    return (
        alt.Chart(theme.inline(marks))
        .mark_text(align="left", baseline="middle", fontWeight="bold")
        .encode(alt.X("context:N", bandPosition=0), alt.Y("row:N"), text="words:N")
    )
