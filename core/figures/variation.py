"""Accuracy or gap against one setting: every seed a mark, the medians joined by a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.theme import Chart
from core.metrics.variation import GAP, Point

WHEN = ("before", "after")
COLOURS = (theme.VERMILLION, theme.BLUE)
ON_DARK = (theme.VERMILLION, theme.SKY)
"""Dark blue is dim on a dark page."""
LOGARITHMIC = 15.0
"""Greatest value over least from which on the axis is logarithmic."""
HEIGHT = (110, 260)
AXES = {GAP: "Gap to English (points)"}
FREE = alt.Scale(zero=False, padding=8)


def variation_lines(
    points: Sequence[Point],
    setting: str,
    measure: str,
    *,
    label: str = "Accuracy (%)",
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Two lines, before and after distillation; hollow and filled marks are seeds.

    Args:
        points: the values of the setting.
        setting: what varies, as the axis calls it.
        measure: what is shown, as the title calls it.
        label: of the axis, unless it is the gap's.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: there is no point.
    """
    if not points:
        raise UserError(f"no run has a {measure}, so there is nothing to draw")
    base = alt.Chart().encode(_across(points, setting))
    colours = ON_DARK if dark and not paper else COLOURS
    most = max(point.after.n for point in points)
    note = f"lines: medians; marks: seeds ({'1 a value' if most == 1 else f'up to {most} a value'})"
    heading = f"{measure[0].upper()}{measure[1:]} by {setting}"
    chart = theme.layered(
        *_medians(base, AXES.get(measure, label), colours),
        _seeds(base, paper, colours),
        data=theme.inline(_rows(points)),
    ).properties(title=theme.title(heading, paper, width, badges, note))
    return theme.finish(chart, paper, width, HEIGHT[not paper], dark)


def _medians(base: alt.Chart, label: str, colours: Sequence[str]) -> list[alt.Chart]:
    """The medians joined, and the range of the seeds behind them."""
    medians = base.transform_filter(alt.datum.kind == "median")
    ticks = alt.Axis(tickCount=theme.TICKS)
    bands = [
        medians.transform_filter(alt.datum.when == when)
        .mark_area(opacity=0.13, color=colour)
        .encode(alt.Y("low:Q", title=label, scale=FREE, axis=ticks), alt.Y2("high"))
        for when, colour in zip(WHEN, colours, strict=True)
    ]
    line = medians.mark_line(strokeWidth=1.4).encode(
        alt.Y("value:Q", title=label, scale=FREE, axis=ticks),
        alt.Stroke("when:N", title=None, scale=_scale(*colours)),
    )
    return [*bands, line]


def _seeds(base: alt.Chart, paper: bool, colours: Sequence[str]) -> alt.Chart:
    """Hollow before and filled after."""
    return (
        base.transform_filter(alt.datum.kind == "seed")
        .mark_point(size=16 if paper else 45, strokeWidth=1.1, opacity=1)
        .encode(
            alt.Y("value:Q", scale=FREE),
            alt.Stroke("when:N", title=None, scale=_scale(*colours)),
            alt.Shape("when:N", title=None, scale=_scale("circle", "diamond")),
            alt.Fill("when:N", title=None, scale=_scale("transparent", colours[1])),
            tooltip=["setting:Q", "when:N", "seed:Q", alt.Tooltip("value:Q", format=".2f")],
        )
    )


def _scale(*shown: str) -> alt.Scale:
    """What stands for before and after."""
    return alt.Scale(domain=list(WHEN), range=list(shown))


def _rows(points: Sequence[Point]) -> list[dict[str, Any]]:
    """One record a seed, and one with median and ends, of every value and moment."""
    rows = []
    for point in points:
        for when, spread in zip(WHEN, (point.before, point.after), strict=True):
            same = {"setting": point.value, "when": when}
            rows += [
                {**same, "kind": "seed", "seed": seed, "value": value, "low": None, "high": None}
                for seed, value in spread.by_seed.items()
            ]
            ends = {"low": spread.low, "high": spread.high}
            rows.append({**same, "kind": "median", "seed": None, "value": spread.median, **ends})
    return rows


def _across(points: Sequence[Point], setting: str) -> alt.X:
    values = [point.value for point in points]
    wide = min(values) > 0 and max(values) / min(values) >= LOGARITHMIC
    scale = alt.Scale(type="log", nice=False) if wide else alt.Scale(zero=False, nice=False)
    scale.padding = 10
    return alt.X(
        "setting:Q",
        title=setting[:1].upper() + setting[1:] + (" (logarithmic)" if wide else ""),
        scale=scale,
        axis=alt.Axis(values=values, format="~r", labelOverlap=True),
    )
