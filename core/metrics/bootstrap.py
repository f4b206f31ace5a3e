"""Paired bootstrap of accuracy changes, over clusters that all languages share.

Parallel items are the same item in every language and often come in groups (a premise, a
question, an article). One resample therefore draws CLUSTERS once and uses them for all
languages and for both runs; otherwise intervals of averages and gaps come out too narrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.accuracy import PIVOT, correct

RESAMPLES = 10_000
ROUNDING = 1e-9
"""Points; an interval's end closer to 0 than this is 0 (weights of a mean don't sum exactly)."""
CHUNK_DRAWS = 2_000_000
"""Cluster draws held at a time (16 MB as int64, as much again as counts)."""


@dataclass(frozen=True)
class Interval:
    """A two-sided percentile interval of a change, in points."""

    low: float
    high: float
    estimate: float
    """The change on the data itself."""
    standard_error: float
    """Standard deviation of the resampled changes."""

    @property
    def verdict(self) -> str:
        """``up`` or ``down`` when the interval excludes 0, else ``undetermined``.

        ``unchanged`` when the change and both ends are 0: no resample differs.
        """
        if max(abs(self.low), abs(self.high), abs(self.estimate)) <= ROUNDING:
            return "unchanged"
        if self.low > ROUNDING:
            return "up"
        return "down" if self.high < -ROUNDING else "undetermined"

    def to_json(self) -> dict[str, float | str]:
        """As the run record keeps it; ``detectable`` is the least change likely to be seen."""
        return {
            "estimate": self.estimate,
            "low": self.low,
            "high": self.high,
            "verdict": self.verdict,
            "detectable": minimum_detectable_difference(self.standard_error),
        }


@dataclass(frozen=True)
class PairedBootstrap:
    """Intervals of after minus before, in points, and how they were made."""

    average: Interval
    """Over all languages."""
    average_non_english: Interval | None
    """None when the pivot is the only language."""
    pivot: Interval | None
    """English, or what stands for it; None when it is not among the languages."""
    gap: Interval | None
    """Transfer gap; None without the pivot or without another language."""
    languages: Mapping[str, Interval]
    n: int
    """Examples per language."""
    clusters: int
    resamples: int
    level: float
    seed: int

    def to_json(self) -> dict[str, Any]:
        """As the run record keeps it, under ``metrics.change``."""
        named = {
            "average": self.average,
            "average_non_english": self.average_non_english,
            "english": self.pivot,
            "transfer_gap": self.gap,
        }
        return {
            **{name: None if part is None else part.to_json() for name, part in named.items()},
            "languages": {name: part.to_json() for name, part in self.languages.items()},
            "n": self.n,
            "clusters": self.clusters,
            "resamples": self.resamples,
            "level": self.level,
            "seed": self.seed,
        }


def cluster_indices(clusters: Sequence[str]) -> NDArray[np.int64]:
    """[examples]: the number of each example's cluster, in order of first appearance."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(x, len(numbers)) for x in clusters], dtype=np.int64)


def resample_counts(
    clusters: int, resamples: int, seed: int, drawn: int | None = None
) -> Iterator[NDArray[np.int64]]:
    """How often each cluster is drawn, in resamples with replacement.

    The stream of draws does not depend on the chunking: resample r is the r-th block of
    ``clusters`` draws of ``default_rng(seed).integers(clusters)``.

    Args:
        clusters: how many there are.
        resamples: how many.
        seed: of the draws.
        drawn: count only so many draws of each resample, the first ones; None for all, which is
            as many as there are clusters.

    Yields:
        [some resamples, clusters]; each row sums to ``clusters``, or to ``drawn``.
    """
    generator = np.random.default_rng(seed)
    size = max(1, CHUNK_DRAWS // clusters)
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        draws = generator.integers(clusters, size=(rows, clusters), dtype=np.int64)[:, :drawn]
        draws = draws + clusters * np.arange(rows, dtype=np.int64)[:, None]
        counts = np.bincount(draws.ravel(), minlength=rows * clusters)
        yield counts.reshape(rows, clusters)


def resampled_changes(
    before: NDArray[np.bool_] | NDArray[np.float64],
    after: NDArray[np.bool_] | NDArray[np.float64],
    clusters: NDArray[np.int64],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Changes of accuracy in every resample.

    Args:
        before: [languages, examples], right or wrong (or a share of right answers, 0..1).
        after: the same, later.
        clusters: [examples], cluster numbers from 0 without gaps.
        resamples: how many.
        seed: of the draws.

    Returns:
        [resamples, languages] in points: 100 * sum of changes / number of examples drawn.
    """
    count = int(clusters.max()) + 1
    change = after.astype(np.float64) - before
    sums = np.stack([np.bincount(clusters, weights=row, minlength=count) for row in change])
    sizes = np.bincount(clusters, minlength=count).astype(np.float64)
    table = np.vstack([sums, sizes]).T
    parts = []
    for counts in resample_counts(count, resamples, seed):
        totals = counts.astype(np.float64) @ table
        parts.append(100 * totals[:, :-1] / totals[:, -1:])
    return np.concatenate(parts)


def paired_bootstrap(
    before: Predictions,
    after: Predictions,
    *,
    pivot: str = PIVOT,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> PairedBootstrap:
    """Intervals of what changed from one run to another on the same examples.

    Args:
        before: answers with gold classes.
        after: answers of the other run, same languages and examples in the same order.
        pivot: the language the others are compared with.
        resamples: at least 10,000 for a published interval.
        level: of the two-sided percentile intervals.
        seed: of the draws.

    Raises:
        UserError: different languages or examples, no gold, or bad settings.
    """
    _check(before, after, resamples, level)
    was, now = correct(before), correct(after)
    groups = cluster_indices(before.clusters)
    samples = resampled_changes(was, now, groups, resamples, seed)
    point = 100 * (now.mean(axis=1, dtype=np.float64) - was.mean(axis=1, dtype=np.float64))
    languages = before.languages

    def interval(weights: NDArray[np.float64]) -> Interval:
        return percentile_interval(samples @ weights, float(point @ weights), level)

    unit = np.eye(len(languages))
    english = np.array([float(x == pivot) for x in languages])
    others = 1 - english
    has_others = bool(others.any())
    rest = others / max(1.0, others.sum())
    both = bool(english.any()) and has_others
    return PairedBootstrap(
        average=interval(np.full(len(languages), 1 / len(languages))),
        average_non_english=interval(rest) if has_others else None,
        pivot=interval(english) if english.any() else None,
        gap=interval(english - rest) if both else None,
        languages={x: interval(unit[i]) for i, x in enumerate(languages)},
        n=len(before.examples),
        clusters=int(groups.max()) + 1,
        resamples=resamples,
        level=level,
        seed=seed,
    )


def percentile_interval(
    samples: NDArray[np.float64], estimate: float, level: float = 0.95
) -> Interval:
    """The middle ``level`` of the resampled values [resamples] (linear interpolation)."""
    tail = (1 - level) / 2
    low, high = np.quantile(samples, [tail, 1 - tail])
    return Interval(float(low), float(high), estimate, float(samples.std()))


def minimum_detectable_difference(
    standard_error: float, level: float = 0.95, power: float = 0.8
) -> float:
    """The smallest true change a two-sided test would find with this power.

    Args:
        standard_error: of the paired change, in points (:attr:`Interval.standard_error`).
        level: of the interval.
        power: probability to find it.

    Returns:
        (z at (1 + level) / 2 + z at power) * standard error, in the same unit.
    """
    normal = NormalDist()
    return (normal.inv_cdf((1 + level) / 2) + normal.inv_cdf(power)) * standard_error


def _check(before: Predictions, after: Predictions, resamples: int, level: float) -> None:
    if before.languages != after.languages:
        raise UserError("a paired bootstrap needs the same languages in the same order")
    if before.examples != after.examples:
        raise UserError("a paired bootstrap needs the same examples in the same order")
    if resamples < 1:
        raise UserError(f"resamples must be 1 or more, not {resamples}")
    if not 0 < level < 1:
        raise UserError(f"level must lie between 0 and 1, not {level}")
