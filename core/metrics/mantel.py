"""Whether two tables about pairs of languages go together (Mantel 1967, on ranks).

The pairs of L languages are not independent: each language is in L - 1 of them. Permutations
therefore relabel the languages of one table, rows and columns alike, and never single pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.metrics.rank_correlation import EXACT, FLAT, PERMUTATIONS, ranks

FEWEST = 4
"""Languages; with three there are six orders, and p is 1/3 at least."""


@dataclass(frozen=True)
class Mantel:
    """A rank correlation over the pairs of some languages, with a permutation test."""

    rho: float | None
    """Spearman's, -1 to 1; None where one of the tables is the same everywhere."""
    p: float | None
    """Share of the relabellings with as large a rho, of either sign; None without a rho."""
    languages: int
    pairs: int
    relabellings: int
    """Tried; all there are up to eight languages."""
    seed: int
    level: float = 0.95

    @property
    def verdict(self) -> str:
        """``positive`` or ``negative`` when the test excludes 0, else ``undetermined``."""
        if self.rho is None or self.p is None or self.p >= 1 - self.level:
            return "undetermined"
        return "positive" if self.rho > 0 else "negative"


def upper(table: NDArray[np.floating]) -> NDArray[np.float64]:
    """[pairs]: the cells above the diagonal of [languages, languages], row by row."""
    return table[np.triu_indices(len(table), 1)].astype(np.float64)


def mantel(x: NDArray[np.floating], y: NDArray[np.floating], seed: int = 0) -> Mantel:
    """Spearman's rho over the pairs, and the share of relabellings that reach it.

    Up to eight languages every order of them is tried; for more, 10,000 are drawn, and the own
    order is one more.

    Args:
        x: [languages, languages], symmetric; the diagonal does not count.
        y: the same for another quantity.
        seed: of the draws.

    Raises:
        UserError: tables of different shapes, of fewer than four languages or no finite numbers.
    """
    count = len(x)
    if x.shape != (count, count) or x.shape != y.shape or count < FEWEST:
        raise UserError(
            f"a Mantel test needs two square tables of {FEWEST} languages or more; got {x.shape} "
            f"and {y.shape}"
        )
    one, other = upper(x), upper(y)
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise UserError("a Mantel test needs finite numbers")
    a, b = (ranks(values) - (one.size + 1) / 2 for values in (one, other))
    scale = float(np.sqrt((a @ a) * (b @ b)))
    orders = _orders(count, seed)
    if scale < FLAT:
        return Mantel(None, None, count, one.size, len(orders), seed)
    table = np.zeros_like(y, dtype=np.float64)
    rows, columns = np.triu_indices(count, 1)
    table[rows, columns] = table[columns, rows] = b
    reached = np.abs(table[orders[:, rows], orders[:, columns]] @ a) >= abs(float(a @ b)) - FLAT
    own = 0 if count <= EXACT else 1
    p = (own + int(reached.sum())) / (own + len(orders))
    return Mantel(float(a @ b) / scale, p, count, one.size, len(orders), seed)


def _orders(count: int, seed: int) -> NDArray[np.int64]:
    """[relabellings, languages]: all orders of few languages, random ones of many."""
    if count <= EXACT:
        return np.array(list(permutations(range(count))), dtype=np.int64)
    every = np.tile(np.arange(count), (PERMUTATIONS, 1))
    return np.random.default_rng(seed).permuted(every, axis=1)
