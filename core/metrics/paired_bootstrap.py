"""Paired bootstrap of accuracy changes: every language, the averages and the transfer gap."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.accuracy import PIVOT, correct
from core.metrics.bootstrap import (
    RESAMPLES,
    Interval,
    cluster_indices,
    percentile_interval,
    resampled_changes,
)


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


def recorded_bootstrap(kept: Mapping[str, Any]) -> PairedBootstrap | None:
    """What a record keeps under ``metrics.change``; None where it can't be read as that."""
    try:
        parts = {
            name: None if kept[name] is None else Interval.from_json(kept[name])
            for name in ("average_non_english", "english", "transfer_gap")
        }
        return PairedBootstrap(
            average=Interval.from_json(kept["average"]),
            average_non_english=parts["average_non_english"],
            pivot=parts["english"],
            gap=parts["transfer_gap"],
            languages={x: Interval.from_json(part) for x, part in kept["languages"].items()},
            n=int(kept["n"]),
            clusters=int(kept["clusters"]),
            resamples=int(kept["resamples"]),
            level=float(kept["level"]),
            seed=int(kept["seed"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


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
        estimate = float(point @ weights)
        if groups.max() < 1:
            return Interval(math.nan, math.nan, estimate, math.nan)
        return percentile_interval(samples @ weights, estimate, level)

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


def _check(before: Predictions, after: Predictions, resamples: int, level: float) -> None:
    if before.languages != after.languages:
        raise UserError("a paired bootstrap needs the same languages in the same order")
    if before.examples != after.examples:
        raise UserError("a paired bootstrap needs the same examples in the same order")
    if resamples < 1:
        raise UserError(f"resamples must be 1 or more, not {resamples}")
    if not 0 < level < 1:
        raise UserError(f"level must lie between 0 and 1, not {level}")
