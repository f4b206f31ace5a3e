"""What a change of the transfer gap is made of: English (or what stands for it) and the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from core.figures import theme
from core.figures.text import text_width
from core.figures.theme import Chart
from core.languages import english_name
from core.metrics.bootstrap import Interval
from core.metrics.gap_change import GapChange
from core.metrics.paired_bootstrap import PairedBootstrap

COLORS = (theme.ORANGE, theme.BLUE, theme.PURPLE)
SMALLEST = 1.0
"""Points; changes that span less are drawn on an axis this long each way."""


def gap_change(
    change: GapChange,
    *,
    intervals: PairedBootstrap | None = None,
    beside: Sequence[tuple[GapChange, PairedBootstrap | None]] = (),
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Bars of the changes, after minus before, with intervals when they are known.

    Args:
        change: the decomposed change.
        intervals: of the same change.
        beside: changes this one is compared with, and their intervals: the axis holds all.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    rows = parts_of(change, intervals)
    order = [str(row["part"]) for row in rows]
    room = theme.plot_width(paper, width, order, titled=False)
    shown = [*rows, *(row for other in beside for row in parts_of(*other))]
    domain = _domain(shown, 1.1 * text_width("+00.0", theme.font_size(paper)) + 6, room)
    y = alt.Y("part:N", sort=order, title=None, axis=alt.Axis(ticks=False))
    title = "Change, after minus before (points)"
    scale, axis = alt.Scale(domain=domain, nice=False), alt.Axis(tickCount=theme.TICKS)
    x = alt.X("change:Q", title=title, scale=scale, axis=axis)
    base = alt.Chart().encode(y=y)
    color = alt.Color("part:N", legend=None, scale=alt.Scale(domain=order, range=list(COLORS)))
    bars = base.mark_bar(height={"band": 0.6}, opacity=0.55).encode(x=x, color=color)
    zero = alt.Chart(theme.inline([{"zero": 0}])).mark_rule()
    layers: list[alt.Chart | alt.LayerChart] = [
        bars,
        zero.encode(x=alt.X("zero:Q", title=title)),
    ]
    if intervals is not None:
        span = base.mark_rule(strokeWidth=1.2 if paper else 2)
        layers.append(span.encode(x=alt.X("low:Q", title=title), x2="high:Q"))
    layers += [_numbers(base, title, up) for up in (True, False)]
    chart = theme.layered(*layers, data=theme.inline(rows)).properties(
        title=theme.title(
            f"Change of the transfer gap: {change.worded}",
            paper,
            width,
            badges,
            _note(intervals, english_name(change.pivot)),
        )
    )
    return theme.finish(chart, paper, width, len(rows) * (16 if paper else 34), dark)


def parts_of(
    change: GapChange, intervals: PairedBootstrap | None
) -> list[dict[str, str | float | None]]:
    """One record a part; a part that does not exist (no pivot) is left out."""
    parts: list[tuple[str, float | None, Interval | None]] = [
        (english_name(change.pivot), change.delta_english, intervals.pivot if intervals else None),
        (
            "Others (mean)",
            change.delta_others,
            intervals.average_non_english if intervals else None,
        ),
        ("Gap", change.delta_gap, intervals.gap if intervals else None),
    ]
    return [
        {
            "part": name,
            "change": float(delta),
            "low": interval.low if interval else None,
            "high": interval.high if interval else None,
        }
        for name, delta, interval in parts
        if delta is not None
    ]


def _domain(
    rows: Sequence[Mapping[str, str | float | None]], label: float, room: float
) -> list[float]:
    """Ends of the axis: from 0 or beyond, at least a point each way if all changes are tiny.

    Args:
        rows: with ``change``, ``low`` and ``high``.
        label: points to keep free beyond the outermost bar or interval, for its number.
        room: width of the plot in points.
    """
    values = [row[key] for row in rows for key in ("change", "low", "high")]
    ends = [0.0, *(float(value) for value in values if value is not None)]
    low, high = min(ends), max(ends)
    if high - low < SMALLEST:
        low, high = -SMALLEST, SMALLEST
    share = min(0.4, label / room)
    sides = (low < 0) + (high > 0)
    free = share * (high - low) / (1 - share * sides)
    return [low - (free if low < 0 else 0.2 * free), high + (free if high > 0 else 0.2 * free)]


def _note(intervals: PairedBootstrap | None, pivot: str) -> str:
    note = f"gap change = {pivot} minus others"
    if intervals is None:
        return note
    return (
        f"{note}; {100 * intervals.level:.0f} % paired bootstrap, "
        f"{intervals.clusters:,} clusters, {intervals.resamples:,} resamples"
    )


def _numbers(base: alt.Chart, title: str, up: bool) -> alt.Chart:
    """The signed number beyond the end of its bar and interval."""
    keep = alt.datum.change >= 0 if up else alt.datum.change < 0
    end = "max(datum.change, datum.high)" if up else "min(datum.change, datum.low)"
    mark = (
        base.transform_filter(keep)
        .transform_calculate(end=f"isValid(datum.low) ? {end} : datum.change")
        .mark_text(align="left" if up else "right", dx=4 if up else -4)
    )
    x = alt.X("end:Q", title=title)
    return mark.encode(x=x, text=alt.Text("change:Q", format="+.1f"))
