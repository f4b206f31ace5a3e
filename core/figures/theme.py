"""One look for all figures: colours, fonts and two themes, screen and paper.

The screen theme has a transparent background and one ink for light pages and one for dark ones;
the paper theme is black on white (1 Vega px = 1 pt), in the font and size of
`core.figures.style`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import altair as alt
from altair.utils.schemapi import UndefinedType

from core.figures.style import FONTS, current, written
from core.figures.text import fitting, text_width, wrap

Chart: TypeAlias = alt.Chart | alt.LayerChart | alt.VConcatChart
"""What the builders return."""
Row: TypeAlias = Mapping[str, Any]
"""One record of a chart's data."""

BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE = "#56B4E9", "#CC79A7"
OKABE_ITO = (BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE)
"""Okabe & Ito (2008) without yellow and black, which vanish on one of the two pages."""

SCREEN_FONT = "Source Sans, Inter, Segoe UI, Helvetica, Arial, sans-serif"
"""The font of the dashboard's pages first."""
LIGHT_INK, DARK_INK = "#3a4650", "#c3cad1"
"""Text on a light and on a dark page."""
QUIET = "#7a7a7a"
"""Lines and labels that stand back; at least 4:1 on white and on a dark page."""
TICKS = 6
"""Ticks of a numeric axis, about; without it a wide window gets thirty."""
PAPER_WIDTH = 218
"""One ACL column, in points."""
SCREEN_WIDTH = 640


def font_size(paper: bool) -> int:
    """Size of the text, in points on paper and pixels on the screen."""
    return current().size if paper else 12


def ink(paper: bool, dark: bool = False) -> str:
    """Colour of text and rules: on paper, on a light page, or on a dark one."""
    if paper:
        return "#000000"
    return DARK_INK if dark else LIGHT_INK


def number_ink(field: str, scale: str = "color") -> Any:
    """Black or white for the number on a coloured cell: what has the higher contrast (WCAG 2).

    The chart asks its own scale, so that this holds for any scheme, also one that is replaced.

    Args:
        field: that the cell's colour is of.
        scale: the name Vega gives to the scale of the colours; ``layer_color`` where a layer of
            that name has its own.
    """
    cell = f"scale('{scale}', datum.{field})"
    white = f"contrast('white', {cell}) > contrast('black', {cell})"
    return alt.condition(white, alt.value("white"), alt.value("black"))


def total_width(paper: bool, width: int | None) -> int:
    """The width asked for, or the medium's own."""
    return width or (PAPER_WIDTH if paper else SCREEN_WIDTH)


def plot_width(paper: bool, width: int | None, labels: Iterable[str], titled: bool = True) -> float:
    """About how wide the plot beside an axis with these labels is, in points."""
    size = font_size(paper)
    taken = max((text_width(written(label), size) for label in labels), default=0) + 5
    padding = 2 * (2 if paper else 5)
    return total_width(paper, width) - padding - taken - (1.2 * size + 4 if titled else 0)


def config(paper: bool, dark: bool = False) -> dict[str, Any]:
    """Vega-Lite's ``config`` for paper, a light page or a dark one."""
    size, color = font_size(paper), ink(paper, dark)
    grid = "#dddddd" if paper else "#7a7a7a40"
    text = {"labelColor": color, "titleColor": color, "labelFontSize": size}
    return {
        "background": "white" if paper else "transparent",
        "font": FONTS[current().font] if paper else SCREEN_FONT,
        "padding": 2 if paper else 5,
        "view": {"stroke": None},
        "axis": {
            **text,
            "titleFontSize": size,
            "titleFontWeight": "normal",
            "domainColor": color,
            "tickColor": color,
            "gridColor": grid,
            "tickSize": 3,
            "titlePadding": 4,
            "labelLimit": 140,
        },
        "legend": {
            **text,
            "titleFontSize": size,
            "titleFontWeight": "normal",
            "orient": "bottom",
            "direction": "horizontal",
            "symbolSize": 40 if paper else 80,
            "offset": 4 if paper else 8,
            "titlePadding": 3,
            "columnPadding": 8,
            "labelLimit": 300,
            "titleLimit": 400,
        },
        "title": {
            "color": color,
            "subtitleColor": color,
            "fontSize": size + (1 if paper else 2),
            "subtitleFontSize": size,
            "anchor": "start",
            "frame": "bounds",
            "offset": 4 if paper else 8,
        },
        "text": {"fontSize": size, "color": color},
        "rule": {"color": color},
    }


def title_width(paper: bool, width: int | None) -> int:
    """Points that a line of the title or of the note below it has."""
    return total_width(paper, width) - (6 if paper else 12)


def note(parts: Sequence[str], paper: bool, width: int | None) -> str:
    """A note of two lines at most: its first parts, as many as fit."""
    return fitting(parts, title_width(paper, width), font_size(paper))


def title(
    text: str, paper: bool, width: int | None, badges: Sequence[str] = (), note: str = ""
) -> alt.TitleParams:
    """A wrapped title with a note and the run's badges below it.

    A look without titles (`core.figures.style`) keeps the badges.
    """
    room, size = title_width(paper, width), font_size(paper)
    cautions = ["Badges: " + ", ".join(badges)] if badges else []
    if paper and not current().title:
        said = [line for part in cautions for line in wrap(part, room, size)]
        return alt.TitleParams(text=said, limit=0, fontSize=size, fontWeight="normal")
    below = [*([note] if note else []), *cautions]
    lines = [line for part in below for line in wrap(part, room, size)]
    head = wrap(text, room, size + (1 if paper else 2), bold=True)
    # The lines fit; without a limit of 0 the dashboard's charts would cut them 40 px earlier.
    below_it = {"subtitle": lines} if lines else {}
    return alt.TitleParams(text=head, limit=0, **below_it)


def inline(rows: Iterable[Row]) -> alt.InlineData:
    """Chart data as plain records: no row limit, no global transformer, no data frame."""
    return alt.InlineData(values=[dict(row) for row in rows])


class Layers(alt.LayerChart):
    """Charts in one panel over the same data; none has parameters or a size of its own.

    `altair.layer` looks for those in every layer and copies each for that, again with every copy
    of the whole: it takes longer than the rest of a figure.
    """

    def __init__(
        self,
        data: alt.InlineData | UndefinedType = alt.Undefined,
        layer: Sequence[alt.Chart | alt.LayerChart] = (),
        **properties: Any,
    ) -> None:
        super(alt.LayerChart, self).__init__(data=data, layer=list(layer), **properties)


def layered(
    *layers: alt.Chart | alt.LayerChart, data: alt.InlineData, title: alt.TitleParams | None = None
) -> Layers:
    """Charts in one panel, the first one lowest, over data that they share."""
    return Layers(data, layers, title=alt.Undefined if title is None else title)


def tooltip(*fields: str) -> list[alt.Tooltip]:
    """The fields a tooltip shows: as objects, since Altair is slow to guess what a text is."""
    return [alt.Tooltip(field) for field in fields]


def percent_or_points(value: str, points: str) -> str:
    """A Vega expression for a tooltip: ``42.5 %``, or ``+1.5 points`` where a test holds.

    Args:
        value: the field of the number.
        points: the test, on ``datum``.
    """
    number = f"datum.{value}"
    return f"{points} ? format({number}, '+.1f') + ' points' : format({number}, '.1f') + ' %'"


def finish(
    chart: alt.Chart | alt.LayerChart,
    paper: bool,
    width: int | None,
    height: int,
    dark: bool = False,
) -> alt.Chart | alt.LayerChart:
    """Give a single or layered chart its total width, its inner height and its look, in place.

    Altair's ``properties`` and ``configure`` copy every layer, which takes longer than drawing it.
    """
    chart.width, chart.height = total_width(paper, width), height
    chart.autosize = alt.AutoSizeParams(type="fit-x", contains="padding")
    chart.config = alt.Config(**config(paper, dark))
    return chart


def pivoted(chart: Chart, index: str, columns: str, values: str) -> Chart:
    """Note how the data become a table on paper: one row an index, one column a value."""
    chart.usermeta = {"table": {"index": index, "columns": columns, "values": values}}
    return chart
