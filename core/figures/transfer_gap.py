"""The gap of every language in every run, with the averages it must be read beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.run_columns import columns_axis, number_size
from core.figures.text import wrap
from core.figures.theme import Chart
from core.metrics.accuracy import PIVOT, average
from core.metrics.transfer_gap import language_gaps, transfer_gap

AVERAGE_ACCURACY = "AVG accuracy"
AVERAGE_GAP = "AVG gap"


def transfer_gap_map(
    runs: Mapping[str, Mapping[str, float]],
    *,
    pivot: str | Mapping[str, str] = PIVOT,
    limit: float | None = None,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A heatmap of accuracy(English) - accuracy(language), and a block of averages below.

    Args:
        runs: accuracy per language in percent, per label of a run.
        pivot: the language the others are compared with, or that of each label.
        limit: end of the colour scale in points, to share between figures.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: a run has no score of the pivot, or there are too many for the width on paper.
    """
    pivots = {run: pivot if isinstance(pivot, str) else pivot.get(run, PIVOT) for run in runs}
    rows, order = _rows(runs, pivots)
    called = _called(pivots)
    font, room = theme.font_size(paper), theme.plot_width(paper, width, order)
    size = number_size([float(row["value"]) for row in rows], len(runs), room, font, paper=paper)
    x = alt.X("run:N", sort=list(runs), title="Run", axis=columns_axis(runs, room, font))
    y = alt.Y("language:N", sort=order, title="Language", axis=alt.Axis(ticks=False))
    base = alt.Chart().encode(x, y)
    cells = base.transform_filter(alt.datum.kind == "gap").encode(tooltip=_tip("Gap (points)"))
    summary = base.transform_filter(alt.datum.kind == "summary")
    gap = alt.datum.language == AVERAGE_GAP
    frames = (
        summary.transform_filter(gap).encode(tooltip=_tip("Gap (points)")),
        summary.transform_filter(~gap).encode(tooltip=_tip("Accuracy (%)")),
    )
    color = _colour(rows, called, limit, room, font)
    number, rule = alt.Text("value:Q", format=".1f"), theme.ink(paper, dark)
    chart = theme.layered(
        cells.mark_rect().encode(color),
        *(x.mark_rect(fillOpacity=0, stroke=rule, strokeWidth=0.5) for x in frames),
        cells.mark_text(fontSize=size).encode(number, color=theme.number_ink("value")),
        *(x.mark_text(fontSize=size, fontWeight="bold").encode(number) for x in frames),
        data=theme.inline(rows),
    )
    note = (
        f"accuracy({called}) minus accuracy(language), in points; AVG gap: over the others only; "
        f"accuracies in %{_who(pivots)}"
    )
    chart = chart.properties(
        title=theme.title("Cross-lingual transfer gap", paper, width, badges, note)
    )
    height = len(order) * (11 if paper else 24)
    finished = theme.finish(chart, paper, width, height, dark)
    return theme.pivoted(finished, "language", "run", "value")


def _tip(title: str) -> list[alt.Tooltip]:
    """What a cell says: its run, its language, and its number under what it is, with its unit."""
    number = alt.Tooltip("value:Q", title=title, format=".1f")
    return [*theme.tooltip("run:N", "language:N"), number]


def _colour(
    rows: Sequence[Mapping[str, str | float]],
    pivot: str,
    limit: float | None,
    room: float,
    font: int,
) -> alt.Color:
    """Orange for languages behind the pivot, and blue only if one is ahead of it."""
    gaps = [float(row["value"]) for row in rows if row["kind"] == "gap"]
    end = limit or max(*(abs(gap) for gap in gaps), 1.0)
    ahead = min(gaps) < 0
    text = f"Gap to {pivot} (points{f'; blue: ahead of {pivot}' if ahead else ''})"
    legend = alt.Legend(
        title=wrap(text, room, font),
        gradientLength=0.7 * room,
        titleOrient="top",
        values=[-end, 0, end] if ahead else [0, end / 2, end],
        format=".0f" if end >= 10 else ".1f",
    )
    if ahead:
        scale = alt.Scale(scheme="blueorange", domain=[-end, end], domainMid=0)
    else:
        scale = alt.Scale(scheme="oranges", domain=[0, end])
    return alt.Color("value:Q", scale=scale, legend=legend)


def _rows(
    runs: Mapping[str, Mapping[str, float]], pivots: Mapping[str, str]
) -> tuple[list[dict[str, str | float]], list[str]]:
    """Records of the cells and the order of the rows, largest first gap on top."""
    own = f"{_called(pivots)} accuracy"
    rows: list[dict[str, str | float]] = []
    means: dict[str, list[float]] = {}
    for run, scores in runs.items():
        pivot = pivots[run]
        gaps, gap = language_gaps(scores, pivot), transfer_gap(scores, pivot)
        if gaps is None or gap is None:
            raise UserError(
                f"{run}: a transfer gap needs the accuracy of {pivot} and of another language"
            )
        for language, value in gaps.items():
            means.setdefault(language, []).append(value)
            rows.append({"run": run, "language": language, "value": value, "kind": "gap"})
        blocks = {
            AVERAGE_GAP: gap,
            AVERAGE_ACCURACY: average(scores),
            own: scores[pivot],
        }
        rows += [
            {"run": run, "language": name, "value": float(value), "kind": "summary"}
            for name, value in blocks.items()
        ]
    order = sorted(means, key=lambda x: sum(means[x]) / len(means[x]))
    return rows, [*order, AVERAGE_GAP, AVERAGE_ACCURACY, own]


def _called(pivots: Mapping[str, str]) -> str:
    """The pivot, or a word for it where the runs have different ones."""
    found = set(pivots.values())
    return found.pop() if len(found) == 1 else "source"


def _who(pivots: Mapping[str, str]) -> str:
    """The usual pivot and the runs with another, where they differ."""
    found = list(pivots.values())
    usual = max(found, key=found.count)
    others = [f"{pivot} in {run}" for run, pivot in pivots.items() if pivot != usual]
    return f"; source: {usual}, but {', '.join(others)}" if others else ""
