"""The scores a run holds, read defensively, and core's comparison of before and after."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import streamlit as st

from core.config.methods import method_of
from core.errors import UserError
from core.languages import english_name
from core.metrics.ablation import ALSACE
from core.metrics.accuracy import PIVOT, average, average_non_english
from core.metrics.bootstrap import Interval
from core.metrics.gap_change import GapChange, decompose, worded
from core.metrics.paired_bootstrap import PairedBootstrap
from core.metrics.probing_sets import evaluation_sets
from core.metrics.transfer_gap import gap_from, transfer_gap
from core.runs.changes import RunChange, change_of, guess
from core.runs.qa_trials import qa_score
from core.runs.store import RECORD, StoredRun
from dashboard.cache import predictions, stamp, start
from dashboard.cached_arrays import When
from dashboard.column_names import column_names

Part = Literal["others", "pivot", "average", "gap"]
Measure = Callable[[Mapping[str, float]], float | None]
MOMENTS: tuple[When, ...] = ("before", "after")
ON_QUESTIONS = ("qa_train", "qa_evaluate")
OTHERS = (
    "Other languages",
    "Mean accuracy over the languages other than English, in percent.",
)
ENGLISH = ("English", "Accuracy in English, {labels}, in percent.")
ALL = ("All languages", "Mean accuracy over all languages, English too, in percent.")
GAP = (
    "Gap to English",
    "English minus the mean of the other languages (English itself is not averaged in), in "
    "points. Read it beside the average: a model that answers the same everywhere has no gap.",
)
"""Label and help of each headline, worded for English (see `core.metrics.gap_change.worded`)."""


@dataclass(frozen=True)
class Comparison:
    """One run's accuracies before and after, and what core says about the change."""

    before: dict[str, float]
    after: dict[str, float]
    change: GapChange
    intervals: PairedBootstrap | None
    """None where neither its predictions nor its record tell."""
    chance: float | None
    source: str = PIVOT
    """The language whose labels the run used."""
    origin: str | None = None
    """Where the intervals come from, see `core.runs.changes`."""

    @property
    def pivot(self) -> str:
        """The language the gap is measured from."""
        return self.change.pivot


def accuracy(run: StoredRun, when: When) -> dict[str, float] | None:
    """Percent per language as the record holds it, or None where it does not."""
    part = run.record.metrics.get(when)
    scores = part.get("accuracy") if isinstance(part, dict) else None
    if not isinstance(scores, dict) or not scores:
        return None
    if not all(isinstance(x, int | float) and math.isfinite(x) for x in scores.values()):
        return None
    return {str(language): float(score) for language, score in scores.items()}


def shows_alsace(run: StoredRun) -> bool:
    """Whether ALSACE's teachers taught, and some language scored otherwise after than before."""
    config, before, after = run.record.config, accuracy(run, "before"), accuracy(run, "after")
    usual = config.get("strategy", ALSACE) == ALSACE and method_of(config).teaches
    return usual and before is not None and after is not None and before != after


@dataclass(frozen=True)
class Summary:
    """The numbers of one row in a list of runs; None where the run has none."""

    average: float | None = None
    gap: float | None = None
    delta_average: float | None = None
    delta_gap: float | None = None
    f1: float | None = None
    """G-XLT, of a run on questions."""
    delta_f1: float | None = None


def summary(run: StoredRun) -> Summary:
    """Average and gap after the run (before it, if it changed nothing), and their changes."""
    if run.record.kind in ON_QUESTIONS:
        return _on_questions(run)
    before, after = accuracy(run, "before"), accuracy(run, "after")
    latest = after or before
    if latest is None:
        return _on_prompts(run)
    pivot = gap_from(run.record.metrics)
    mean, gap = average(latest), transfer_gap(latest, pivot)
    if not before or not after or set(before) != set(after):
        return Summary(mean, gap)
    change = decompose(before, after, pivot=pivot)
    return Summary(mean, gap, change.delta_average, change.delta_gap)


def _on_questions(run: StoredRun) -> Summary:
    """F1 over all pairs of question and context language."""
    before, after = (qa_score(run.record, when, "f1", "g_xlt") for when in MOMENTS)
    if before is None or after is None:
        return Summary(f1=before if after is None else after)
    return Summary(f1=after, delta_f1=after - before)


def _on_prompts(run: StoredRun) -> Summary:
    """The average over languages and regions of the main prompts; there is no gap to English."""
    try:
        main = next(iter(evaluation_sets(run.record.metrics)), None)
    except UserError:
        return Summary()
    if main is None:
        return Summary()
    before = 100 * main.before.mean
    if main.after is None:
        return Summary(before)
    after = 100 * main.after.mean
    return Summary(after, delta_average=after - before)


def comparison(run: StoredRun) -> Comparison | None:
    """Before against after, or None when the run has no such two.

    Raises:
        UserError: the predictions are damaged, or the two have different languages.
    """
    before, after = accuracy(run, "before"), accuracy(run, "after")
    if not before or not after:
        return None
    found = _changed(run, run.id, times(run))
    if found is None:
        return None
    source = str(run.record.config.get("source") or PIVOT)
    return Comparison(
        before, after, found.change, found.intervals, found.chance, source, found.source
    )


def guessed(run: StoredRun) -> float | None:
    """Percent a guess gets on the run's items; None where it keeps none with gold classes.

    Raises:
        UserError: the predictions are damaged.
    """
    return guess(*(predictions(run, when) for when in reversed(MOMENTS)))


def times(run: StoredRun) -> tuple[str | int, ...]:
    """Changes when the run's predictions do, wherever they are kept, or when its record does."""
    kept = start(run) or run
    files = (kept.path / "predictions_before.npz", run.path / "predictions_after.npz")
    return (kept.id, *map(stamp, (*files, run.path / RECORD)))


@dataclass(frozen=True)
class Headline:
    """One number that sums a run up, before and after."""

    part: Part
    label: str
    before: float
    after: float
    change: float
    interval: Interval | None
    help: str


def headlines(found: Comparison) -> list[Headline]:
    """The averages, the pivot (English) and the gap, as far as the languages give them."""
    change, made, pivot = found.change, found.intervals, found.pivot
    others, english, mean, gap = (
        (made.average_non_english, made.pivot, made.average, made.gap) if made else (None,) * 4
    )
    parts: tuple[tuple[Part, tuple[str, str], Measure, float | None, Interval | None], ...] = (
        ("others", OTHERS, partial(average_non_english, pivot=pivot), change.delta_others, others),
        ("pivot", ENGLISH, lambda scores: scores.get(pivot), change.delta_english, english),
        ("average", ALL, average, change.delta_average, mean),
        ("gap", GAP, partial(transfer_gap, pivot=pivot), change.delta_gap, gap),
    )
    lines = []
    for part, texts, measure, delta, interval in parts:
        was, now = measure(found.before), measure(found.after)
        if was is not None and now is not None and delta is not None:
            label, text = (worded(words, pivot) for words in texts)
            text = text.format(labels=_labels(found.source, pivot))
            lines.append(Headline(part, label, was, now, delta, interval, text))
    return lines


def _labels(source: str, pivot: str) -> str:
    """Whose labels a run used, said of its pivot."""
    if source == pivot:
        return "the only language with labels"
    return f"which has no labels (they are {english_name(source)})"


@st.cache_resource(max_entries=256, show_spinner="Resampling the items ...")
def _changed(_run: StoredRun, run_id: str, times: tuple[str | int, ...]) -> RunChange | None:
    before, after = (predictions(_run, when) for when in MOMENTS)
    return change_of(_run.record.metrics, before, after)


@dataclass(frozen=True)
class Columns:
    """The columns of a gap table."""

    scores: dict[str, dict[str, float]]
    """Accuracies by label."""
    pivots: dict[str, str]
    """The language the gap is measured from, by label."""
    without: list[StoredRun]
    """The runs that have no gap."""


def columns(runs: Sequence[StoredRun]) -> Columns:
    """Accuracies of the runs by name (the id's end where there is none), before and after apart."""
    found: dict[str, dict[str, float]] = {}
    pivots: dict[str, str] = {}
    without = []
    called = column_names(runs)
    for run in runs:
        scores = {when: accuracy(run, when) for when in MOMENTS}
        pivot = gap_from(run.record.metrics)
        known = {when: x for when, x in scores.items() if x and transfer_gap(x, pivot) is not None}
        for when, values in known.items():
            label = f"{called[run.id]} {when}" if scores["after"] else called[run.id]
            found[label], pivots[label] = values, pivot
        if not known:
            without.append(run)
    return Columns(found, pivots, without)
