"""The accuracy of every language in every run, with the averages over all and over the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.run_columns import columns_axis, number_size
from core.figures.text import wrap
from core.figures.theme import Chart
from core.metrics.accuracy import PIVOT, average, average_non_english

UNIT = "Accuracy (%)"
AVERAGE = "AVG"
OTHERS = f"AVG non-{PIVOT}"


def accuracy_map(
    runs: Mapping[str, Mapping[str, float]],
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A heatmap of accuracies and a block of averages below.

    Languages are sorted by how far they are above their run's average: runs may be on different
    data. A cell is empty where a run has no score of the language.

    Args:
        runs: accuracy per language in percent, per label of a run.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: a run has no score, or there are too many runs for the width on paper.
    """
    rows, order = _rows(runs)
    font, room = theme.font_size(paper), theme.plot_width(paper, width, order)
    values = [float(row["value"]) for row in rows]
    size = number_size(values, len(runs), room, font, paper=paper)
    x = alt.X("run:N", sort=list(runs), title="Run", axis=columns_axis(runs, room, font))
    y = alt.Y("language:N", sort=order, title="Language", axis=alt.Axis(ticks=False))
    told = alt.Tooltip("value:Q", title=UNIT, format=".1f")
    base = alt.Chart().encode(x, y, tooltip=["run:N", "language:N", told])
    cells = base.transform_filter(alt.datum.kind == "language")
    frame = base.transform_filter(alt.datum.kind == "summary")
    low, high = _ends(rows)
    legend = alt.Legend(
        title=wrap(UNIT, room, font),
        gradientLength=0.7 * room,
        titleOrient="top",
        values=[low, (low + high) / 2, high],
        format=".0f",
    )
    scale = alt.Scale(scheme="cividis", domain=[low, high])
    number = alt.Text("value:Q", format=".1f")
    chart = theme.layered(
        cells.mark_rect().encode(alt.Color("value:Q", scale=scale, legend=legend)),
        frame.mark_rect(fillOpacity=0, stroke=theme.ink(paper, dark), strokeWidth=0.5),
        cells.mark_text(fontSize=size).encode(number, color=theme.number_ink("value")),
        frame.mark_text(fontSize=size, fontWeight="bold").encode(number),
        data=theme.inline(rows),
    )
    note = "in %; averages over the languages that the run has"
    chart = chart.properties(title=theme.title("Accuracy by language", paper, width, badges, note))
    height = len(order) * (11 if paper else 24)
    return theme.pivoted(
        theme.finish(chart, paper, width, height, dark), "language", "run", "value"
    )


def _ends(rows: Sequence[Mapping[str, str | float]]) -> tuple[float, float]:
    """Round ends of the colour scale around the accuracies."""
    found = [float(row["value"]) for row in rows if row["kind"] == "language"]
    low, high = 5 * (min(found) // 5), 5 * -(-max(found) // 5)
    return (low, high) if high > low else (low, low + 5)


def _rows(
    runs: Mapping[str, Mapping[str, float]],
) -> tuple[list[dict[str, str | float]], list[str]]:
    """Records of the cells and the order of the rows: highest above its run's average on top."""
    rows: list[dict[str, str | float]] = []
    above: dict[str, list[float]] = {}
    for run, scores in runs.items():
        if not scores:
            raise UserError(f"{run}: there is no accuracy to show")
        mean = average(scores)
        for language, value in scores.items():
            above.setdefault(language, []).append(value - mean)
            rows.append({"run": run, "language": language, "value": value, "kind": "language"})
        others = average_non_english(scores) if PIVOT in scores else None
        for name, level in ((AVERAGE, mean), (OTHERS, others)):
            if level is not None:
                rows.append({"run": run, "language": name, "value": level, "kind": "summary"})
    order = sorted(above, key=lambda language: -sum(above[language]) / len(above[language]))
    last = [name for name in (AVERAGE, OTHERS) if any(row["language"] == name for row in rows)]
    return rows, [*order, *last]
