"""A distillation step by step: loss, agreement with the first vote, accuracy per language."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.theme import Chart

MEAN = "mean"
LOSS = "loss"
AGREEMENT = "agreement"
KAPPA = "kappa"
ACCURACY = "accuracy"
PANELS = {
    LOSS: "Loss (nats)",
    AGREEMENT: "Agreement with the first vote (%)",
    KAPPA: "Cohen's kappa with the first vote",
    ACCURACY: "Accuracy (%)",
}
"""Panels from top to bottom and the titles of their vertical axes."""
DASHES = ((1, 0), (4, 2), (1, 2), (6, 2, 1, 2))


def history(
    records: Sequence[Mapping[str, Any]],
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
) -> Chart:
    """One panel a quantity, languages as labelled lines, the kept step marked.

    Args:
        records: one a logged step: ``step``, ``loss`` and any of ``agreement``, ``kappa``,
            ``agreement_by_language``, ``accuracy`` (percent per language), ``kept``.
        badges: shown below the title.
        paper: the paper theme.
        width: inner width in points is chosen so that this is about the total.

    Raises:
        UserError: nothing was logged.
    """
    rows = list(_rows(records))
    if not rows:
        raise UserError("this run has no history to draw")
    kept = [float(record["step"]) for record in records if record.get("kept")]
    present = [panel for panel in PANELS if any(row["quantity"] == panel for row in rows)]
    languages = sorted({row["language"] for row in rows} - {MEAN})
    inner = theme.total_width(paper, width) - (62 if paper else 110)
    panels = [
        _panel(name, rows, languages, kept[-1:], inner, paper, name == present[-1])
        for name in present
    ]
    note = f"kept: step {kept[-1]:.0f} (dotted line)" if kept else ""
    chart = alt.vconcat(*panels, data=theme.inline(rows), spacing=8 if paper else 16)
    return chart.properties(
        title=theme.title("Distillation history", paper, width, badges, note)
    ).configure(**theme.config(paper))


def _rows(records: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """Long form: one record a step, quantity and language; numbers that are none left out."""
    for record in records:
        for name, value, scale in (
            (LOSS, record.get("loss"), 1),
            (AGREEMENT, record.get("agreement"), 100),
            (KAPPA, record.get("kappa"), 1),
        ):
            yield from _row(record["step"], name, MEAN, value, scale)
        for language, value in (record.get("agreement_by_language") or {}).items():
            yield from _row(record["step"], AGREEMENT, language, value, 100)
        for language, value in (record.get("accuracy") or {}).items():
            yield from _row(record["step"], ACCURACY, language, value, 1)


def _row(
    step: float, name: str, language: str, value: float | None, scale: float
) -> Iterable[dict[str, Any]]:
    if value is not None and math.isfinite(value):
        number = float(value) * scale
        yield {"step": int(step), "quantity": name, "language": language, "value": number}


def spread(ends: Mapping[str, float], low: float, high: float, gap: float) -> dict[str, float]:
    """Move labels apart until neighbours are ``gap`` away, within the axis where they fit.

    Args:
        ends: the value each label belongs to.
        low: lower end of the axis.
        high: upper end of the axis.
        gap: least distance between two labels, in the axis' unit.

    Returns:
        Where to write each label; the order of the values is kept.
    """
    order = sorted(ends, key=lambda name: ends[name])
    gap = min(gap, (high - low) / max(1, len(order) - 1)) if len(order) > 1 else gap
    placed: dict[str, float] = {}
    floor = low
    for name in order:
        placed[name] = max(ends[name], floor)
        floor = placed[name] + gap
    ceiling = high
    for name in reversed(order):
        placed[name] = min(placed[name], ceiling)
        ceiling = placed[name] - gap
    return placed


def _panel(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    languages: Sequence[str],
    kept: Sequence[float],
    inner: int,
    paper: bool,
    last: bool,
) -> alt.LayerChart:
    """One quantity over the steps; the data come from the whole figure."""
    own = [row for row in rows if row["quantity"] == name]
    lines = sorted({str(row["language"]) for row in own} - {MEAN})
    size = theme.font_size(paper)
    height = max(60 if paper else 110, len(lines) * (size + 1))
    low, high = min(row["value"] for row in own), max(row["value"] for row in own)
    pad = 0.05 * (high - low) or 0.5
    low, high = low - pad, high + pad
    axis = alt.Axis(titleFontSize=size, minExtent=24, tickCount=5)
    y = alt.Y(
        "value:Q",
        title=theme.wrap(PANELS[name], height, size),
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=axis,
    )
    x = alt.X(
        "step:Q",
        title="Step" if last else None,
        scale=alt.Scale(nice=False),
        axis=alt.Axis(labels=last, tickCount=5),
    )
    base = alt.Chart().transform_filter(alt.datum.quantity == name).encode(x, y)
    layers: list[alt.Chart] = [
        alt.Chart(theme.inline([{"step": step}]))
        .mark_rule(strokeDash=[1, 2], color=theme.ink(paper), strokeWidth=1.2)
        .encode(x)
        for step in kept
    ]
    layers += _lines(base, languages, paper)
    ends = {str(row["language"]): float(row["value"]) for row in own}
    if lines:
        layers.append(_labels(ends, spread(ends, low, high, (high - low) * size / height), own, x))
    return alt.layer(*layers).properties(width=inner, height=height)


def _lines(base: alt.Chart, languages: Sequence[str], paper: bool) -> list[alt.Chart]:
    """Thin lines for the languages, told apart by colour and dash; a thick one for the mean."""
    colors = [theme.OKABE_ITO[i % len(theme.OKABE_ITO)] for i in range(len(languages))]
    dashes = [DASHES[i // len(theme.OKABE_ITO) % len(DASHES)] for i in range(len(languages))]
    domain = list(languages)
    thin = base.transform_filter(alt.datum.language != MEAN).mark_line(
        strokeWidth=0.9 if paper else 1.4
    )
    mean = base.transform_filter(alt.datum.language == MEAN)
    return [
        thin.encode(
            color=alt.Color(
                "language:N", legend=None, scale=alt.Scale(domain=domain, range=colors)
            ),
            strokeDash=alt.StrokeDash(
                "language:N", legend=None, scale=alt.Scale(domain=domain, range=dashes)
            ),
            tooltip=["language:N", "step:Q", "value:Q"],
        ),
        mean.mark_line(strokeWidth=1.8 if paper else 2.6, color=theme.ink(paper)),
    ]


def _labels(
    ends: Mapping[str, float],
    places: Mapping[str, float],
    own: Sequence[Mapping[str, Any]],
    x: alt.X,
) -> alt.Chart:
    """Names at the right end of the lines, moved apart."""
    step = max(row["step"] for row in own)
    rows = [
        {"step": step, "place": places[name], "name": name, "value": value}
        for name, value in ends.items()
    ]
    return (
        alt.Chart(theme.inline(rows))
        .mark_text(align="left", baseline="middle", dx=4)
        .encode(x=x, y="place:Q", text="name:N")
    )
