"""Runs ranked by their gap, each from its worst language to its best: no gap without its levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.rows import legend_columns, row_axis, row_lines
from core.figures.text import text_width
from core.figures.theme import Chart
from core.languages import english_name
from core.metrics.accuracy import PIVOT, average_non_english
from core.metrics.equity import dominated
from core.metrics.transfer_gap import transfer_gap
from core.quoting import minus

DOMINATED = "†"
Scores = Mapping[str, float]


def score_ranges(
    runs: Mapping[str, Scores],
    *,
    pivot: str = PIVOT,
    comparable: Sequence[Sequence[str]] | None = None,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """One line a run, the smallest gap on top; Pareto-dominated runs carry a dagger.

    Args:
        runs: accuracy per language in percent, per label of a run.
        pivot: the language the gap is measured from.
        comparable: labels of runs on the same data, of which one can dominate another; None if
            all are.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: no run has a gap.
    """
    rows = _rows(runs, pivot, comparable)
    if not rows:
        raise UserError("no run to rank: none has an accuracy in the language gaps start from")
    lines = row_lines([row["label"] for row in rows], paper)
    order = list(lines)
    font = theme.font_size(paper)
    room = theme.plot_width(
        paper, width, [x for parts in lines.values() for x in parts], titled=False
    )
    left = 12 + max(text_width(str(row["worst_text"]), font) for row in rows)
    scale = alt.Scale(domain=_domain(rows, left, 6 + text_width("−00.0", font), room), nice=False)
    title = "Accuracy (%)"
    x = alt.X("value:Q", title=title, scale=scale, axis=alt.Axis(tickCount=theme.TICKS))
    y = alt.Y("label:N", sort=order, title=None, axis=row_axis(lines, grid=True))
    base = alt.Chart().encode(y)
    span = base.mark_rule(strokeWidth=1 if paper else 1.8, opacity=0.7)
    text = base.mark_text(align="right", dx=-5).encode(
        alt.X("worst:Q", title=title, scale=scale), alt.Text("worst_text:N")
    )
    gap = base.mark_text(align="left", dx=5, fontWeight="bold").encode(
        alt.X("best:Q", title=title, scale=scale), alt.Text("gap_text:N")
    )
    chart = theme.layered(
        span.encode(alt.X("worst:Q", title=title, scale=scale), alt.X2("best:Q")),
        _points(y, x, rows, pivot, room, paper),
        text,
        gap,
        data=theme.inline(rows),
    ).properties(title=theme.title(_heading(pivot), paper, width, badges, _note(rows)))
    step = max(14 if paper else 30, max(map(len, lines.values())) * (font + 2) + 3)
    return theme.finish(chart, paper, width, step * len(rows), dark)


def _rows(
    runs: Mapping[str, Scores], pivot: str, comparable: Sequence[Sequence[str]] | None
) -> list[dict[str, Any]]:
    """One record a run that has a gap, the smallest gap first."""
    groups = [list(runs)] if comparable is None else comparable
    beaten = {
        name: by
        for group in groups
        for name, by in dominated({x: runs[x] for x in group if x in runs}).items()
    }
    found = []
    for name, scores in runs.items():
        gap, others = transfer_gap(scores, pivot), average_non_english(scores, pivot)
        if gap is None or others is None:
            continue
        low, high = (pick(scores, key=lambda x: scores[x]) for pick in (min, max))
        found.append(
            {
                "run": name,
                "label": f"{name} {DOMINATED}" if beaten.get(name) else name,
                "gap": float(gap),
                "gap_text": minus(f"{gap:.1f}"),
                "pivot": float(scores[pivot]),
                "others": float(others),
                "worst": float(scores[low]),
                "worst_language": low,
                "worst_text": low,
                "best": float(scores[high]),
                "best_language": high,
                "dominated_by": ", ".join(beaten.get(name, ())) or None,
            }
        )
    return sorted(found, key=lambda row: row["gap"])


def _points(
    y: alt.Y,
    x: alt.X,
    rows: Sequence[Mapping[str, Any]],
    pivot: str,
    room: float,
    paper: bool,
) -> alt.Chart:
    """The worst language, the mean of the others and the pivot, told apart by shape and colour."""
    kinds = {
        "worst language": ("worst", "triangle-left", theme.VERMILLION),
        "mean of the others": ("others", "circle", theme.BLUE),
        english_name(pivot): ("pivot", "diamond", theme.ORANGE),
    }
    marks = [
        {"label": row["label"], "kind": kind, "value": row[key]}
        for row in rows
        for kind, (key, *_) in kinds.items()
    ]
    shapes, colours = ([kind[i] for kind in kinds.values()] for i in (1, 2))
    columns = legend_columns(list(kinds), room, paper)
    legend = alt.Legend(columns=columns, title=None, symbolOpacity=1)
    return (
        alt.Chart(theme.inline(marks))
        .mark_point(filled=True, opacity=1, size=34 if paper else 85)
        .encode(
            y,
            x,
            alt.Color("kind:N", scale=alt.Scale(domain=list(kinds), range=colours), legend=legend),
            alt.Shape("kind:N", scale=alt.Scale(domain=list(kinds), range=shapes), legend=legend),
            tooltip=["label:N", "kind:N", alt.Tooltip("value:Q", format=".1f")],
        )
    )


def _heading(pivot: str) -> str:
    return f"Ranked by the gap to {english_name(pivot)}"


def _note(rows: Sequence[Mapping[str, Any]]) -> str:
    note = "lines: worst to best language; bold: gap in points"
    if any(row["dominated_by"] for row in rows):
        note += f"; {DOMINATED} another run is at least as good in every language (Pareto)"
    return note


def _domain(
    rows: Sequence[Mapping[str, Any]], left: float, right: float, room: float
) -> list[float]:
    """Ends of the axis, with room for a text on each side."""
    low, high = min(row["worst"] for row in rows), max(row["best"] for row in rows)
    before, after = (min(0.3, side / room) for side in (left, right))
    reach = max(high - low, 1.0) / (1 - before - after)
    return [low - before * reach, high + after * reach]
