"""Change of probing accuracy, with intervals from resampled question groups."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.probing_answers import ProbingAnswers
from core.errors import UserError
from core.metrics.bootstrap import (
    RESAMPLES,
    cluster_indices,
    cluster_sums,
    percentile_interval,
    resampled_sums,
)
from core.metrics.probing import hits


def paired_change(
    before: ProbingAnswers, after: ProbingAnswers, *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, dict[str, float]]:
    """Change of each language's average over the regions, and its 95 % interval.

    Whole groups are drawn with replacement, the same ones for both moments and all languages
    (paired percentile bootstrap).

    Args:
        before: answers before.
        after: answers to the same examples.
        resamples: at least 10,000 for a published interval.
        seed: of the draws.

    Returns:
        language -> ``difference``, ``low`` and ``high``, fractions of 1; no number for an interval
        of a single group.

    Raises:
        UserError: the two are not about the same examples and languages.
    """
    if before.examples != after.examples or before.languages != after.languages:
        raise UserError("answers before and after are about different examples or languages")
    groups = cluster_indices(before.groups)
    size = int(groups.max()) + 1
    regions = np.array(before.regions)
    found_before, found_after = hits(before), hits(after)
    result = {}
    for language in before.languages:
        total = np.array([len(gold) for gold in before.gold[language]])
        gained = found_after[language] - found_before[language]
        sums = _by_region(gained, total, regions, groups)
        drawn = _average(resampled_sums(sums, resamples, seed))
        [change] = _average(sums.sum(axis=0, keepdims=True))
        found = percentile_interval(drawn, float(change))
        result[language] = {
            "difference": found.estimate,
            "low": found.low if size > 1 else np.nan,
            "high": found.high if size > 1 else np.nan,
        }
    return result


def _by_region(
    values: NDArray[Any], total: NDArray[Any], regions: NDArray[Any], groups: NDArray[np.int64]
) -> NDArray[np.float64]:
    """[groups, 2 x regions]: sums of the values in each region, then of what there is."""
    within = [regions == region for region in dict.fromkeys(regions.tolist())]
    rows = [np.where(mine, part, 0) for part in (values, total) for mine in within]
    return cluster_sums(np.stack(rows), groups, int(groups.max()) + 1)


def _average(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the regions of sum(values) / sum(total): [draws, 2 x regions] -> [draws]."""
    values, total = np.split(sums, 2, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nanmean(values / total, axis=1)
