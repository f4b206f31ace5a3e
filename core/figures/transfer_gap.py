"""The gap of every language in every run, with the averages it must be read beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.theme import Chart
from core.metrics.accuracy import PIVOT, average
from core.metrics.transfer_gap import language_gaps, transfer_gap

AVERAGE_ACCURACY = "AVERAGE accuracy (%)"
AVERAGE_GAP = "AVERAGE gap"


def transfer_gap_map(
    runs: Mapping[str, Mapping[str, float]],
    *,
    pivot: str = PIVOT,
    limit: float | None = None,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A heatmap of accuracy(English) - accuracy(language), and a block of averages below.

    Args:
        runs: accuracy per language in percent, per label of a run.
        pivot: the language the others are compared with.
        limit: end of the colour scale in points, to share between figures.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: a run has no score of the pivot.
    """
    rows, order = _rows(runs, pivot)
    gaps = [abs(float(row["value"])) for row in rows if row["kind"] == "gap"]
    limit = limit or max([*gaps, 1.0])
    x = alt.X("run:N", sort=list(runs), title="Run", axis=alt.Axis(labelAngle=0, ticks=False))
    y = alt.Y("language:N", sort=order, title="Language", axis=alt.Axis(ticks=False))
    scale = alt.Scale(scheme="blueorange", domain=[-limit, limit], domainMid=0)
    half = theme.total_width(paper, width) / 2
    legend = alt.Legend(title=f"Gap to {pivot} (points)", gradientLength=half, titleOrient="top")
    gap = alt.datum.kind == "gap"
    base = alt.Chart().encode(x, y, tooltip=["run:N", "language:N", "value:Q"])
    cells = (
        base.transform_filter(gap)
        .mark_rect()
        .encode(alt.Color("value:Q", scale=scale, legend=legend))
    )
    frame = base.transform_filter(alt.datum.kind == "summary").mark_rect(
        fillOpacity=0, stroke=theme.ink(paper, dark), strokeWidth=0.5
    )
    strong = (alt.datum.value > 0.85 * limit) | (alt.datum.value < -0.8 * limit)
    number = alt.Text("value:Q", format=".1f")
    in_cells = (
        base.transform_filter(gap)
        .mark_text()
        .encode(
            number, color=alt.when(strong).then(alt.value("white")).otherwise(alt.value("black"))
        )
    )
    in_frame = base.transform_filter(alt.datum.kind == "summary").mark_text(fontWeight="bold")
    chart = alt.layer(
        cells, frame, in_cells, in_frame.encode(number), data=theme.inline(rows)
    ).properties(
        title=theme.title(
            "Cross-lingual transfer gap",
            paper,
            width,
            badges,
            f"accuracy({pivot}) minus accuracy(language); average over the others only",
        )
    )
    height = len(order) * (11 if paper else 24)
    finished = theme.finish(chart, paper, width, height, dark)
    return theme.pivoted(finished, "language", "run", "value")


def _rows(
    runs: Mapping[str, Mapping[str, float]], pivot: str
) -> tuple[list[dict[str, str | float]], list[str]]:
    """Records of the cells and the order of the rows, largest first gap on top."""
    rows: list[dict[str, str | float]] = []
    means: dict[str, list[float]] = {}
    for run, scores in runs.items():
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
            f"{pivot} accuracy (%)": scores[pivot],
        }
        rows += [
            {"run": run, "language": name, "value": float(value), "kind": "summary"}
            for name, value in blocks.items()
        ]
    order = sorted(means, key=lambda x: sum(means[x]) / len(means[x]))
    return rows, [*order, AVERAGE_GAP, AVERAGE_ACCURACY, f"{pivot} accuracy (%)"]
