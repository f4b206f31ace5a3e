"""One dot a model in every row, with its interval: rows are languages and means of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from core.figures import theme
from core.figures.balance_names import dash_channel, model_channels, title_of

ROW = (4.2, 8.0)
"""Points of one model's line in a row, on paper and on the screen."""
LEAST = (11, 22)
"""Points of a row."""


@dataclass(frozen=True)
class Dot:
    """One number of one model."""

    row: str
    model: str
    value: float
    low: float | None = None
    """End of its interval."""
    high: float | None = None


def records_of(dots: Sequence[Dot], **more: Any) -> list[dict[str, Any]]:
    """The dots as chart data."""
    return [
        {
            "row": dot.row,
            "model": title_of(dot.model),
            "value": dot.value,
            "low": dot.low,
            "high": dot.high,
            **more,
        }
        for dot in dots
    ]


def height_of(rows: Sequence[str], models: Sequence[str], paper: bool) -> int:
    """Points of the plot."""
    return round(len(rows) * max(LEAST[not paper], (len(models) + 1) * ROW[not paper]))


def dot_layers(
    base: alt.Chart,
    rows: Sequence[str],
    models: Sequence[str],
    x_title: str,
    *,
    paper: bool,
    width: int | None,
) -> alt.LayerChart:
    """Dots and their intervals, the models of a row one below the other.

    Args:
        base: with data as :func:`records_of` gives them, or a filter of such.
        rows: from top to bottom.
        models: as the records have them, in the order of the legend.
        x_title: of the axis of the values.
        paper: the paper theme.
        width: total width in points.
    """
    titles = [title_of(model) for model in models]
    colour, shape = model_channels(models, paper, theme.plot_width(paper, width, rows))
    x = alt.X(
        "value:Q",
        title=x_title,
        scale=alt.Scale(zero=False, padding=6),
        axis=alt.Axis(tickCount=theme.TICKS),
    )
    y = alt.Y(
        "row:N",
        sort=list(rows),
        title="Language" if len(rows) > 1 else None,
        scale=alt.Scale(paddingInner=0.15, paddingOuter=0.1),
        axis=alt.Axis(
            labelOverlap=False, ticks=False, grid=True, tickBand="extent", labelLimit=200
        ),
    )
    offset = alt.YOffset("model:N", sort=titles, scale=alt.Scale(paddingOuter=0.5))
    tip = [
        "row:N",
        "model:N",
        *(alt.Tooltip(f"{x}:Q", format=".2f") for x in ("value", "low", "high")),
    ]
    base = base.encode(y, offset, tooltip=tip)
    lines = (
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=0.9 if paper else 1.6)
        .encode(alt.X("low:Q", title=x_title), alt.X2("high:Q"), colour, dash_channel(models))
    )
    dots = base.mark_point(filled=True, size=16 if paper else 46, opacity=1).encode(
        x, colour, shape
    )
    return alt.layer(lines, dots)
