"""How sure measures of equity are: every resample of the items gives the measure anew.

A cluster of items is drawn once for all languages and for both models, so that what languages and
models have in common is not counted as noise. Resampling adds noise to every language, which makes
the worst look worse and a spread larger: intervals of levels lean to the side of more inequality;
most of it cancels out in a change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.metrics import equity
from core.metrics.accuracy import PIVOT, correct
from core.metrics.bootstrap import (
    RESAMPLES,
    Interval,
    cluster_indices,
    percentile_interval,
    resampled_shares,
)

Array = NDArray[np.float64]
Measure = Callable[[Array], Array]
"""[..., languages] in percent -> [...]."""

MEAN, GAP, WORST, BOTTOM = "mean", "gap", "worst language", f"mean of the {equity.BOTTOM} worst"
RANGE, DEVIATION, VARIATION = "range", "standard deviation", "coefficient of variation"
GINI, UTILITY = "Gini", "global utility"
HIGHER_IS_BETTER = (MEAN, WORST, BOTTOM, UTILITY)
RATIOS = (VARIATION, GINI, UTILITY)
"""Measures without a unit; the others are percent or points."""


@dataclass(frozen=True)
class MeasureChange:
    """One measure of two models; NaN where it does not exist."""

    before: Interval
    after: Interval
    change: Interval
    """After minus before; paired."""


def measures(
    languages: Sequence[str],
    *,
    pivot: str = PIVOT,
    chance: float | None = None,
    speakers: Mapping[str, float] | None = None,
    tau: float = equity.TAU,
) -> dict[str, Measure]:
    """The measures that exist for these languages, by name.

    Args:
        languages: the last axis of what they take.
        pivot: the language the gap is measured from.
        chance: percent a guess gets; None for ratios of the plain scores.
        speakers: per language; the others have no part in the utility.
        tau: of the utility.
    """

    def of_base(measure: Measure) -> Measure:
        return lambda scores: measure(equity.ratio_base(scores, chance))

    found: dict[str, Measure] = {MEAN: lambda scores: scores.mean(axis=-1)}
    others = np.array([language != pivot for language in languages])
    if not others.all() and others.any():
        weights = np.where(others, -1 / others.sum(), 1.0)
        found[GAP] = lambda scores: np.asarray(scores @ weights)
    found |= {
        WORST: equity.worst,
        BOTTOM: equity.bottom_mean,
        RANGE: equity.score_range,
        DEVIATION: equity.deviation,
        VARIATION: of_base(equity.variation_coefficient),
        GINI: of_base(equity.gini),
    }
    known = [place for place, x in enumerate(languages) if (speakers or {}).get(x)]
    if known:
        counts = [(speakers or {})[languages[place]] for place in known]
        found[UTILITY] = of_base(
            lambda base: equity.global_utility(base[..., known], counts, tau),
        )
    return found


def measure_changes(
    before: Predictions,
    after: Predictions,
    chosen: Mapping[str, Measure],
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, MeasureChange]:
    """Every measure of two models on the same items, and its change, with intervals.

    Args:
        before: answers with gold classes.
        after: another model's, the same languages and examples in the same order.
        chosen: see `measures`.
        resamples: at least 10,000 for a published interval.
        level: of the two-sided percentile intervals.
        seed: of the draws, which are those of the paired bootstrap.
    """
    right = np.vstack([correct(before), correct(after)])
    groups = cluster_indices(before.clusters)
    samples = np.split(resampled_shares(right, groups, resamples, seed), 2, axis=1)
    points = np.split(100 * right.mean(axis=1, dtype=np.float64), 2)
    found = {}
    for name, measure in chosen.items():
        drawn = [measure(part) for part in samples]
        exact = [float(measure(part)) for part in points]
        drawn.append(drawn[1] - drawn[0])
        exact.append(exact[1] - exact[0])
        intervals = (
            _interval(values, value, level, sure=bool(groups.max() > 0))
            for values, value in zip(drawn, exact, strict=True)
        )
        found[name] = MeasureChange(*intervals)
    return found


def measure_levels(
    predictions: Predictions,
    chosen: Mapping[str, Measure],
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, Interval]:
    """Every measure of one model, with its interval; see `measure_changes`."""
    right = correct(predictions)
    groups = cluster_indices(predictions.clusters)
    samples = resampled_shares(right, groups, resamples, seed)
    point = 100 * right.mean(axis=1, dtype=np.float64)
    sure = bool(groups.max() > 0)
    return {
        name: _interval(measure(samples), float(measure(point)), level, sure=sure)
        for name, measure in chosen.items()
    }


def _interval(values: Array, estimate: float, level: float, *, sure: bool) -> Interval:
    """Of the resamples in which the measure exists; without ends of a single cluster."""
    kept = values[np.isfinite(values)]
    if not sure or not kept.size or not np.isfinite(estimate):
        return Interval(np.nan, np.nan, estimate, np.nan)
    return percentile_interval(kept, estimate, level)
