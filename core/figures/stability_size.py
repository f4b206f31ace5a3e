"""How often each language teaches, by the number of examples the choice is made from."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np

from core.figures import theme
from core.figures.text import wrap
from core.figures.theme import Chart
from core.selection.stability import StabilityBySize

SAME = "same set"
"""The row of how often exactly the teachers of all examples teach."""


def stability_size(
    found: StabilityBySize,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A heatmap: languages by sizes, P(teacher) in every cell, and a row of the same teachers.

    Args:
        found: the choice on fewer examples.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    surest = np.argsort(-found.probability.mean(axis=0), kind="stable")
    order = [*(found.languages[i] for i in surest), SAME]
    columns = [f"{n:,}" for n in found.examples]
    rows = _rows(found)
    font, room = theme.font_size(paper), theme.plot_width(paper, width, order)
    x = alt.X(
        "examples:N",
        sort=columns,
        title="Examples drawn",
        axis=alt.Axis(labelAngle=0, ticks=False, labelOverlap=False),
    )
    y = alt.Y(
        "language:N", sort=order, title="Language", axis=alt.Axis(ticks=False, labelOverlap=False)
    )
    legend = alt.Legend(
        title=wrap("Subsamples in which it teaches (%)", room, font),
        gradientLength=0.6 * room,
        titleOrient="top",
        values=[0, 25, 50, 75, 100],
    )
    scale = alt.Scale(scheme="cividis", domain=[0, 100])
    told = alt.Tooltip("probability:Q", title="Subsamples (%)", format=".1f")
    base = alt.Chart().encode(x, y, tooltip=["language:N", "examples:N", told])
    cells = base.transform_filter(alt.datum.language != SAME)
    frame = base.transform_filter(alt.datum.language == SAME)
    ink = theme.number_ink("probability")
    number = alt.Text("probability:Q", format=".0f")
    chart = theme.layered(
        cells.mark_rect().encode(alt.Color("probability:Q", scale=scale, legend=legend)),
        frame.mark_rect(fillOpacity=0, stroke=theme.ink(paper, dark), strokeWidth=0.5),
        cells.mark_text(fontSize=font).encode(number, color=ink),
        frame.mark_text(fontSize=font, fontWeight="bold").encode(number),
        data=theme.inline(rows),
    ).properties(
        title=theme.title(
            "The choice with fewer examples",
            paper,
            width,
            badges,
            f"{found.resamples:,} subsamples of each size; {SAME}: exactly those teachers that all "
            "examples give",
        )
    )
    finished = theme.finish(chart, paper, width, len(order) * (11 if paper else 22), dark)
    return theme.pivoted(finished, "language", "examples", "probability")


def _rows(found: StabilityBySize) -> list[dict[str, str | float]]:
    """One record a cell, in percent."""
    return [
        {"language": name, "examples": f"{size:,}", "probability": 100 * float(value)}
        for i, size in enumerate(found.examples)
        for name, value in [
            *zip(found.languages, found.probability[i], strict=True),
            (SAME, found.same[i]),
        ]
    ]
