"""Figures of all runs with the settings of one: its ablation, or its sizes of data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from core.errors import UserError
from core.figures.ablation import ablation_dots
from core.figures.differences import difference_map
from core.figures.export import Builder
from core.figures.of_seeds import OF_SEEDS
from core.figures.teacher_student import teacher_student
from core.figures.theme import Chart
from core.languages import english_name
from core.metrics.ablation import AVERAGE, BEFORE, GAP, Ablation, ablation
from core.metrics.ablation_differences import languages_against
from core.metrics.ablation_text import NONE
from core.metrics.teacher_student import size_points
from core.runs.ablation_rows import ablations, badges_of, pivot_of, scored
from core.runs.balance_trials import balance_trials, data_sizes, scores_by_seed
from core.runs.families import Family, trials_of
from core.runs.store import RunStore, StoredRun


def _languages(table: Ablation, **look: Any) -> Chart:
    other = NONE if NONE in table.rows else BEFORE
    return against_map(table, other, **look)


def against_map(table: Ablation, other: str, **look: Any) -> Chart:
    """Every row minus another, language by language; see `difference_map` for the rest."""
    return difference_map(
        languages_against(table, other, look.get("unseen", ())),
        heading=f"Against “{other}”, by language",
        note=f"accuracy minus that of “{other}” in points, mean over the seeds that both rows have",
        **look,
    )


ABLATIONS: Mapping[str, Callable[..., Chart]] = MappingProxyType(
    {
        "ablation": partial(ablation_dots, measure=AVERAGE),
        "ablation-gap": partial(ablation_dots, measure=GAP),
        "ablation-languages": _languages,
    }
)
"""Each takes an ablation and its look."""


TEACHER_STUDENT = "teacher-student"
FAMILY_FIGURES = (*ABLATIONS, TEACHER_STUDENT, *OF_SEEDS)


def family_builder(name: str, run: StoredRun, store: RunStore) -> Builder:
    """The named figure of the runs that a run belongs to.

    Raises:
        UserError: no other run of the store has its settings and another strategy or method, or
            other sizes of data.
    """
    if name == TEACHER_STUDENT:
        return _teacher_student(run, store)
    if name in OF_SEEDS:
        return OF_SEEDS[name](run, list(store.readable()))
    family = _family_of(run, store)
    table = ablation(scored(family), pivot_of(family))
    return partial(ABLATIONS[name], table, badges=badges_of(family))


def size_builder(family: Family) -> partial[Chart]:
    """The figure of comparisons in one language that differ in the sizes of the data."""
    (language,) = family.trials[0].before
    points = size_points(scores_by_seed(family))
    return partial(teacher_student, points, english_name(language), badges=badges_of(family))


def _teacher_student(run: StoredRun, store: RunStore) -> Builder:
    trials = balance_trials(store.readable())
    for family in data_sizes(trials):
        if any(trial.run.id == run.id for trial in family.trials):
            return size_builder(family)
    raise UserError(
        f"run {run.id} is no comparison in one language with others like it in {store.root}: make "
        "balance runs with one --languages and several --characters or --balanced-characters"
    )


def _family_of(run: StoredRun, store: RunStore) -> Family:
    trials = trials_of(store.readable())
    for family in ablations(trials):
        if any(trial.run.id == run.id for trial in family.trials):
            return family
    raise UserError(
        f"run {run.id} is part of no ablation: no finished distillation in {store.root} has the "
        "same settings and another --strategy or --method"
    )
