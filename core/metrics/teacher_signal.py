"""Is confidence a good teacher signal? What each language gives as the only teacher, and s_t.

ALSACE takes it for granted that the languages with the highest confidence in the vote (s_t,
Eq. 2) teach best. Distillations with one teacher each show what every language gives to every
other: the gain matrix. Against it, and against accuracy, the confidence can be checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.metrics.bootstrap import RESAMPLES
from core.metrics.rank_correlation import RankCorrelation, rank_correlation


class Record(Protocol):
    """What is read of a run's record."""

    @property
    def kind(self) -> str:
        """The kind of run."""

    @property
    def config(self) -> Mapping[str, Any]:
        """Its settings."""

    @property
    def metrics(self) -> Mapping[str, Any]:
        """Its scores, ``before`` and ``after`` among them."""

    @property
    def selection(self) -> Mapping[str, Any] | None:
        """The teachers and confidences."""


@dataclass(frozen=True)
class LoneTeacher:
    """A distillation with a single teacher; each mapping has all its languages, in order."""

    teacher: str
    seed: int
    confidence: Mapping[str, float]
    """s_t (Eq. 2), 0 to 1, before distillation."""
    before: Mapping[str, float]
    """Accuracy in percent."""
    after: Mapping[str, float]


@dataclass(frozen=True)
class GainMatrix:
    """What each language gives to each as the only teacher."""

    teachers: tuple[str, ...]
    students: tuple[str, ...]
    """All languages of the runs; the teachers are among them and have the same order."""
    gains: NDArray[np.float64]
    """[teachers, students]: accuracy after minus before, in points, mean over the seeds."""
    spread: NDArray[np.float64]
    """[teachers, students]: standard deviation over the seeds (n - 1); NaN of one seed."""
    seeds: tuple[int, ...]
    """Per teacher, how many seeds its row is the mean of."""
    confidence: NDArray[np.float64]
    """[teachers]: s_t, 0 to 1, mean over the runs of all teachers."""
    accuracy: NDArray[np.float64]
    """[teachers]: accuracy before distillation in percent, mean over the same runs."""

    @property
    def given(self) -> NDArray[np.float64]:
        """[teachers]: mean gain of the other languages, in points."""
        others = np.array([[t != s for s in self.students] for t in self.teachers])
        return np.where(others, self.gains, 0).sum(axis=1) / others.sum(axis=1)


@dataclass(frozen=True)
class TeacherSignal:
    """Whether the languages with a higher confidence have more of something."""

    against: str
    """``accuracy`` or ``gain given``."""
    languages: tuple[str, ...]
    confidence: NDArray[np.float64]
    """[languages]: s_t, 0 to 1."""
    outcome: NDArray[np.float64]
    """[languages]: accuracy in percent, or the mean gain given to the others in points."""
    correlation: RankCorrelation


def lone_teacher(record: Record) -> LoneTeacher | None:
    """The run as one of the gain matrix; None if it is no such run, or has not ended well."""
    if record.kind != "distill" or record.config.get("strategy") != "by-hand":
        return None
    try:
        chosen = record.selection or {}
        (teacher,) = chosen["teachers"]
        before, after = (_numbers(record.metrics[x]["accuracy"]) for x in ("before", "after"))
        found = LoneTeacher(
            str(teacher),
            int(record.config.get("seed", 0)),
            _numbers(chosen["confidence"]),
            before,
            after,
        )
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    fits = list(before) == list(after) and set(before) <= set(found.confidence)
    return found if fits and teacher in before else None


def gain_matrix(runs: Sequence[LoneTeacher]) -> GainMatrix:
    """What each teacher gave to each language: after minus before, mean over its seeds.

    Args:
        runs: that differ in teacher and seed only, see `core.runs.lone_teachers`.

    Raises:
        UserError: no runs, or runs in different languages.
    """
    if not runs:
        raise UserError("a gain matrix needs distillations with one teacher each")
    students = tuple(runs[0].before)
    if any(set(run.before) != set(students) for run in runs):
        raise UserError("a gain matrix needs runs in the same languages")
    if len(students) < 2:
        raise UserError("a gain matrix needs two languages or more")
    teachers = tuple(x for x in students if any(run.teacher == x for run in runs))
    changes = {
        teacher: np.array(
            [
                [run.after[x] - run.before[x] for x in students]
                for run in runs
                if run.teacher == teacher
            ]
        )
        for teacher in teachers
    }
    return GainMatrix(
        teachers=teachers,
        students=students,
        gains=np.stack([rows.mean(axis=0) for rows in changes.values()]),
        spread=np.stack([_spread(rows) for rows in changes.values()]),
        seeds=tuple(len(rows) for rows in changes.values()),
        confidence=_start(runs, teachers, "confidence"),
        accuracy=_start(runs, teachers, "before"),
    )


def teacher_signals(
    matrix: GainMatrix, *, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[TeacherSignal, TeacherSignal]:
    """Rank correlation of s_t with accuracy, and with the mean gain given to the others.

    The languages are the unit of resampling: the intervals say how far another choice of
    languages could change the answer, and leave out how uncertain each gain is.

    Raises:
        UserError: a single teacher, which nothing can be compared with.
    """
    if len(matrix.teachers) < 2:
        raise UserError("whether confidence is a signal takes two teachers or more to compare")
    outcomes = {"accuracy": matrix.accuracy, "gain given": matrix.given}
    accuracy, gain = (
        TeacherSignal(
            against,
            matrix.teachers,
            matrix.confidence,
            outcome,
            rank_correlation(matrix.confidence, outcome, resamples=resamples, seed=seed),
        )
        for against, outcome in outcomes.items()
    )
    return accuracy, gain


def _numbers(found: Mapping[str, Any]) -> dict[str, float]:
    """The mapping with its values as finite numbers.

    Raises:
        ValueError: one is none.
    """
    numbers = {str(key): float(value) for key, value in found.items()}
    if not all(np.isfinite(x) for x in numbers.values()):
        raise ValueError("not a finite number")
    return numbers


def _spread(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """[students]: standard deviation over the runs [runs, students]; NaN of a single one."""
    return rows.std(axis=0, ddof=1) if len(rows) > 1 else np.full(rows.shape[1], np.nan)


def _start(runs: Sequence[LoneTeacher], teachers: Sequence[str], what: str) -> NDArray[np.float64]:
    """[teachers]: a quantity before distillation, over the seeds; runs of a seed start alike."""
    by_seed: dict[int, list[Mapping[str, float]]] = {}
    for run in runs:
        by_seed.setdefault(run.seed, []).append(getattr(run, what))
    means = [[np.mean([x[t] for x in found]) for t in teachers] for found in by_seed.values()]
    return np.mean(np.array(means), axis=0)
