"""MRR by language of the teachers and the multilingual models (the paper's Figures 1 and 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.balance_names import dash_channel, model_channels, title_of
from core.figures.model_dots import Dot, dot_layers, height_of, records_of
from core.figures.theme import Chart
from core.metrics.balance_scores import (
    ALL,
    GROUPS,
    HIGH,
    LOW,
    BalanceScores,
    Ranges,
)
from core.metrics.bootstrap import Interval

MEANS = {HIGH: "MEAN high-resource", LOW: "MEAN low-resource", ALL: "MEAN"}
"""Rows of the means over a group."""


def mrr_by_language(
    scores: BalanceScores,
    intervals: Ranges | None = None,
    *,
    models: Sequence[str] = (),
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A row a language, high-resource ones first, and the mean of each group below it.

    Args:
        scores: of the run.
        intervals: of the same models, drawn as lines.
        models: those to draw, `TEACHERS` among them; all by default.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    shown = [name for name in scores.mrr if not models or name in models]
    rows = _rows(scores)
    dots = [
        _dot(label, name, scores, languages, intervals)
        for label, languages in rows.items()
        for name in shown
    ]
    base = alt.Chart()
    layers = dot_layers(base, list(rows), shown, "MRR (%)", paper=paper, width=width)
    note = theme.note(_notes(intervals), paper, width)
    chart = layers.properties(
        data=theme.inline(records_of(dots)),
        title=theme.title("Mean reciprocal rank by language", paper, width, badges, note),
    )
    finished = theme.finish(chart, paper, width, height_of(list(rows), shown, paper), dark)
    return theme.pivoted(finished, "row", "model", "value")


def _rows(scores: BalanceScores) -> dict[str, tuple[str, ...]]:
    """Label -> the languages it is a mean over."""
    rows: dict[str, tuple[str, ...]] = {}
    both = len(scores.groups) == len(GROUPS)
    for group in (HIGH, LOW):
        members = scores.groups.get(group, ())
        rows |= {x: (x,) for x in members}
        if members and both:
            rows[MEANS[group]] = members
    return rows if len(rows) == 1 else rows | {MEANS[ALL]: scores.groups[ALL]}


def _dot(
    label: str,
    model: str,
    scores: BalanceScores,
    languages: Sequence[str],
    intervals: Ranges | None,
) -> Dot:
    value = sum(scores.mrr[model][x] for x in languages) / len(languages)
    found = intervals.of(model, languages) if intervals else None
    return Dot(label, model, value, found.low if found else None, found.high if found else None)


def _notes(intervals: Ranges | None) -> list[str]:
    if intervals is None:
        return ["percent; high-resource languages first, by the size of their data"]
    return [intervals.note]


def balance_plane(
    scores: BalanceScores,
    intervals: Ranges | None = None,
    *,
    models: Sequence[str] = (),
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Every model at its mean MRR in low-resource (across) and high-resource languages (up).

    Args: as :func:`mrr_by_language`.

    Raises:
        UserError: the run has one group of languages only.
    """
    if not {HIGH, LOW} <= set(scores.groups):
        raise UserError(
            "all languages have about the same data, so there are no low- and high-resource ones "
            "to set against each other; make a run with --sizes or --high"
        )
    shown = [name for name in scores.mrr if not models or name in models]
    rows = []
    for name in shown:
        row: dict[str, Any] = {"model": title_of(name)}
        for group in (LOW, HIGH):
            row[group] = scores.mean(name, group)
            found = intervals.of(name, scores.groups[group]) if intervals else None
            row |= _ends(group, found)
        rows.append(row)
    colour, shape = model_channels(shown, paper, theme.plot_width(paper, width, ["88"]))
    x, y = (_axis(channel, group) for channel, group in ((alt.X, LOW), (alt.Y, HIGH)))
    base = alt.Chart().encode(colour)
    dash = dash_channel(shown)
    thin = 0.9 if paper else 1.6
    sure = base.transform_filter("isValid(datum.low_low)")
    across = sure.mark_rule(strokeWidth=thin).encode(
        alt.X("low_low:Q", title=_words(LOW)), alt.X2("low_high:Q"), y, dash
    )
    up = sure.mark_rule(strokeWidth=thin).encode(
        x, alt.Y("high_low:Q", title=_words(HIGH)), alt.Y2("high_high:Q"), dash
    )
    dots = base.mark_point(filled=True, size=30 if paper else 90, opacity=1).encode(
        x,
        y,
        shape,
        tooltip=["model:N", *(alt.Tooltip(f"{g}:Q", format=".2f") for g in (LOW, HIGH))],
    )
    said = ["better: up and to the right"]
    said += [f"lines: {intervals.title}"] if intervals else []
    chart = theme.layered(across, up, dots, data=theme.inline(rows)).properties(
        title=theme.title(
            "High- against low-resource languages",
            paper,
            width,
            badges,
            theme.note(said, paper, width),
        )
    )
    return theme.finish(chart, paper, width, 150 if paper else 340, dark)


def _ends(group: str, found: Interval | None) -> dict[str, float | None]:
    low, high = (found.low, found.high) if found else (None, None)
    return {f"{group}_low": low, f"{group}_high": high}


def _words(group: str) -> str:
    return f"MRR in {group}-resource languages (%)"


def _axis(channel: type[alt.X] | type[alt.Y], group: str) -> alt.X | alt.Y:
    return channel(
        f"{group}:Q",
        title=_words(group),
        scale=alt.Scale(zero=False, padding=10),
        axis=alt.Axis(tickCount=theme.TICKS),
    )
