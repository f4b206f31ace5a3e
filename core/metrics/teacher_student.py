"""One language: the data its teacher reads against the data the student reads (Figure 3).

Limisiewicz et al., Appendix C. With one language there is nothing to balance; what is left is
whether soft labels replace text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


@dataclass(frozen=True)
class Student:
    """A model with soft labels beside the two with hard labels that it is measured by."""

    point: SizePoint
    against_hard: float | None
    """MRR minus that of hard labels on the same text, in points."""
    against_teacher: float | None


def students(points: Iterable[SizePoint]) -> list[Student]:
    """All that learned soft labels, in the order given; differences are of means over seeds."""
    known = list(points)
    hard = {point.own: point.mrr.mean for point in known if point.teacher is None}

    def against(point: SizePoint, size: int | None) -> float | None:
        return None if size not in hard else point.mrr.mean - hard[size]

    return [
        Student(point, against(point, point.own), against(point, point.teacher))
        for point in known
        if point.teacher is not None
    ]


def text_of(found: Sequence[Student]) -> str:
    """Whether soft labels replace text here, in words that follow the numbers."""
    compared = [x.against_hard for x in found if x.against_hard is not None]
    better = sum(change > 0 for change in compared)
    said = (
        f"Soft labels beat hard labels on the same text in {better} of {len(compared)} students"
        if compared
        else "No student can be compared with hard labels on the same text"
    )
    for title, least in (("of less text than their teacher", True), ("of as much text", False)):
        gaps = [
            x.against_teacher
            for x in found
            if x.against_teacher is not None and (x.point.own < (x.point.teacher or 0)) is least
        ]
        if gaps:
            ends = dict.fromkeys(signed(gap) for gap in (min(gaps), max(gaps)))
            said += f"; those {title} differ from it by {' to '.join(ends)} points"
    return f"{said}."


def text_of_sizes(points: Sequence[SizePoint]) -> str:
    """What more text does with hard labels: unless it helps, a teacher's larger text can't."""
    hard = sorted((x for x in points if x.teacher is None), key=lambda x: x.own)
    if len(hard) < 2:
        return ""
    least, most = hard[0], hard[-1]
    change = most.mrr.mean - least.mrr.mean
    said = (
        f"With hard labels MRR is {least.mrr.mean:.1f} % with {shown_size(least.own)} characters "
        f"and {most.mrr.mean:.1f} % with {shown_size(most.own)} ({signed(change)})"
    )
    if change > 0:
        return f"{said}."
    return (
        f"{said}: more text did not help models of this size and training, so that these runs "
        "can't show what the text of a teacher brings its student."
    )


def shown_size(count: float) -> str:
    """``200,000``; ``1.5 million``."""
    return f"{count / 1e6:g} million" if count >= 1e6 else f"{count:,.0f}"


def _rounded(count: int) -> int:
    """To two digits."""
    return int(float(f"{count:.{DIGITS - 1}e}"))
