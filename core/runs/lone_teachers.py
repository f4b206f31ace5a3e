"""Distillations with a single teacher each, by what else they were made with: gain matrices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.metrics.teacher_signal import LoneTeacher, lone_teacher
from core.runs.families import SEED, Family, Trial, families


@dataclass(frozen=True)
class LoneTeachers:
    """Distillations that differ in teacher and seed only."""

    family: Family
    """All of them, repeated ones too."""
    runs: tuple[LoneTeacher, ...]
    """The newest of each teacher and seed."""

    @property
    def teachers(self) -> set[str]:
        """Those that have taught alone."""
        return {run.teacher for run in self.runs}

    @property
    def by_teacher(self) -> dict[str, list[Trial]]:
        """Teacher -> its trials, newest first."""
        found: dict[str, list[Trial]] = {}
        for trial in self.family.trials:
            if run := lone_teacher(trial.run.record):
                found.setdefault(run.teacher, []).append(trial)
        return found


def lone_teachers(trials: Iterable[Trial]) -> list[LoneTeachers]:
    """The runs with a single teacher, in groups that differ in teacher and seed only.

    Args:
        trials: of any runs, newest first.

    Returns:
        The group with the most teachers first.
    """
    alone = [trial for trial in trials if lone_teacher(trial.run.record)]
    groups = [
        LoneTeachers(family, _newest(family)) for family in families(alone, {SEED, "teachers"})
    ]
    return sorted(groups, key=lambda group: -len(group.teachers))


def _newest(family: Family) -> tuple[LoneTeacher, ...]:
    found: dict[tuple[str, int], LoneTeacher] = {}
    for trial in family.trials:
        if run := lone_teacher(trial.run.record):
            found.setdefault((run.teacher, run.seed), run)
    return tuple(found.values())
