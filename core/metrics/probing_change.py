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
    percentile_interval,
    resample_counts,
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
    counts = np.concatenate(list(resample_counts(size, resamples, seed)))
    regions = np.array(before.regions)
    found_before, found_after = hits(before), hits(after)
    result = {}
    for language in before.languages:
        total = np.array([len(gold) for gold in before.gold[language]])
        gained = found_after[language] - found_before[language]
        drawn = _average(gained, total, regions, groups, counts)
        [change] = _average(gained, total, regions, groups, np.ones((1, size)))
        found = percentile_interval(drawn, float(change))
        result[language] = {
            "difference": found.estimate,
            "low": found.low if size > 1 else np.nan,
            "high": found.high if size > 1 else np.nan,
        }
    return result


def _average(
    values: NDArray[Any],
    total: NDArray[Any],
    regions: NDArray[Any],
    groups: NDArray[Any],
    counts: NDArray[Any],
) -> NDArray[np.float64]:
    """Mean over the regions of sum(values) / sum(total), for every draw of groups: [draws]."""
    shares = []
    for region in dict.fromkeys(regions.tolist()):
        mine = regions == region
        size = counts.shape[1]
        sums = np.bincount(groups[mine], weights=values[mine], minlength=size)
        wholes = np.bincount(groups[mine], weights=total[mine], minlength=size)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares.append((counts @ sums) / (counts @ wholes))
    return np.nanmean(np.stack(shares), axis=0)
