"""Figures of one run on a task: each takes the run and its look (paper, width, dark)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.config.methods import method_of
from core.errors import UserError
from core.figures.agreement import agreement
from core.figures.before_after import before_after
from core.figures.confidence import confidence
from core.figures.ensembles import compare_ensembles
from core.figures.gap_change import gap_change
from core.figures.history import history, panel_titles
from core.figures.language_changes import how_tested, language_changes, language_lines
from core.figures.languages_right import languages_right
from core.figures.lessons import lessons
from core.figures.run_view import (
    RunView,
    accuracy_of,
    chance_of,
    missing,
    recorded,
    shown_items,
    with_gold,
)
from core.figures.score_ranges import score_ranges
from core.figures.theme import Chart
from core.figures.transfer_gap import transfer_gap_map
from core.languages import english_name
from core.metrics.label_scores import score_labels
from core.metrics.language_groups import group_languages
from core.metrics.languages_right import languages_right as count_languages
from core.metrics.significance import paired_tests
from core.metrics.transfer_gap import gap_from
from core.quoting import quote_all
from core.runs.changes import ITEMS, RunChange, change_of
from core.selection.agreement import agreement as shared_answers
from core.selection.agreement import kappa
from core.selection.ensembles import ensembles, reference_of
from core.selection.strategies import choose


def of_selection(run: RunView, **look: Any) -> Chart:
    """Confidences and threshold of the recorded choice."""
    teaches = method_of(run.record.config).teaches
    return confidence(recorded(run), teaches=teaches, badges=run.record.badges, **look)


def of_lessons(run: RunView, **look: Any) -> Chart:
    """Who learns from whom.

    Raises:
        UserError: the method has no teachers, or every language learns from every teacher.
    """
    method = method_of(run.record.config)
    if not method.teaches:
        raise UserError(
            f"run {run.record.id} is {method.title}, where no selected teachers teach, so there is "
            "no matrix to draw"
        )
    return lessons(recorded(run), badges=run.record.badges, **look)


def of_agreement(run: RunView, **look: Any) -> Chart:
    """How often two languages choose the same class, those that answer alike together."""
    found = run.unlabelled() or run.predictions("before")
    if found is None:
        raise missing(run, "predictions")
    alike = group_languages(found.languages, kappa(found)).groups if found.languages[1:] else ()
    return agreement(
        found.languages,
        shared_answers(found),
        groups=alike,
        badges=run.record.badges,
        **look,
    )


def of_history(run: RunView, **look: Any) -> Chart:
    """The curves of the training."""
    rows = run.history()
    if any("fold" in row for row in rows):
        raise UserError(
            f"run {run.record.id} is cross-validated, and each fold has a history of its own; the "
            "page Self-distillation shows and exports them fold by fold"
        )
    return history(
        rows,
        titles=panel_titles(shown_items(run.record), method_of(run.record.config).watched),
        pivot=gap_from(run.record.metrics),
        badges=run.record.badges,
        **look,
    )


def of_before_after(run: RunView, **look: Any) -> Chart:
    """Accuracy by language, before and after."""
    before, after = accuracy_of(run, "before"), accuracy_of(run, "after")
    pivot = gap_from(run.record.metrics)
    return before_after(
        before, after, chance=chance_of(run), pivot=pivot, badges=run.record.badges, **look
    )


def of_transfer_gap(run: RunView, **look: Any) -> Chart:
    """The gap of every language."""
    moments = [when for when in ("before", "after") if run.record.metrics.get(when)]
    runs = {when: accuracy_of(run, when) for when in moments}
    if not runs:
        raise missing(run, "accuracy")
    pivot = _pivot(run, *runs.values())
    return transfer_gap_map(runs, pivot=pivot, badges=run.record.badges, **look)


def _pivot(run: RunView, *moments: Mapping[str, float]) -> str:
    """The language the run's gap is measured from.

    Raises:
        UserError: it has no accuracy in it, or in no other language, so that there is no gap.
    """
    pivot = gap_from(run.record.metrics)
    if any(set(scores) == {pivot} or pivot not in scores for scores in moments):
        raise UserError(
            f"run {run.record.id} has no transfer gap: it needs the accuracy of "
            f"{english_name(pivot)} ({pivot}) and of another language, and there are "
            f"{quote_all(moments[0])}. --source names another language to measure from; "
            "before-after draws the accuracies"
        )
    return pivot


def of_gap_change(run: RunView, **look: Any) -> Chart:
    """What the change of the gap is made of."""
    found = _change(run)
    _pivot(run, found.before, found.after)
    return gap_change(found.change, intervals=found.intervals, badges=run.record.badges, **look)


def of_language_changes(run: RunView, **look: Any) -> Chart:
    """What every language gained or lost, with intervals and tests."""
    found = _change(run)
    tests = None
    before, after = (with_gold(run, when) for when in ("before", "after"))
    if before is not None and after is not None and found.source == ITEMS and found.intervals:
        tests = paired_tests(before, after, found.intervals)
    lines = language_lines(found.before, found.after, found.intervals, tests)
    return language_changes(lines, note=how_tested(tests), badges=run.record.badges, **look)


def of_score_ranges(run: RunView, **look: Any) -> Chart:
    """Worst, best, pivot and mean before and after, the smaller gap on top."""
    moments = [when for when in ("before", "after") if run.record.metrics.get(when)]
    runs = {when: accuracy_of(run, when) for when in moments}
    if not runs:
        raise missing(run, "accuracy")
    return score_ranges(runs, pivot=_pivot(run, *runs.values()), badges=run.record.badges, **look)


def _change(run: RunView) -> RunChange:
    """Before and after.

    Raises:
        UserError: the run has no such two.
    """
    accuracy_of(run, "before"), accuracy_of(run, "after")  # on a task, not by region
    found = change_of(run.record.metrics, run.predictions("before"), run.predictions("after"))
    if found is None:
        raise missing(run, "accuracy before and after")
    return found


def of_ensembles(run: RunView, **look: Any) -> Chart:
    """What the vote and the weighted mean would get right."""
    found = with_gold(run, "before")
    if found is None:
        raise missing(run, "answers with gold labels")
    kept = run.record.selection or {}
    chosen = recorded(run) if "normalized" in kept else choose(found)
    labelers = ensembles(found, chosen)
    scores = score_labels(found, {x.name: x.labels for x in labelers}, reference_of(labelers))
    teachers, badges = chosen.teachers, run.record.badges
    return compare_ensembles(scores, labelers, teachers=teachers, badges=badges, **look)


def of_languages_right(run: RunView, **look: Any) -> Chart:
    """Items right in exactly k languages."""
    before, after = (with_gold(run, when) for when in ("before", "after"))
    if before is None:
        raise missing(run, "answers with gold labels")
    counted = None if after is None else count_languages(after)
    return languages_right(count_languages(before), counted, badges=run.record.badges, **look)
