"""What each run gains or loses in each language: languages down, runs across, diverging at 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.differences import (
    MEAN,
    difference_cells,
    difference_numbers,
    records_of,
)
from core.figures.run_columns import columns_axis, number_size
from core.figures.theme import Chart


def run_differences(
    runs: Mapping[str, Mapping[str, float]],
    *,
    heading: str,
    note: str = "",
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A heatmap for many languages and few runs; see `difference_map` for the other way round.

    Args:
        runs: difference per language in points, per label of a run.
        heading: the title.
        note: below it.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: nothing to show, or too many runs for the width on paper.
    """
    known = {name: cells for name, cells in runs.items() if cells}
    if not known:
        raise UserError("no differences to show: the runs have no language in common")
    languages = list(dict.fromkeys(language for cells in known.values() for language in cells))
    values = {x: [cells[x] for cells in known.values() if x in cells] for x in languages}
    order = [*sorted(languages, key=lambda x: -sum(values[x]) / len(values[x])), MEAN]
    records = records_of(known, {x: x for x in languages})
    font, room = theme.font_size(paper), theme.plot_width(paper, width, order)
    size = number_size(
        [float(record["difference"]) for record in records], len(known), room, font, paper=paper
    )
    x = alt.X("row:N", sort=list(known), title="Run", axis=columns_axis(known, room, font))
    y = alt.Y("language:N", sort=order, title="Language", axis=alt.Axis(ticks=False))
    tip = [
        alt.Tooltip("row:N", title="run"),
        alt.Tooltip("language:N", title="language"),
        alt.Tooltip("difference:Q", title="points", format="+.2f"),
    ]
    base = alt.Chart().encode(x, y, tooltip=tip)
    chart = theme.layered(
        *difference_cells(base, records, room),
        *difference_numbers(base, records, size),
        data=theme.inline(records),
    ).properties(title=theme.title(heading, paper, width, badges, note))
    finished = theme.finish(chart, paper, width, len(order) * (11 if paper else 24), dark)
    return theme.pivoted(finished, "language", "row", "difference")
