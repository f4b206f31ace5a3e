"""One language: MRR by size of data, with hard labels and with those of each teacher (Figure 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.balance_names import legend_of
from core.figures.theme import Chart
from core.metrics.teacher_student import SizePoint, shown_size

HARD = "hard labels"
COLOURS = (theme.BLUE, theme.ORANGE, theme.VERMILLION, theme.GREEN, theme.PURPLE, theme.SKY)
"""Hard labels first, then the teachers by the size of their data."""
SHAPES = ("square", "circle", "diamond", "triangle-up", "triangle-down", "cross")
HEIGHT = (120, 300)
MILLION = 1e6


def teacher_student(
    points: Sequence[SizePoint],
    language: str,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A line of hard labels, and one of students a teacher.

    Args:
        points: of one language.
        language: as the title calls it.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: there are fewer than two sizes, or more teachers than colours.
    """
    if len({point.own for point in points}) < 2:
        raise UserError("all models read as much text, so there are no sizes to set against others")
    names = list(dict.fromkeys(_name(point) for point in points))
    if len(names) > len(COLOURS):
        raise UserError(f"{len(names)} lines are more than can be told apart ({len(COLOURS)})")
    x, y = _axes(points)
    seeds = max(point.mrr.n for point in points)
    note = "hard labels: teachers, and models of their students' data"
    note += f"; lines: means, bars: up to {seeds} seeds" if seeds > 1 else "; one seed"
    chart = theme.layered(
        *_layers(x, y, _legend(names, paper, width), paper), data=theme.inline(_rows(points))
    ).properties(
        title=theme.title(
            f"{language}: a teacher's data against its student's", paper, width, badges, note
        )
    )
    finished = theme.finish(chart, paper, width, HEIGHT[not paper], dark)
    return theme.pivoted(finished, "labels", "own", "value")


def _axes(points: Sequence[SizePoint]) -> tuple[alt.X, alt.Y]:
    """Sizes at a logarithmic distance, and MRR."""
    x = alt.X(
        "own:Q",
        title="Text the model reads (million characters, logarithmic)",
        scale=alt.Scale(type="log", nice=False, padding=12),
        axis=alt.Axis(
            values=sorted({point.own / MILLION for point in points}),
            format="~g",
            labelOverlap=True,
        ),
    )
    y = alt.Y(
        "value:Q",
        title="MRR (%)",
        scale=alt.Scale(zero=False, padding=8),
        axis=alt.Axis(tickCount=theme.TICKS),
    )
    return x, y


def _name(point: SizePoint) -> str:
    return HARD if point.teacher is None else f"teacher of {shown_size(point.teacher)}"


def _rows(points: Sequence[SizePoint]) -> list[dict[str, Any]]:
    return [
        {
            "labels": _name(point),
            "own": point.own / MILLION,
            "value": point.mrr.mean,
            "low": point.mrr.low,
            "high": point.mrr.high,
            "seeds": point.mrr.n,
        }
        for point in points
    ]


def _legend(names: Sequence[str], paper: bool, width: int | None) -> tuple[alt.Color, alt.Shape]:
    """Colour and shape by labels, with one legend."""
    legend = legend_of(names, paper, theme.plot_width(paper, width, ["88"]))
    domain, count = list(names), len(names)
    return (
        alt.Color(
            "labels:N",
            title=None,
            scale=alt.Scale(domain=domain, range=list(COLOURS[:count])),
            legend=legend,
        ),
        alt.Shape(
            "labels:N",
            title=None,
            scale=alt.Scale(domain=domain, range=list(SHAPES[:count])),
            legend=legend,
        ),
    )


def _layers(x: alt.X, y: alt.Y, look: tuple[alt.Color, alt.Shape], paper: bool) -> list[alt.Chart]:
    """Lines, the range of the seeds, and a mark a size."""
    colour, shape = look
    base = alt.Chart().encode(x, colour)
    number = [alt.Tooltip(f"{name}:Q", format=".2f") for name in ("value", "low", "high")]
    return [
        base.mark_line(strokeWidth=1.2 if paper else 2).encode(y),
        base.mark_rule(strokeWidth=0.8 if paper else 1.4).encode(
            alt.Y("low:Q", title="MRR (%)"), alt.Y2("high:Q")
        ),
        base.mark_point(filled=True, size=20 if paper else 70, opacity=1).encode(
            y, shape, tooltip=["labels:N", "own:Q", *number, "seeds:Q"]
        ),
    ]
