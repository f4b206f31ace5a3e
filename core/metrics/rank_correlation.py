"""Spearman's rank correlation, with an interval from resampled pairs and a permutation test.

Resamples of few, perfectly ordered pairs are perfectly ordered too: their interval has no width.
A correlation therefore counts only where permutations hardly ever reach it as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.metrics.bootstrap import RESAMPLES

FEWEST = 6
"""Pairs an interval and a verdict are given for."""
EXACT = 8
"""Pairs up to which every permutation is tried."""
PERMUTATIONS = 10_000
"""Drawn for more pairs than that."""
CHUNK_CELLS = 4_000_000
"""Comparisons of two values held at a time."""
TIE = 1e-9
"""Values closer than this are a tie."""
FLAT = 1e-9
"""A sum of squared ranks below this comes of equal values, and of rounding."""


@dataclass(frozen=True)
class RankCorrelation:
    """How far two quantities put the same things in the same order."""

    rho: float | None
    """-1 to 1; None where one of them is the same everywhere."""
    low: float | None
    """None for fewer than six pairs, and without a rho."""
    high: float | None
    p: float | None
    """Share of permutations with as large a rho, of either sign; None without a rho."""
    n: int
    """Pairs: the unit of resampling."""
    resamples: int
    level: float
    seed: int

    @property
    def verdict(self) -> str:
        """``positive`` or ``negative`` when test and interval exclude 0, else ``undetermined``."""
        if self.low is None or self.high is None or self.p is None or self.p >= 1 - self.level:
            return "undetermined"
        if self.low > 0:
            return "positive"
        return "negative" if self.high < 0 else "undetermined"

    def to_json(self) -> dict[str, Any]:
        """As a table or file keeps it."""
        ends = {"rho": self.rho, "low": self.low, "high": self.high, "p": self.p}
        how = {"resamples": self.resamples, "level": self.level, "seed": self.seed}
        return {**ends, "verdict": self.verdict, "n": self.n, **how}


def ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Ranks along the last axis, from 1; equal values share the mean of their ranks.

    Values closer than 1e-9 are equal: the same mean, summed in another order.
    """
    one, other = values[..., :, None], values[..., None, :]
    below, above = (one > other + TIE).sum(axis=-1), (other > one + TIE).sum(axis=-1)
    return (below + (values.shape[-1] - above) + 1) / 2


def spearman(x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.float64]:
    """Pearson's correlation of the ranks along the last axis; NaN where one does not vary."""
    a, b = (ranks(values) - (values.shape[-1] + 1) / 2 for values in (x, y))
    scale = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    flat = scale < FLAT
    return np.where(flat, np.nan, (a * b).sum(axis=-1) / np.where(flat, 1, scale))


def rank_correlation(
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> RankCorrelation:
    """Spearman's rho with a percentile interval over resampled pairs, and a permutation test.

    A resample in which one of the two does not vary has no rho and is left out.

    Args:
        x: [pairs], e.g. one confidence a language.
        y: [pairs], e.g. one accuracy a language.
        resamples: at least 10,000 for a published interval.
        level: of the two-sided percentile interval.
        seed: of the draws.

    Raises:
        UserError: fewer than two pairs, no finite numbers, or bad settings.
    """
    if x.ndim != 1 or x.shape != y.shape or x.size < 2:
        raise UserError(f"a rank correlation needs pairs, two or more; got {x.shape}, {y.shape}")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise UserError("a rank correlation needs finite numbers")
    if resamples < 1 or not 0 < level < 1:
        raise UserError(f"resamples {resamples}, level {level}: 1 or more, and between 0 and 1")
    rho = float(spearman(x, y))
    low: float | None = None
    high: float | None = None
    if np.isfinite(rho) and x.size >= FEWEST:
        tail = (1 - level) / 2
        low, high = map(float, np.nanquantile(_resampled(x, y, resamples, seed), [tail, 1 - tail]))
    if not np.isfinite(rho):
        return RankCorrelation(None, None, None, None, x.size, resamples, level, seed)
    p = permutation_p(x, y, seed)
    return RankCorrelation(rho, low, high, p, x.size, resamples, level, seed)


def permutation_p(x: NDArray[np.floating], y: NDArray[np.floating], seed: int = 0) -> float:
    """Two-sided p of rho: the share of orders of y whose rho is as far from 0.

    Up to eight pairs every order is tried; for more, 10,000 are drawn, and y's own is one more.

    Args:
        x: [pairs], of which some differ.
        y: [pairs], of which some differ.
        seed: of the draws.
    """
    a, b = (ranks(values) - (values.size + 1) / 2 for values in (x, y))
    limit = abs(float(a @ b)) - FLAT
    if x.size <= EXACT:
        orders = np.array(list(permutations(range(x.size))))
        return float(np.mean(np.abs(b[orders] @ a) >= limit))
    drawn = np.random.default_rng(seed).permuted(np.tile(b, (PERMUTATIONS, 1)), axis=1)
    return float((1 + (np.abs(drawn @ a) >= limit).sum()) / (1 + PERMUTATIONS))


def _resampled(
    x: NDArray[np.floating], y: NDArray[np.floating], resamples: int, seed: int
) -> NDArray[np.float64]:
    """[resamples]: rho of as many pairs, drawn with replacement."""
    generator, size = np.random.default_rng(seed), x.size
    drawn = generator.integers(size, size=(resamples, size))
    rows = max(1, CHUNK_CELLS // size**2)
    parts = [drawn[start : start + rows] for start in range(0, resamples, rows)]
    return np.concatenate([spearman(x[part], y[part]) for part in parts])
