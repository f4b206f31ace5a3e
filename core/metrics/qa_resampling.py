"""Means over questions in every resample of their clusters, whatever part of them is asked.

The questions of an article are not independent, nor is one question in several languages: a
resample draws clusters once, for all pairs of languages and for both models that are compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.data.qa.scores import QaScores
from core.errors import UserError
from core.metrics.bootstrap import (
    RESAMPLES,
    Interval,
    cluster_indices,
    cluster_sums,
    percentile_interval,
    resampled_sums,
)


def means(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Mean of every row of [rows, questions] over the questions it has; NaN where it has none."""
    asked = np.isfinite(values)
    return _ratio(np.where(asked, values, 0.0).sum(axis=1, dtype=np.float64), asked.sum(axis=1))


def resampled_means(
    values: NDArray[np.floating],
    clusters: Sequence[str],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Means over the questions of the clusters that were drawn.

    Args:
        values: [rows, questions]; NaN where a row has no such question.
        clusters: one per question.
        resamples: at least 10,000 for a published interval.
        seed: of the draws.

    Returns:
        [resamples, rows]; NaN where no question of a row was drawn.

    Raises:
        UserError: less than one resample.
    """
    asked = np.isfinite(values)
    return resampled_ratios(np.where(asked, values, 0.0), asked, clusters, resamples, seed)


def resampled_ratios(
    sums: NDArray[np.number],
    sizes: NDArray[np.number] | NDArray[np.bool_],
    clusters: Sequence[str],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Sums by sizes over the questions of the clusters that were drawn.

    Args:
        sums: [rows, questions], what is counted.
        sizes: [rows, questions], out of how much.
        clusters: one per question.
        resamples: how many.
        seed: of the draws, which depend on nothing else but the number of clusters.

    Returns:
        [resamples, rows]; NaN where the size is 0, and everywhere with a single cluster, of which
        all resamples are the same.

    Raises:
        UserError: less than one resample.
    """
    if resamples < 1:
        raise UserError(f"resamples must be 1 or more, not {resamples}")
    groups = cluster_indices(clusters)
    count = int(groups.max()) + 1
    if count < 2:
        return np.full((resamples, len(sums)), np.nan)
    table = cluster_sums(np.vstack([sums, sizes]), groups, count)
    found, whole = np.split(resampled_sums(table, resamples, seed), 2, axis=1)
    return _ratio(found, whole)


def interval_of(samples: NDArray[np.float64], estimate: float, level: float) -> Interval | None:
    """The interval of a resampled value [resamples].

    Returns:
        None where there is no value; ends of NaN, and no verdict, where no resample has one.
    """
    if not np.isfinite(estimate):
        return None
    kept = samples[np.isfinite(samples)]
    if not kept.size:
        return Interval(np.nan, np.nan, estimate, np.nan)
    return percentile_interval(kept, estimate, level)


def check_paired(before: QaScores, after: QaScores) -> None:
    """Refuse scores that can't be subtracted.

    Raises:
        UserError: they are not about the same questions in the same languages, or were not
            compared in the same way.
    """
    parts = {
        "questions": "question languages",
        "contexts": "context languages",
        "ids": "questions",
        "clusters": "clusters of questions",
    }
    for name, words in parts.items():
        if getattr(before, name) != getattr(after, name):
            raise UserError(f"before and after have different {words}")
    if not np.array_equal(np.isfinite(before.f1), np.isfinite(after.f1)):
        raise UserError("before and after were asked different questions in a pair of languages")
    if before.normalization != after.normalization:
        raise UserError(
            f"before is scored with the {before.normalization} normalization, after with "
            f"{after.normalization}; score both with the same"
        )


def _ratio(sums: NDArray[np.float64], sizes: NDArray[np.number]) -> NDArray[np.float64]:
    """Sums by sizes; NaN where the size is 0."""
    return np.divide(sums, sizes, out=np.full(sums.shape, np.nan), where=sizes > 0)
