"""What the change of the gap is made of in several runs: the gap, the pivot and the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.gap_change import parts_of
from core.figures.rows import legend_columns, row_axis, row_lines
from core.figures.theme import Chart
from core.metrics.gap_change import GapChange
from core.metrics.paired_bootstrap import PairedBootstrap

COLOURS = (theme.ORANGE, theme.BLUE, theme.PURPLE)
SHAPES = ("diamond", "circle", "square")
LINE = (7, 13)
"""Points of one part of a run, on paper and on the screen."""
LABEL_SHARE = 0.45
TINY = 0.5
"""Points: an axis of less would end in digits that mean nothing."""

Changes = Mapping[str, tuple[GapChange, PairedBootstrap | None]]
"""Label of a run -> its change and the intervals of it."""


def gap_changes(
    changes: Changes,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Three dots with intervals a run; its verdict stands in its label.

    Args:
        changes: by label, in the order of the rows.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: no run has a gap before and after.
    """
    rows = _rows(changes)
    if not rows:
        raise UserError("no change of a gap to show: no run has one before and after")
    parts = list(dict.fromkeys(row["part"] for row in rows))
    names = list(dict.fromkeys(row["run"] for row in rows))
    lines = row_lines(names, paper, LABEL_SHARE * theme.total_width(paper, width))
    title = "Change, after minus before (points)"
    y = alt.Y(
        "run:N",
        sort=names,
        title=None,
        axis=row_axis(lines, grid=True, tickBand="extent"),
        scale=alt.Scale(domain=names, paddingInner=0.2, paddingOuter=0.1),
    )
    room = theme.plot_width(
        paper, width, [x for label in lines.values() for x in label], titled=False
    )
    legend = alt.Legend(columns=legend_columns(parts, room, paper))
    colour = _channel(alt.Color, parts, COLOURS, legend)
    tip = ["run:N", "part:N"]
    tip += [alt.Tooltip(f"{name}:Q", format="+.2f") for name in ("change", "low", "high")]
    base = alt.Chart().encode(y, alt.YOffset("part:N", sort=parts), tooltip=tip)
    x = alt.X(
        "change:Q",
        title=title,
        scale=_scale(rows),
        axis=alt.Axis(tickCount=theme.TICKS),
    )
    span = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1 if paper else 1.8)
    dots = base.mark_point(filled=True, opacity=1, size=26 if paper else 60)
    zero = alt.Chart(theme.inline([{"zero": 0}])).mark_rule(strokeDash=[3, 2])
    chart = theme.layered(
        zero.encode(x=alt.X("zero:Q", title=title)),
        span.encode(alt.X("low:Q", title=title), alt.X2("high:Q"), colour),
        dots.encode(x, colour, _channel(alt.Shape, parts, SHAPES, legend)),
        data=theme.inline(rows),
    ).properties(title=theme.title("Changes of the transfer gap", paper, width, badges, NOTE))
    tallest = (theme.font_size(paper) + 2) * max(map(len, lines.values())) + 4
    step = max(len(parts) * LINE[not paper] + 4, tallest)
    return theme.finish(chart, paper, width, round(len(names) * step), dark)


NOTE = "a smaller gap is good only where the others rose; bars: intervals over the items"


def _channel(channel: Any, parts: Sequence[str], values: Sequence[str], legend: alt.Legend) -> Any:
    scale = alt.Scale(domain=list(parts), range=[values[i % 3] for i in range(len(parts))])
    return channel("part:N", title=None, scale=scale, legend=legend)


def _scale(rows: Sequence[Mapping[str, Any]]) -> alt.Scale:
    """From 0 or beyond; a point each way where all changes are tiny, or nothing changed."""
    values = [abs(row[key] or 0.0) for row in rows for key in ("change", "low", "high")]
    if max(values) < TINY:
        return alt.Scale(domain=[-1, 1])
    return alt.Scale(zero=True, padding=8)


def _rows(changes: Changes) -> list[dict[str, Any]]:
    return [
        {"run": f"{name}: {change.worded}", "verdict": change.worded, **part}
        for name, (change, intervals) in changes.items()
        if change.delta_gap is not None
        for part in parts_of(change, intervals)
    ]
