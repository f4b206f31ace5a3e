"""One language: the data its teacher reads against the data the student reads (Figure 3).

Limisiewicz et al., Appendix C. With one language there is nothing to balance; what is left is
whether soft labels replace text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.metrics.balance_scores import TEACHERS, BalanceScores
from core.metrics.spread import Spread
from core.quoting import signed

BALANCED, DISTILLED = "balanced", "distilled"
DIGITS = 2
"""Of a size: texts are not cut, so that sizes differ by some characters from seed to seed."""


@dataclass(frozen=True)
class SizePoint:
    """Models of one size of data."""

    teacher: int | None
    """Characters its teacher read; None: hard labels."""
    own: int
    """Characters it read itself."""
    mrr: Spread
    """In percent, by seed."""


def size_points(runs: Iterable[tuple[int, BalanceScores]]) -> list[SizePoint]:
    """MRR by the size of the data, with hard labels and with those of each teacher.

    A teacher and a ``balanced`` model of as much data are the same model: it is counted once a
    seed.

    Args:
        runs: seed and scores of comparisons in one language, newest first.

    Returns:
        Hard labels first, then by the size of the teacher's data; each by its own size.
    """
    found: dict[tuple[int, int], dict[int, float]] = {}
    for seed, scores in runs:
        (language,) = scores.languages
        whole = _rounded(scores.characters.get(language, 0))
        own = _rounded(scores.balanced.get(language, 0))
        for name, key in ((TEACHERS, (0, whole)), (BALANCED, (0, own)), (DISTILLED, (whole, own))):
            if name in scores.mrr and key[1]:
                found.setdefault(key, {}).setdefault(seed, scores.mrr[name][language])
    return [
        SizePoint(teacher or None, own, Spread(by_seed))
        for (teacher, own), by_seed in sorted(found.items())
    ]


def size_texts(points: Iterable[SizePoint]) -> list[str]:
    """What each teacher's soft labels do for students of less data, and of as much, in words."""
    known = list(points)
    hard = {point.own: point.mrr.mean for point in known if point.teacher is None}
    teachers = sorted({point.teacher for point in known if point.teacher is not None})
    said = []
    for teacher in teachers:
        told = [
            f"with {shown_size(x.own)} characters {signed(x.mrr.mean - hard[x.own])} against hard "
            f"labels, {signed(x.mrr.mean - hard[teacher])} against its teacher"
            for x in known
            if x.teacher == teacher and x.own in hard and teacher in hard
        ]
        if told:
            said.append(f"Teacher of {shown_size(teacher)} characters: student {'; '.join(told)}.")
    return said


def shown_size(count: float) -> str:
    """``200,000``; ``1.5 million``."""
    return f"{count / 1e6:g} million" if count >= 1e6 else f"{count:,.0f}"


def _rounded(count: int) -> int:
    """To two digits."""
    return int(float(f"{count:.{DIGITS - 1}e}"))
