"""Strategies and baselines side by side: a dot plot of students, teachers and all languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.rows import row_axis, row_lines
from core.figures.theme import Chart
from core.metrics.ablation import AVERAGE, BEFORE, GAP, GROUPS, Ablation

TITLES = {AVERAGE: "Ablation: average accuracy", GAP: "Ablation: gap to English"}
AXES = {
    AVERAGE: "Average accuracy (%)",
    GAP: "Gap to English (points)",
}
WORDS = {"S": "students", "T": "teachers", "A": "all"}
COLOURS = {"S": theme.VERMILLION, "T": theme.GREEN, "A": theme.BLUE}
ON_DARK = {**COLOURS, "A": theme.SKY}
"""Dark blue is dim on a dark page."""
SHAPES = {"S": "triangle-up", "T": "square", "A": "circle"}
GROUP = "group:N"
LINE = (6.5, 12)
"""Height of one group of one row."""


def ablation_dots(
    table: Ablation,
    measure: str = AVERAGE,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """One line a row and group: every seed a mark, their mean a bar, and where the row started.

    The model before distillation is the first row, with all seeds; in every other row it is a
    thin line at the mean of that row's own seeds. Rows of one seed among rows of more are hollow.

    Args:
        table: the ablation.
        measure: ``avg`` or ``gap``.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: an unknown measure, or one that no row has.
    """
    if measure not in TITLES:
        raise UserError(f"unknown measure {measure!r}; choose one of {', '.join(TITLES)}")
    rows = _rows(table, measure)
    if not rows:
        raise UserError("no row has a gap: English or every other language is missing")
    groups = [group for group in GROUPS if any(row["group"] == WORDS[group] for row in rows)]
    names = sorted(table.rows, key=lambda name: name != BEFORE)
    x = alt.X(
        "value:Q",
        title=AXES[measure],
        scale=alt.Scale(zero=False, padding=8),
        axis=alt.Axis(tickCount=theme.TICKS, labelFlush=False),
    )
    base = alt.Chart().encode(x, _down(names, paper), alt.YOffset(GROUP, sort=_words(groups)))
    hue = _hue(groups, paper, dark)
    lone = [row.name for row in table.rows.values() if len(row.seeds) == 1 < len(table.seeds)]
    step = len(groups) * LINE[not paper] + (4 if paper else 8)
    start = (
        alt.Chart()
        .transform_filter(alt.datum.kind == "start")
        .mark_tick(size=0.8 * step, thickness=0.8 if paper else 1.3, opacity=0.8)
        .encode(x, _down(names, paper), alt.Color(GROUP, **hue), tooltip=_tooltip("row", "group"))
    )
    marks = _marks(base, groups, hue, lone, paper, dark)
    chart = theme.layered(start, *marks, data=theme.inline(rows)).properties(
        title=theme.title(TITLES[measure], paper, width, badges, _note(table, measure))
    )
    return theme.finish(chart, paper, width, round(len(names) * step), dark)


def _rows(table: Ablation, measure: str) -> list[dict[str, Any]]:
    """Of every row and group a record a seed, the mean of several, and where the row started."""
    found = []
    for row in table.rows.values():
        for group in GROUPS:
            spread = row.columns.get(f"{measure}({group})")
            if spread is None:
                continue
            same = {"row": row.name, "group": WORDS[group]}
            found += [
                {**same, "kind": "seed", "seed": seed, "value": value, "low": None, "high": None}
                for seed, value in spread.by_seed.items()
            ]
            start = table.start_of(row.name, f"{measure}({group})") if row.name != BEFORE else None
            means = {"mean": spread if spread.n > 1 else None, "start": start}
            found += [
                {**same, "kind": kind, "seed": None, "value": one.mean}
                | {"low": one.low, "high": one.high}
                for kind, one in means.items()
                if one is not None
            ]
    return found


def _note(table: Ablation, measure: str) -> str:
    counts = {len(row.seeds) for row in table.rows.values()}
    few, many = min(counts), max(counts)
    span = f"{few} to {many}" if few < many else str(many)
    seeds = "1 seed, so no spread" if many == 1 else f"marks: {span} seeds; bars: their mean"
    if few == 1 < many:
        seeds += "; hollow: one seed only"
    groups = "" if table.groups else "; no ALSACE run, so no S and T"
    gap = "; gap: English minus the group's other languages" if measure == GAP else ""
    return f"{seeds}; thin lines: before distillation, same seeds{gap}{groups}"


def _down(names: Sequence[str], paper: bool) -> alt.Y:
    """The rows in the table's order, long names in lines."""
    axis = row_axis(row_lines(names, paper), grid=True, tickBand="extent")
    return alt.Y(
        "row:N",
        sort=list(names),
        title=None,
        axis=axis,
        scale=alt.Scale(domain=list(names), paddingInner=0.18, paddingOuter=0.09),
    )


def _words(groups: Sequence[str]) -> list[str]:
    return [WORDS[group] for group in groups]


def _tooltip(*names: str) -> list[Any]:
    number = alt.Tooltip("value:Q", format=".2f")
    return [*(alt.Tooltip(f"{name}:{'Q' if name == 'seed' else 'N'}") for name in names), number]


def _hue(groups: Sequence[str], paper: bool, dark: bool) -> dict[str, Any]:
    """How a channel of colour stands for the groups."""
    known = ON_DARK if dark and not paper else COLOURS
    colours = [known[group] for group in groups]
    return {
        "title": None,
        "scale": alt.Scale(domain=_words(groups), range=colours),
        "legend": alt.Legend(symbolOpacity=1, offset=2 if paper else 6),
    }


def _marks(
    base: alt.Chart,
    groups: Sequence[str],
    hue: Mapping[str, Any],
    lone: Sequence[str],
    paper: bool,
    dark: bool,
) -> list[alt.Chart]:
    """From the least to the greatest seed a line, the seeds, and of several a bar at their mean."""
    shapes = [SHAPES[group] for group in groups]
    shape = alt.Shape(GROUP, title=None, scale=alt.Scale(domain=_words(groups), range=shapes))
    means = base.transform_filter(alt.datum.kind == "mean")
    extent = means.mark_rule(strokeWidth=0.7 if paper else 1.4, opacity=0.85).encode(
        alt.X("low:Q"), alt.X2("high"), alt.Color(GROUP, **hue)
    )
    seeds = (
        base.transform_filter(alt.datum.kind == "seed")
        .mark_point(size=14 if paper else 45, strokeWidth=0.8 if paper else 1.3, opacity=1)
        .encode(shape, tooltip=_tooltip("row", "group", "seed"))
    )
    hollow = alt.FieldOneOfPredicate("row", list(lone))
    stroke, fill = alt.Stroke(GROUP, **hue), alt.Fill(GROUP, **hue)
    bar = means.mark_tick(
        size=LINE[not paper], thickness=1 if paper else 2, color=theme.ink(paper, dark), opacity=1
    )
    return [
        extent,
        seeds.transform_filter({"not": hollow}).encode(fill, stroke),
        seeds.transform_filter(hollow).encode(stroke, alt.FillValue("transparent")),
        bar.encode(tooltip=[*_tooltip("row", "group"), "low:Q", "high:Q"]),
    ]
