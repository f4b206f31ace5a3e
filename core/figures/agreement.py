"""How often two languages choose the same class: a matrix with its numbers."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.figures import theme
from core.figures.language_order import keeps_order
from core.figures.text import text_width
from core.figures.theme import Chart

SMALLEST = 4.5
"""Points of a cell's side; below it the names of the languages can't be read."""
DIAGONAL = theme.QUIET


def agreement(
    languages: Sequence[str],
    shares: NDArray[np.floating],
    *,
    groups: Sequence[Sequence[str]] = (),
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A heatmap in cividis from 0 to 100 %, the percentage printed in every cell it fits into.

    Args:
        languages: in the order of the shares, and to show if there are no groups.
        shares: [languages, languages], 0 to 1.
        groups: all the languages, those that answer alike together (see
            `core.metrics.language_groups`); each group is framed.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: too many languages for the width on paper.
    """
    order = [name for group in groups for name in group] or list(languages)
    rows = _rows(languages, shares, order)
    font = theme.font_size(paper)
    room = theme.plot_width(paper, width, order)
    cell = room / max(1, len(order))
    if paper and cell < SMALLEST:
        raise UserError(
            f"{len(order)} languages don't fit into this width: "
            "choose a wider one, such as acl-page, "
            f"or show at most {int(room / SMALLEST)} of them"
        )
    height = max(SMALLEST + 1, min(cell, 12 if paper else 28))
    small = min(font, cell, height)
    size = next((x for x in (font, font - 1, font - 2) if text_width("00", x) + 2 <= cell), None)
    flat = cell >= max(text_width(x, small) for x in order) + 3
    x_axis = alt.Axis(labelAngle=0 if flat else -90, ticks=False, labelFontSize=small)
    scale = alt.Scale(domain=order)
    x = alt.X("other:N", scale=scale, title="Language", axis=x_axis)
    y_axis = alt.Axis(ticks=False, labelFontSize=small)
    y = alt.Y("language:N", scale=scale, title="Language", axis=y_axis)
    base = alt.Chart().encode(x, y)
    layers = [*_cells(base, room), *([] if size is None else _numbers(base, size))]
    if framed := [group for group in groups if len(group) > 1]:
        layers.append(_frames(framed, x, y, paper))
    note = _note(len(groups), size is not None)
    chart = theme.layered(*layers, data=theme.inline(rows)).properties(
        title=theme.title("Agreement between languages", paper, width, badges, note)
    )
    finished = theme.finish(chart, paper, width, int(len(order) * height), dark)
    pivoted = theme.pivoted(finished, "language", "other", "agreement")
    return keeps_order(pivoted) if groups else pivoted


def _rows(
    languages: Sequence[str], shares: NDArray[np.floating], order: Sequence[str]
) -> list[dict[str, str | float]]:
    """One record a cell, in percent, row by row as shown."""
    places = [languages.index(name) for name in order]
    return [
        {"language": languages[i], "other": languages[j], "agreement": 100 * float(shares[i, j])}
        for i in places
        for j in places
    ]


def _note(groups: int, numbers: bool) -> str:
    """What the frames are, and whether numbers had to go."""
    framed = f"framed: {groups} groups that answer alike"
    parts = [framed] * (groups > 0) + ["numbers left out: the cells are too small"] * (not numbers)
    return "; ".join(parts)


def _frames(groups: Sequence[Sequence[str]], x: alt.X, y: alt.Y, paper: bool) -> alt.Chart:
    """A frame around the cells of each group."""
    rows = theme.inline(
        {"other": group[0], "last": group[-1], "language": group[0]} for group in groups
    )
    mark = alt.Chart(rows).mark_rect(
        fillOpacity=0, stroke=theme.VERMILLION, strokeWidth=1.5 if paper else 2.5
    )
    return mark.encode(
        x.copy().bandPosition(0),
        alt.X2("last:N", bandPosition=1),
        y.copy().bandPosition(0),
        alt.Y2("last:N", bandPosition=1),
    )


def _cells(base: alt.Chart, room: float) -> list[alt.Chart]:
    """Coloured cells, on one scale in every figure, and a grey diagonal."""
    legend = alt.Legend(
        title="Same answer (% of examples)",
        gradientLength=0.6 * room,
        titleOrient="top",
        values=[0, 25, 50, 75, 100],
    )
    scale = alt.Scale(scheme="cividis", domain=[0, 100])
    color = alt.Color("agreement:Q", scale=scale, legend=legend)
    pairs = base.transform_filter(alt.datum.language != alt.datum.other).mark_rect()
    same = base.transform_filter(alt.datum.language == alt.datum.other)
    share = alt.Tooltip("agreement:Q", title="Same answer (%)", format=".1f")
    tooltip = ["language:N", "other:N", share]
    return [
        pairs.encode(color, tooltip=tooltip),
        same.mark_rect(color=DIAGONAL, fillOpacity=0.35, strokeWidth=0),
    ]


def _numbers(base: alt.Chart, size: float) -> list[alt.Chart]:
    """The percentages; a language with itself has a dash."""
    ink = theme.number_ink("agreement")
    pairs = base.transform_filter(alt.datum.language != alt.datum.other)
    same = base.transform_filter(alt.datum.language == alt.datum.other)
    number = alt.Text("agreement:Q", format=".0f")
    return [
        pairs.mark_text(fontSize=size).encode(number, color=ink),
        same.mark_text(fontSize=size, text="–"),
    ]
