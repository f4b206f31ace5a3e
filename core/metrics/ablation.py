"""An ablation in the layout of ALSACE's Tables 3 and 4, over seeds.

Every row (a strategy or a baseline) has one run a seed. S, T and A are the student languages, the
teacher languages and all languages. Which languages are S and T is decided by the ALSACE run of
the same seed, and holds for every row of that seed; without such a run there are no S and T.

avg(.) is the mean accuracy over a group, in percent. The gap of a group is the accuracy of English
minus the mean accuracy of the group's NON-ENGLISH languages, in points (the paper's Tables 3 and
10 count English's own 0 in the gap of A, and come out smaller).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.errors import UserError
from core.metrics.accuracy import PIVOT
from core.metrics.spread import Spread

ALSACE, BEFORE = "alsace", "before"
GROUPS = ("S", "T", "A")
AVERAGE, GAP = "avg", "gap"
COLUMNS = tuple(f"{measure}({group})" for group in GROUPS for measure in (AVERAGE, GAP))
"""As the paper orders them."""
ALL = f"{AVERAGE}(A)"
"""The column that decides whether one row beats another."""


@dataclass(frozen=True)
class Scored:
    """One run of an ablation: a row at a seed."""

    row: str
    seed: int
    before: Mapping[str, float]
    """Accuracy per language before distillation, in percent."""
    after: Mapping[str, float]
    teachers: tuple[str, ...] | None = None
    """Of an ALSACE run: the languages it chose; they are T of this seed."""
    kept_step: int | None = None
    """Step of the checkpoint it kept: 0 is the model before distillation; None if not known."""
    collapsed: bool = False
    """Whether training broke off because the model's answers collapsed."""


@dataclass(frozen=True)
class AblationRow:
    """One row of the table."""

    name: str
    columns: Mapping[str, Spread]
    """Column -> its values; one that no seed has is not there."""
    languages: Mapping[str, Spread]
    """Language -> its accuracy, in percent."""
    kept_steps: Mapping[int, int] = field(default_factory=dict)
    """Seed -> step of the checkpoint that was kept, where it is known."""
    collapsed: tuple[int, ...] = ()
    """The seeds at which training collapsed."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds it was run at."""
        return tuple(sorted(self.columns[ALL].by_seed))

    @property
    def untrained(self) -> tuple[int, ...]:
        """The seeds at which no step was kept: the model is the one before distillation."""
        return tuple(seed for seed, step in sorted(self.kept_steps.items()) if step == 0)


@dataclass(frozen=True)
class Ablation:
    """All rows, the model before distillation first."""

    rows: Mapping[str, AblationRow]
    """In the order of the table."""
    groups: Mapping[int, tuple[tuple[str, ...], tuple[str, ...]]]
    """Seed -> its students and teachers; seeds without an ALSACE run are not there."""
    pivot: str
    starts: float
    """Largest difference, in points, between the models that runs of one seed started from."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """All seeds."""
        return self.rows[BEFORE].seeds

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages, the best before distillation first."""
        before = self.rows[BEFORE].languages
        return tuple(sorted(before, key=lambda language: -before[language].mean))

    def start_of(self, row: str, column: str) -> Spread | None:
        """What a row started from: the model before, at the row's own seeds only."""
        before, own = (self.rows[name].columns.get(column) for name in (BEFORE, row))
        if before is None or own is None:
            return None
        shared = {seed: before.by_seed[seed] for seed in own.by_seed if seed in before.by_seed}
        return Spread(shared) if shared else None

    def change_of(self, row: str, column: str) -> Spread | None:
        """How far a row is from where it started, seed by seed."""
        start = self.start_of(row, column)
        if start is None:
            return None
        after = self.rows[row].columns[column].by_seed
        return Spread({seed: after[seed] - was for seed, was in start.by_seed.items()})


def ablation(trials: Sequence[Scored], pivot: str = PIVOT) -> Ablation:
    """Build the table.

    Args:
        trials: in the order of the rows; at most one a row and seed, all with the same languages.
        pivot: the language the others are compared with.

    Raises:
        UserError: there is none, or their languages differ.
    """
    if not trials:
        raise UserError("an ablation needs at least one run")
    if len({frozenset(x) for trial in trials for x in (trial.before, trial.after)}) > 1:
        raise UserError("the runs of an ablation must have the same languages")
    groups = {
        trial.seed: split(trial.after, trial.teachers)
        for trial in trials
        if trial.teachers is not None
    }
    starts = _starts(trials)
    rows = {BEFORE: {seed: found[0] for seed, found in sorted(starts.items())}}
    for trial in trials:
        rows.setdefault(trial.row, {})[trial.seed] = trial.after
    return Ablation(
        rows={
            name: _row(name, scores, groups, pivot, [x for x in trials if x.row == name])
            for name, scores in rows.items()
        },
        groups=dict(sorted(groups.items())),
        pivot=pivot,
        starts=max(_largest_difference(found) for found in starts.values()),
    )


def split(
    languages: Iterable[str], teachers: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Students and teachers, each in the languages' order."""
    everyone = tuple(languages)
    return (
        tuple(language for language in everyone if language not in teachers),
        tuple(language for language in everyone if language in teachers),
    )


def columns_of(
    scores: Mapping[str, float],
    groups: tuple[Collection[str], Collection[str]] | None,
    pivot: str = PIVOT,
) -> dict[str, float]:
    """The columns of one run.

    Args:
        scores: accuracy per language, in percent.
        groups: students and teachers; None where they are not known.
        pivot: the language the others are compared with.

    Returns:
        Column -> value; a column without a language (or without the pivot) is left out.
    """
    members = {"A": list(scores)}
    if groups is not None:
        members = {"S": list(groups[0]), "T": list(groups[1]), **members}
    found = {}
    for group in GROUPS:
        languages = members.get(group)
        if not languages:
            continue
        found[f"{AVERAGE}({group})"] = float(np.mean([scores[x] for x in languages]))
        others = [scores[x] for x in languages if x != pivot]
        if pivot in scores and others:
            found[f"{GAP}({group})"] = float(scores[pivot] - np.mean(others))
    return found


def _row(
    name: str,
    scores: Mapping[int, Mapping[str, float]],
    groups: Mapping[int, tuple[tuple[str, ...], tuple[str, ...]]],
    pivot: str,
    trials: Sequence[Scored],
) -> AblationRow:
    by_seed = {seed: columns_of(x, groups.get(seed), pivot) for seed, x in scores.items()}
    columns = {
        column: Spread({seed: x[column] for seed, x in by_seed.items() if column in x})
        for column in COLUMNS
    }
    languages = next(iter(scores.values()))
    return AblationRow(
        name=name,
        columns={column: spread for column, spread in columns.items() if spread.by_seed},
        languages={
            language: Spread({seed: x[language] for seed, x in scores.items()})
            for language in languages
        },
        kept_steps={x.seed: x.kept_step for x in trials if x.kept_step is not None},
        collapsed=tuple(sorted(x.seed for x in trials if x.collapsed)),
    )


def _starts(trials: Iterable[Scored]) -> dict[int, list[Mapping[str, float]]]:
    """Seed -> the accuracies its runs started from, that of ALSACE first."""
    starts: dict[int, list[Mapping[str, float]]] = {}
    for trial in sorted(trials, key=lambda trial: trial.row != ALSACE):
        starts.setdefault(trial.seed, []).append(trial.before)
    return starts


def _largest_difference(starts: Sequence[Mapping[str, float]]) -> float:
    return max(abs(scores[x] - starts[0][x]) for scores in starts for x in scores)
