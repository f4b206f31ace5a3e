"""What each language gives to each other one as the only teacher: a matrix of gains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from core.errors import UserError
from core.figures import theme
from core.figures.text import text_width
from core.figures.theme import Chart
from core.metrics.teacher_signal import GainMatrix
from core.quoting import signed

OTHERS = "others"
"""The column of the mean gain of the other languages."""
LIMIT = 20.0
"""Points at the ends of the scale; larger gains have the colour of its end."""
SMALLEST = 4.5
"""Points of a cell's width on paper; below it nothing can be read."""
SMALLEST_NUMBER = 5.0


def gain_matrix(
    matrix: GainMatrix,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A heatmap of accuracy after minus before, teachers in rows, the surest (highest s) first.

    Args:
        matrix: the gains.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: too many languages for the width on paper.
    """
    order = [matrix.teachers[i] for i in np.argsort(-matrix.confidence, kind="stable")]
    students = [*order, *(x for x in matrix.students if x not in order)]
    confidence = dict(zip(matrix.teachers, matrix.confidence.tolist(), strict=True))
    labels = {x: f"{x} ({confidence[x]:.2f})" for x in order}
    rows, columns = _rows(matrix, labels), [*students, OTHERS]
    font = theme.font_size(paper)
    cell = theme.plot_width(paper, width, labels.values()) / len(columns)
    if paper and cell < SMALLEST:
        raise UserError(
            f"{len(students)} languages don't fit into this width: "
            "choose a wider one, such as acl-page"
        )
    widest = max(text_width(_written(row["gain"]), 1) for row in rows)
    size = min(font, (cell - 1.5) / (1.05 * widest))
    base = _base([labels[x] for x in order], columns, cell, font)
    numbers = [] if paper and size < SMALLEST_NUMBER else _numbers(base, size, len(columns), paper)
    note = _note(matrix) + ("" if numbers else "; numbers left out: the cells are too small")
    layers = [*_cells(base, cell * len(columns)), *numbers]
    chart = theme.layered(*layers, data=theme.inline(rows)).properties(
        title=theme.title("Gain with one teacher (points)", paper, width, badges, note)
    )
    finished = theme.finish(chart, paper, width, len(order) * (12 if paper else 26), dark)
    return theme.pivoted(finished, "teacher", "student", "gain")


def _rows(matrix: GainMatrix, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """One record a cell, and one for the mean of the others."""
    found = []
    for i, teacher in enumerate(matrix.teachers):
        cells = dict(zip(matrix.students, matrix.gains[i].tolist(), strict=True))
        spread = dict(zip(matrix.students, matrix.spread[i].tolist(), strict=True))
        for student, gain in {**cells, OTHERS: float(matrix.given[i])}.items():
            sd = spread.get(student)
            found.append(
                {
                    "teacher": teacher,
                    "row": labels[teacher],
                    "student": student,
                    "gain": gain,
                    "sd": sd if sd is not None and np.isfinite(sd) else None,
                    "seeds": matrix.seeds[i],
                    "itself": student == teacher,
                    "written": _written(gain),
                }
            )
    return found


def _written(gain: float) -> str:
    """A signed number; one that rounds to zero has no sign."""
    return signed(gain, 0)


def _note(matrix: GainMatrix) -> str:
    counts = set(matrix.seeds)
    most = max(counts)
    seeds = f"{most} seed{'s' if most > 1 else ''}"
    if len(counts) > 1:
        seeds = f"{min(counts)} to {seeds}"
    return (
        f"accuracy after minus before, mean of {seeds}; framed: the teacher itself; in brackets: "
        "confidence s"
    )


def _base(order: Sequence[str], columns: Sequence[str], cell: float, font: int) -> alt.Chart:
    small = min(font, cell)
    flat = all(text_width(name, small) + 2 <= cell for name in columns)
    x = alt.X(
        "student:N",
        title="Student",
        scale=alt.Scale(domain=list(columns), paddingInner=0.06, paddingOuter=0.03),
        axis=alt.Axis(
            labelAngle=0 if flat else -90,
            labelFontSize=small,
            labelOverlap=False,
            ticks=False,
            domain=False,
        ),
    )
    y = alt.Y(
        "row:N",
        title="Teacher",
        scale=alt.Scale(domain=list(order), paddingInner=0.06, paddingOuter=0.03),
        axis=alt.Axis(labelOverlap=False, ticks=False, domain=False),
    )
    numbers = (
        alt.Tooltip("gain:Q", title="Change of accuracy (points)", format="+.1f"),
        alt.Tooltip("sd:Q", title="SD (points)", format=".1f"),
    )
    tooltip = ["teacher:N", "student:N", *numbers, "seeds:Q"]
    return alt.Chart().encode(x, y, tooltip=tooltip)


def _cells(base: alt.Chart, room: float) -> list[alt.Chart]:
    """Cells on one diverging scale, a frame around the teacher's own, a line before the mean."""
    color = alt.Color(
        "gain:Q",
        scale=alt.Scale(
            scheme="blueorange", reverse=True, domain=[-LIMIT, LIMIT], domainMid=0, clamp=True
        ),
        legend=alt.Legend(
            title="Change of accuracy (points)",
            titleOrient="top",
            gradientLength=0.6 * room,
            values=[-LIMIT, 0, LIMIT],
        ),
    )
    own = base.transform_filter("datum.itself")
    apart = (
        alt.Chart(theme.inline([{"student": OTHERS}]))
        .mark_rule(strokeWidth=1.2, xOffset=-1)
        .encode(alt.X("student:N", title="Student", bandPosition=0))
    )
    return [
        base.mark_rect().encode(color),
        own.mark_rect(fillOpacity=0, stroke="black", strokeWidth=1.2),
        apart,
    ]


def _numbers(base: alt.Chart, size: float, columns: int, paper: bool) -> list[alt.Chart]:
    """``+12`` in every cell; those of the others' mean are bold."""
    own = "0.6 * max(2, length(datum.written))"
    shown = size if paper else alt.ExprRef(f"min(12, (width / {columns} - 2) / ({own}))")
    color = theme.number_ink("gain")
    cells = base.transform_filter(f"datum.student != '{OTHERS}'").mark_text(fontSize=shown)
    means = base.transform_filter(f"datum.student == '{OTHERS}'")
    return [
        cells.encode(text="written:N", color=color),
        means.mark_text(fontSize=shown, fontWeight="bold").encode(text="written:N", color=color),
    ]
