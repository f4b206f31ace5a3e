"""What one varied setting does to accuracy and gap, before and after distillation, over seeds.

Medians, as in ALSACE's Tables 5 and 6 (the median of five runs), with all seeds beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from core.metrics.accuracy import PIVOT, average, average_non_english
from core.metrics.bootstrap import ROUNDING
from core.metrics.spread import Spread
from core.metrics.transfer_gap import transfer_gap
from core.quoting import signed

AVERAGE, OTHERS, GAP = "average accuracy", "non-English average", "gap to English"
MEASURES = (AVERAGE, OTHERS, GAP)
Scores = Mapping[str, float]
"""Accuracy per language, in percent."""
_MEASURES: Mapping[str, Callable[[Scores, str], float | None]] = {
    AVERAGE: lambda scores, pivot: average(scores),
    OTHERS: average_non_english,
    GAP: transfer_gap,
}


@dataclass(frozen=True)
class Point:
    """One value of the setting: a number before and after, at every seed."""

    value: float
    before: Spread
    after: Spread

    @property
    def change(self) -> Spread:
        """After minus before, seed by seed."""
        was, now = self.before.by_seed, self.after.by_seed
        return Spread({seed: now[seed] - was[seed] for seed in now})


def points_of(
    runs: Mapping[float, Mapping[int, tuple[Scores, Scores]]],
    measure: str,
    languages: Collection[str],
    pivot: str = PIVOT,
) -> list[Point]:
    """One measure at every value, over languages that all runs have.

    Args:
        runs: value -> seed -> accuracies before and after.
        measure: one of :data:`MEASURES`, or a language.
        languages: those that count.
        pivot: the language the others are compared with.

    Returns:
        By value; a value at which the measure does not exist is left out.
    """

    def of(scores: Scores) -> float | None:
        if measure not in _MEASURES:
            return scores.get(measure)
        return _MEASURES[measure]({x: scores[x] for x in languages}, pivot)

    found = []
    for value, seeds in sorted(runs.items()):
        pairs = {seed: (of(was), of(now)) for seed, (was, now) in seeds.items()}
        before = {seed: pair[0] for seed, pair in pairs.items() if pair[0] is not None}
        after = {seed: pair[1] for seed, pair in pairs.items() if pair[1] is not None}
        if before and set(before) == set(after):
            found.append(Point(value, Spread(before), Spread(after)))
    return found


def text_of(name: str, points: Collection[Point], measure: str) -> str:
    """One sentence on where distillation helped: the seeds decide, not the median alone."""
    good = -1 if measure == GAP else 1
    better, worse, open_ = [], [], []
    for point in points:
        changes = [good * x for x in point.change.values]
        if min(changes) > ROUNDING:
            better.append(point)
        elif max(changes) < -ROUNDING:
            worse.append(point)
        else:
            open_.append(point)
    up, down = ("rises", "falls") if good > 0 else ("shrinks", "widens")
    parts = (
        (f"{up} in every seed at", better),
        (f"{down} in every seed at", worse),
    )
    told = "; ".join(
        [
            *(f"{words} {', '.join(_at(x) for x in found)}" for words, found in parts if found),
            *(f"{_ways(x.change, good, (up, down))} at {_at(x)}" for x in open_),
        ]
    )
    return f"By {name}: after distillation the {measure} {told} (median change in brackets)."


def _ways(change: Spread, good: int, words: tuple[str, str]) -> str:
    """``rises in 2 of 3 seeds and is unchanged in 1``."""
    changes = [good * x for x in change.values]
    up, down = (sum(x > ROUNDING for x in changes), sum(x < -ROUNDING for x in changes))
    still = change.n - up - down
    if still == change.n:
        return "is unchanged in every seed"
    counted = [
        f"{word} in {count}"
        for word, count in (*zip(words, (up, down), strict=True), ("is unchanged", still))
        if count
    ]
    counted[0] += f" of {change.n} seeds"
    return (
        " and ".join(counted) if len(counted) < 3 else f"{counted[0]}, {' and '.join(counted[1:])}"
    )


def _at(point: Point) -> str:
    return f"{point.value:g} ({signed(point.change.median)})"
