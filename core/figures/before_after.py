"""Accuracy per language before and after, joined by a line, with the averages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from core.figures import theme
from core.figures.theme import Chart
from core.metrics.accuracy import PIVOT, average, average_non_english
from core.quoting import signed

AVERAGE = "AVERAGE"
OTHERS = "AVERAGE non-"
"""Followed by the pivot."""
WHEN = ("before", "after")


def before_after(
    before: Mapping[str, float],
    after: Mapping[str, float],
    *,
    chance: float | None = None,
    pivot: str = PIVOT,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Two points a language (hollow before, filled after), sorted by the score before.

    Args:
        before: accuracy per language, in percent.
        after: the same, later; languages missing from either are left out.
        chance: percent a guess gets, drawn as a dotted line.
        pivot: left out of the second average.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    rows = _rows(before, after, pivot)
    order = [row["language"] for row in rows]
    y = alt.Y("language:N", sort=order, title="Language", axis=alt.Axis(grid=True, ticks=False))
    x = alt.X(
        "accuracy:Q",
        title="Accuracy (%)",
        scale=alt.Scale(zero=False, padding=8),
        axis=alt.Axis(tickCount=theme.TICKS),
    )
    fold = alt.Chart().transform_fold(list(WHEN), as_=["when", "accuracy"])
    link = fold.mark_line(color=theme.ink(paper, dark), strokeWidth=1.2, opacity=0.7).encode(
        x, y, detail="language:N"
    )
    points = fold.mark_point(size=30 if paper else 70, strokeWidth=1.3, opacity=1).encode(
        x,
        y,
        stroke=alt.Stroke(
            "when:N",
            title=None,
            scale=alt.Scale(range=[theme.VERMILLION, theme.BLUE], domain=list(WHEN)),
        ),
        shape=alt.Shape(
            "when:N", title=None, scale=alt.Scale(range=["circle", "diamond"], domain=list(WHEN))
        ),
        fill=alt.Fill(
            "when:N",
            title=None,
            scale=alt.Scale(range=["transparent", theme.BLUE], domain=list(WHEN)),
        ),
        tooltip=["language:N", "when:N", "accuracy:Q"],
    )
    layers: list[alt.Chart | alt.LayerChart] = [link, points]
    if chance is not None:
        layers.insert(0, _chance(chance))
    note = f"mean change {signed(_change(rows, AVERAGE))} points"
    chart = theme.layered(*layers, data=theme.inline(rows)).properties(
        title=theme.title("Accuracy before and after", paper, width, badges, note)
    )
    return theme.finish(chart, paper, width, len(rows) * (11 if paper else 22), dark)


def _rows(
    before: Mapping[str, float], after: Mapping[str, float], pivot: str
) -> list[dict[str, str | float]]:
    shared = sorted((x for x in before if x in after), key=lambda x: -before[x])
    was, now = ({x: part[x] for x in shared} for part in (before, after))
    pairs = [(x, was[x], now[x]) for x in shared]
    pairs.append((AVERAGE, average(was), average(now)))
    others_was, others_now = average_non_english(was, pivot), average_non_english(now, pivot)
    if pivot in was and others_was is not None and others_now is not None:
        pairs.append((OTHERS + pivot, others_was, others_now))
    return [
        {"language": name, "before": float(a), "after": float(b), "change": float(b - a)}
        for name, a, b in pairs
    ]


def _change(rows: list[dict[str, str | float]], name: str) -> float:
    return next(float(row["change"]) for row in rows if row["language"] == name)


def _chance(chance: float) -> alt.LayerChart:
    base = alt.Chart(theme.inline([{"chance": chance, "label": "chance"}]))
    x = alt.X("chance:Q", title="Accuracy (%)")
    rule = base.mark_rule(strokeDash=[1, 2]).encode(x)
    label = base.mark_text(baseline="bottom", dy=-2)
    return rule + label.encode(x, y=alt.value(0), text="label:N")
