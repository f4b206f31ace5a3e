"""Self-distillation of question answering step by step: the weight of the KL, and both losses.

Carrino et al., Eq. 4-6 and Figure 4. Whichever coefficient a run weighs its KL with, both are
logged: the paper's mAP@k (Eq. 5) and the reciprocal rank that the public code computes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.text import text_width, wrap
from core.figures.theme import Chart

TITLE = "Weight of the KL over the training"
WEIGHT, CE, KL = "weight", "ce", "kl"
PANELS = {
    WEIGHT: "Weight (0 to 1)",
    CE: "Cross-entropy (nats)",
    KL: "KL × t² (nats)",
}
"""Panels from top to bottom and the titles of their vertical axes."""
USED, MAP, RECIPROCAL = "used (α)", "mAP@k (Eq. 5)", "reciprocal rank"
SERIES = {"alpha": USED, "map_at_k": MAP, "reciprocal_rank": RECIPROCAL}
"""Columns of the history in the panel of the weights."""
POINTS = 240
"""Of a line, at most: more steps are averaged."""
HEIGHT = {WEIGHT: (90, 170), CE: (55, 105), KL: (55, 105)}

SYMBOL = 14
"""Points of a symbol of the legend with the gaps beside it."""


def kl_weight(
    records: Sequence[Mapping[str, Any]],
    *,
    steps: int | None = None,
    note: str = "",
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """One panel for the weights and one a loss, over the same steps; epochs are marked.

    Args:
        records: one a step: ``step``, ``epoch`` (from 0), ``alpha``, ``map_at_k``,
            ``reciprocal_rank``, ``ce``, ``kl``; what is missing is left out.
        steps: where the axis ends (the planned steps of a run that goes on); None for the last.
        note: below the title, e.g. the objective.
        badges: shown below it.
        paper: the paper theme.
        width: the inner width is chosen so that this is about the total.
        dark: draw for a dark page.

    Raises:
        UserError: nothing of it was logged.
    """
    logged = [record for record in records if _number(record.get("step")) is not None]
    size = max(1, math.ceil(len(logged) / POINTS))
    rows = [row for bucket in _buckets(logged, size) for row in _rows(bucket)]
    if not rows:
        raise UserError("this run has no history of a self-distillation on questions to draw")
    last = max(steps or 0, *(row["step"] for row in rows), 1)
    inner = theme.total_width(paper, width) - (44 if paper else 72)
    starts = _epochs(logged, last / inner * text_width("epoch 1 ", theme.font_size(paper)))
    present = [panel for panel in PANELS if any(row["panel"] == panel for row in rows)]
    panels = [
        _panel(
            panel,
            rows,
            starts,
            last,
            inner,
            paper,
            dark,
            (panel == present[0], panel == present[-1]),
        )
        for panel in present
    ]
    told = [note] if note else []
    told += [f"each point: mean of {size} steps"] if size > 1 else []
    told += ["dotted: the teacher is renewed"] if len(starts) > 1 else []
    chart = alt.vconcat(*panels, data=theme.inline(rows), spacing=8 if paper else 14)
    return chart.properties(
        title=theme.title(TITLE, paper, width, badges, "; ".join(told))
    ).configure(**theme.config(paper, dark))


def _number(value: Any) -> float | None:
    """A number to draw; a history is read from a file, and may hold anything."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def _buckets(records: Sequence[Mapping[str, Any]], size: int) -> Iterable[list[Mapping[str, Any]]]:
    """Neighbouring steps that make one point; none reaches over the end of an epoch."""
    bucket: list[Mapping[str, Any]] = []
    for record in records:
        if bucket and (len(bucket) == size or record.get("epoch") != bucket[-1].get("epoch")):
            yield bucket
            bucket = []
        bucket.append(record)
    if bucket:
        yield bucket


def _rows(bucket: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """The mean of each quantity, at the last of the steps."""
    step = int(bucket[-1]["step"])
    named = {**{x: (WEIGHT, name) for x, name in SERIES.items()}, "ce": (CE, CE), "kl": (KL, KL)}
    for column, (panel, series) in named.items():
        values = [x for record in bucket if (x := _number(record.get(column))) is not None]
        if values:
            mean = sum(values) / len(values)
            yield {"step": step, "panel": panel, "series": series, "value": mean}


def _epochs(records: Sequence[Mapping[str, Any]], room: float) -> list[dict[str, Any]]:
    """Where each epoch begins, the first one at 0; a label only where it has so many steps."""
    found: dict[int, float] = {}
    for record in records:
        epoch = _number(record.get("epoch"))
        if epoch is not None:
            found.setdefault(int(epoch), float(record["step"]) if found else 0.0)
    ends = [*list(found.values())[1:], math.inf][: len(found)]
    return [
        {"step": step, "words": f"epoch {epoch + 1}" if end - step >= room else ""}
        for (epoch, step), end in zip(found.items(), ends, strict=True)
    ]


def _panel(
    panel: str,
    rows: Sequence[Mapping[str, Any]],
    starts: Sequence[Mapping[str, Any]],
    last: float,
    inner: int,
    paper: bool,
    dark: bool,
    ends: tuple[bool, bool],
) -> alt.LayerChart:
    """One quantity over the steps; ends: whether it is the first and the last panel."""
    size, (top, bottom) = theme.font_size(paper), ends
    x = alt.X(
        "step:Q",
        title="Step" if bottom else None,
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(labels=bottom, tickCount=theme.TICKS, labelFlush=True),
    )
    values = [row["value"] for row in rows if row["panel"] == panel]
    whole = panel == WEIGHT and max(values) <= 1
    y = alt.Y(
        "value:Q",
        title=wrap(PANELS[panel], HEIGHT[panel][not paper], size),
        scale=alt.Scale(domain=[0, 1], nice=False) if whole else alt.Scale(zero=True),
        axis=alt.Axis(tickCount=4, minExtent=24),
    )
    base = alt.Chart().transform_filter(alt.datum.panel == panel).encode(x, y)
    marks = alt.Chart(theme.inline(starts)).encode(x)
    layers: list[alt.Chart] = [marks.mark_rule(strokeDash=[1, 2], strokeWidth=1)] if starts else []
    if top and starts:
        words = marks.mark_text(align="left", baseline="bottom", dx=2, fontSize=size - 1)
        layers.append(words.encode(text="words:N", y=alt.value(-2)))
    ink = theme.ink(paper, dark)
    blue = theme.SKY if dark and not paper else theme.BLUE
    weights = panel == WEIGHT
    drawn = _weights(base, paper, (ink, blue), inner) if weights else _loss(base, paper, ink)
    return alt.layer(*layers, *drawn).properties(width=inner, height=HEIGHT[panel][not paper])


def _legend_columns(inner: int) -> int:
    """Entries of the legend side by side on paper."""
    widest = max(text_width(name, theme.font_size(True)) for name in SERIES.values())
    return 2 if 2 * (widest + SYMBOL) <= inner else 1


def _weights(base: alt.Chart, paper: bool, colours: tuple[str, str], inner: int) -> list[alt.Chart]:
    """The weight that was used as a broad line; what it may coincide with in front of it.

    Colours: of the weight that was used, and of mAP@k.
    """
    broad, thin = (3, 0.9) if paper else (6, 1.6)

    def each(values: list[Any]) -> alt.Scale:
        """One value a series, as it stands."""
        return alt.Scale(domain=list(SERIES.values()), range=values, type="ordinal")

    look = {"legend": alt.Legend(title=None, columns=_legend_columns(inner) if paper else 0)}
    channels = (
        alt.Color("series:N", scale=each([*colours, theme.VERMILLION]), **look),
        alt.StrokeWidth("series:N", scale=each([broad, thin, thin]), **look),
        alt.Opacity("series:N", scale=each([0.35, 1, 1]), **look),
    )
    tip = ["step:Q", "series:N", alt.Tooltip("value:Q", format=".3f")]
    layers = (alt.datum.series == USED, alt.datum.series != USED)
    return [
        base.transform_filter(some).mark_line(strokeJoin="round").encode(*channels, tooltip=tip)
        for some in layers
    ]


def _loss(base: alt.Chart, paper: bool, ink: str) -> list[alt.Chart]:
    tip = ["step:Q", alt.Tooltip("value:Q", format=".3g")]
    return [base.mark_line(strokeWidth=1 if paper else 1.6, color=ink).encode(tooltip=tip)]
