"""Who is confident about which region, and who teaches it, beside the choice over all regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.probing import LONGEST_REGION
from core.figures.text import text_width, wrap
from core.figures.theme import Chart
from core.selection.teachers import Selection

TOGETHER = "ALL REGIONS"
SMALLEST = 4.5
"""Points of a cell's width on paper; below it nothing can be read."""
SMALLEST_NUMBER = 5.0


def regional_teachers(
    regions: Mapping[str, Selection],
    together: Selection,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A heatmap of confidence s from 0 to 1; teachers are framed and bold.

    Args:
        regions: the choice of each region, on its examples alone.
        together: the choice over all examples.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: too many languages for the width on paper.
    """
    languages, order = list(together.languages), [*regions, TOGETHER]
    rows = [
        {
            "region": region,
            "language": language,
            "confidence": float(choice.confidence[place]),
            "role": "teacher" if language in choice.teachers else "student",
        }
        for region, choice in [*regions.items(), (TOGETHER, together)]
        for place, language in enumerate(choice.languages)
    ]
    font = theme.font_size(paper)
    room = theme.plot_width(paper, width, [region[:40] for region in order], titled=False)
    cell = room / len(languages)
    if paper and cell < SMALLEST:
        raise UserError(
            f"{len(languages)} languages don't fit into this width: "
            "choose a wider one, such as acl-page"
        )
    size = min(font, (cell - 3) / (1.1 * text_width(".00", 1, bold=True)))
    numbers = _numbers(_base(order, languages, cell, font), size, len(languages), paper)
    if paper and size < SMALLEST_NUMBER:
        numbers = []
    layers = [*_cells(_base(order, languages, cell, font), room, font), *numbers]
    chart = theme.layered(*layers, data=theme.inline(rows)).properties(
        title=theme.title(
            "Confidence and teachers by region", paper, width, badges, _note(together, numbers)
        )
    )
    finished = theme.finish(chart, paper, width, len(order) * (12 if paper else 26), dark)
    return theme.pivoted(finished, "region", "language", "confidence")


def _note(together: Selection, numbers: Sequence[Any]) -> str:
    """What decides, and what the marks mean."""
    theta = f"θ = {together.threshold:.4g}{', the mean' if together.threshold_is_mean else ''}"
    by_hand = together.strategy != "alsace"
    rule = f"strategy {together.strategy}" if by_hand else f"{theta} on ŝ in each region"
    left_out = "" if numbers else "; numbers left out: the cells are too small"
    return f"framed: teaches ({rule}){left_out}"


def _base(order: Sequence[str], languages: Sequence[str], cell: float, font: int) -> alt.Chart:
    small = min(font, cell)
    flat = all(text_width(language, small) + 2 <= cell for language in languages)
    padding = 0.1
    x = alt.X(
        "language:N",
        sort=list(languages),
        title="Language",
        scale=alt.Scale(paddingInner=padding, paddingOuter=padding / 2),
        axis=alt.Axis(
            labelAngle=0 if flat else -90, labelFontSize=small, ticks=False, domain=False
        ),
    )
    y = alt.Y(
        "region:N",
        sort=list(order),
        title=None,
        scale=alt.Scale(paddingInner=padding, paddingOuter=padding / 2),
        axis=alt.Axis(labelLimit=LONGEST_REGION, labelOverlap=False, ticks=False, domain=False),
    )
    tooltip = ["region:N", "language:N", "role:N", alt.Tooltip("confidence:Q", format=".4f")]
    return alt.Chart().encode(x, y, tooltip=tooltip)


def _cells(base: alt.Chart, room: float, font: int) -> list[alt.Chart]:
    """Coloured cells on one scale in every figure, and a frame around those of teachers."""
    color = alt.Color(
        "confidence:Q",
        scale=alt.Scale(scheme="cividis", domain=[0, 1]),
        legend=alt.Legend(
            title=wrap("Confidence s (mean probability of the vote)", room, font),
            titleOrient="top",
            gradientLength=0.6 * room,
            values=[0, 0.5, 1],
        ),
    )
    frame = base.transform_filter("datum.role == 'teacher'").mark_rect(
        fillOpacity=0, stroke=theme.VERMILLION, strokeWidth=1.8
    )
    return [base.mark_rect().encode(color), frame]


def _numbers(base: alt.Chart, size: float, columns: int, paper: bool) -> list[alt.Chart]:
    """``.56``, bold for teachers."""
    em = 1.1 * text_width(".00", 1, bold=True)
    shown = size if paper else alt.ExprRef(f"min(12, (width / {columns} - 4) / {em})")
    text = "replace(format(datum.confidence, '.2f'), /^0/, '')"
    written = base.transform_calculate(written=text)
    color = theme.number_ink("confidence")
    teachers = written.transform_filter("datum.role == 'teacher'")
    students = written.transform_filter("datum.role != 'teacher'")
    return [
        teachers.mark_text(fontSize=shown, fontWeight="bold").encode(text="written:N", color=color),
        students.mark_text(fontSize=shown).encode(text="written:N", color=color),
    ]
