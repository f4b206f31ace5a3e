"""Which languages learn from which (ALSACE, Eq. 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def teacher_weights(
    languages: Sequence[str],
    teachers: Sequence[str],
    confidence: Mapping[str, float] | None = None,
    power: float = 1.0,
) -> NDArray[np.float64]:
    """Weight of each language as a teacher: [languages], 0 for students, sum 1.

    Args:
        languages: all languages, in the order of the result.
        teachers: those that teach.
        confidence: s_t of Eq. 2; None weights the teachers equally.
        power: the confidence is raised to this power first.
    """
    weights = np.zeros(len(languages))
    for position, language in enumerate(languages):
        if language in teachers:
            weights[position] = 1.0 if confidence is None else confidence[language] ** power
    return weights / weights.sum()


def pair_weights(
    languages: Sequence[str],
    teachers: Sequence[str],
    weights: NDArray[np.float64],
    *,
    student_student: bool = False,
) -> NDArray[np.float64]:
    """Weight of each ordered pair [learner, teacher]; 0 where there is no pair; sum 1.

    Every student is paired with every teacher, and each unordered pair of teachers stands once
    (the later language learns), as in the paper's public code; self-pairs do not occur. 7 teachers
    and 8 students make 56 + 21 = 77 pairs. ``student_student`` adds each unordered pair of
    students once, with the mean weight of the teachers.

    Args:
        languages: all languages.
        teachers: those that teach.
        weights: of :func:`teacher_weights`; a pair weighs as much as its teacher.
        student_student: also pair students with students.
    """
    count = len(languages)
    teaches = np.array([language in teachers for language in languages])
    pairs = np.zeros((count, count))
    for learner in range(count):
        for teacher in range(count):
            if learner == teacher:
                continue
            if teaches[teacher] and (not teaches[learner] or teacher < learner):
                pairs[learner, teacher] = weights[teacher]
            elif student_student and not teaches[teacher] and not teaches[learner]:
                pairs[learner, teacher] = weights[teaches].mean() if teacher < learner else 0.0
    total = pairs.sum()
    return pairs / total if total > 0 else pairs
