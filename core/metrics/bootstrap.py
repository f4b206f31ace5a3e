"""Resampling clusters of items once for all languages, and the intervals it gives.

Parallel items are the same item in every language and often come in groups (a premise, a
question, an article). One resample therefore draws CLUSTERS once and uses them for all
languages and for all models; otherwise intervals of averages and gaps come out too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
ROUNDING = 1e-9
"""Points; an interval's end closer to 0 than this is 0 (weights of a mean don't sum exactly)."""
CHUNK_DRAWS = 2_000_000
"""Cluster draws held at a time (16 MB as int64, as much again as counts)."""


@dataclass(frozen=True)
class Interval:
    """A two-sided percentile interval of a change, in points.

    Its ends are NaN, and it decides nothing, where there is a single cluster to draw from.
    """

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

    @property
    def detectable(self) -> float:
        """The smallest true change that would likely be seen, in points."""
        return minimum_detectable_difference(self.standard_error)

    def to_json(self) -> dict[str, float | str | None]:
        """As the run record keeps it; ``detectable`` is the least change likely to be seen."""
        numbers = {
            "estimate": self.estimate,
            "low": self.low,
            "high": self.high,
            "detectable": self.detectable,
        }
        known = {name: None if math.isnan(x) else x for name, x in numbers.items()}
        return {**known, "verdict": self.verdict}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Interval:
        """Read what :meth:`to_json` gave.

        Raises:
            KeyError, TypeError, ValueError: a part is missing or no number.
        """
        low, high, estimate, detectable = (
            math.nan if kept[name] is None else float(kept[name])
            for name in ("low", "high", "estimate", "detectable")
        )
        return cls(low, high, estimate, detectable / minimum_detectable_difference(1.0))


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


def cluster_sums(
    values: NDArray[np.number] | NDArray[np.bool_], groups: NDArray[np.int64], clusters: int
) -> NDArray[np.float64]:
    """[rows, examples] -> [clusters, rows]: sums over the examples of each cluster."""
    rows = [np.bincount(groups, weights=row, minlength=clusters) for row in values]
    return np.stack(rows, axis=1)


def resampled_sums(
    sums: NDArray[np.float64], resamples: int = RESAMPLES, seed: int = 0
) -> NDArray[np.float64]:
    """Sums over the clusters that were drawn: how often each was, times what it adds up to.

    Args:
        sums: [clusters, columns], see :func:`cluster_sums`.
        resamples: how many.
        seed: of the draws, which depend on nothing else but the number of clusters.

    Returns:
        [resamples, columns].
    """
    parts = [
        counts.astype(np.float64) @ sums for counts in resample_counts(len(sums), resamples, seed)
    ]
    return np.concatenate(parts)


def resampled_shares(
    right: NDArray[np.bool_] | NDArray[np.float64],
    groups: NDArray[np.int64],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Percent right in every resample.

    Args:
        right: [rows, examples], right or wrong (or a share of right answers, 0..1); or the
            difference of two such.
        groups: [examples], cluster numbers from 0 without gaps.
        resamples: how many.
        seed: of the draws.

    Returns:
        [resamples, rows]: 100 * sum over the examples drawn / their number.
    """
    whole = np.ones((1, len(groups)))
    table = cluster_sums(
        np.vstack([right, whole]).astype(np.float64), groups, int(groups.max()) + 1
    )
    totals = resampled_sums(table, resamples, seed)
    return 100 * totals[:, :-1] / totals[:, -1:]


def resampled_changes(
    before: NDArray[np.bool_] | NDArray[np.float64],
    after: NDArray[np.bool_] | NDArray[np.float64],
    clusters: NDArray[np.int64],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Changes of accuracy in every resample, in points.

    Args:
        before: [languages, examples], right or wrong (or a share of right answers, 0..1).
        after: the same, later.
        clusters: [examples], cluster numbers from 0 without gaps.
        resamples: how many.
        seed: of the draws.

    Returns:
        [resamples, languages].
    """
    return resampled_shares(after.astype(np.float64) - before, clusters, resamples, seed)


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
