"""How often two languages choose the same class: a matrix with its numbers."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
from numpy.typing import NDArray

from core.figures import theme
from core.figures.theme import Chart


def agreement(
    languages: Sequence[str],
    shares: NDArray[np.floating],
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A heatmap in cividis, the percentage printed in every cell.

    Args:
        languages: in the order to show.
        shares: [languages, languages], 0 to 1.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    rows = [
        {"language": a, "other": b, "agreement": 100 * float(shares[i, j])}
        for i, a in enumerate(languages)
        for j, b in enumerate(languages)
    ]
    low = min(row["agreement"] for row in rows if isinstance(row["agreement"], float))
    low = min(10 * (low // 10), 90)
    total = theme.total_width(paper, width)
    cell = (total - 3.5 * theme.font_size(paper)) / max(1, len(languages))
    size = min(theme.font_size(paper), 0.62 * cell)
    order = list(languages)
    x = alt.X("other:N", sort=order, title="Language", axis=alt.Axis(labelAngle=0, ticks=False))
    y = alt.Y("language:N", sort=order, title="Language", axis=alt.Axis(ticks=False))
    scale = alt.Scale(scheme="cividis", domain=[low, 100])
    legend = alt.Legend(
        title="Same answer (% of examples)", gradientLength=total / 2, titleOrient="top"
    )
    cells = (
        alt.Chart()
        .mark_rect()
        .encode(
            x,
            y,
            alt.Color("agreement:Q", scale=scale, legend=legend),
            tooltip=["language:N", "other:N", "agreement:Q"],
        )
    )
    light = alt.datum.agreement < (low + 100) / 2
    numbers = (
        alt.Chart()
        .mark_text(fontSize=size)
        .encode(
            x,
            y,
            alt.Text("agreement:Q", format=".0f"),
            color=alt.when(light).then(alt.value("white")).otherwise(alt.value("black")),
        )
    )
    chart = alt.layer(cells, numbers, data=theme.inline(rows)).properties(
        title=theme.title("Agreement between languages", paper, width, badges)
    )
    if size < 5:
        chart = chart.encode(x=x.axis(labelAngle=-90, ticks=False))
    height = int(len(languages) * min(cell, 12 if paper else 28))
    return theme.pivoted(
        theme.finish(chart, paper, width, height, dark), "language", "other", "agreement"
    )
