"""A number at several seeds: its mean, its median and how far the seeds lie apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """A number at several seeds."""

    by_seed: Mapping[int, float]

    @property
    def values(self) -> tuple[float, ...]:
        """One a seed, by seed."""
        return tuple(self.by_seed[seed] for seed in sorted(self.by_seed))

    @property
    def n(self) -> int:
        """How many seeds."""
        return len(self.by_seed)

    @property
    def mean(self) -> float:
        """Over the seeds."""
        return float(np.mean(self.values))

    @property
    def median(self) -> float:
        """Over the seeds."""
        return float(np.median(self.values))

    @property
    def deviation(self) -> float | None:
        """Standard deviation over the seeds (n - 1); None with one seed."""
        return float(np.std(self.values, ddof=1)) if self.n > 1 else None

    @property
    def quartiles(self) -> tuple[float, float]:
        """The middle half of the seeds lies between these (linear interpolation)."""
        low, high = np.quantile(self.values, [0.25, 0.75])
        return float(low), float(high)

    @property
    def low(self) -> float:
        """The least."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The greatest."""
        return max(self.values)


def seeds_in_words(seeds: Iterable[int]) -> str:
    """``seed 0``, ``seeds 0, 2``."""
    found = sorted(seeds)
    return f"seed{'' if len(found) == 1 else 's'} {', '.join(map(str, found))}"
