"""The Mantel test beside a plain loop over every order of the languages."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import spearmanr

from core.errors import UserError
from core.metrics.mantel import mantel, upper


def table(count: int, seed: int, values: int = 100) -> np.ndarray:
    """A symmetric table with few distinct values."""
    half = np.triu(np.random.default_rng(seed).integers(values, size=(count, count)), 1)
    return (half + half.T).astype(float)


@pytest.mark.parametrize("values", [3, 100])
def test_all_orders_of_five_languages(values: int) -> None:
    x, y = table(5, 1, values), table(5, 2, values)
    found = mantel(x, y)
    rho = spearmanr(upper(x), upper(y)).statistic
    assert found.rho == pytest.approx(rho)
    plain = []
    for order in permutations(range(5)):
        moved = y[np.ix_(order, order)]
        plain.append(abs(spearmanr(upper(x), upper(moved)).statistic) >= abs(rho) - 1e-9)
    assert found.p == pytest.approx(np.mean(plain))
    assert (found.languages, found.pairs, found.relabellings) == (5, 10, 120)


def test_many_languages_are_relabelled_at_random() -> None:
    x = table(12, 1)
    found = mantel(x, x)
    assert found.rho == pytest.approx(1) and found.p == pytest.approx(1 / 10_001)
    assert (found.verdict, mantel(x, -x).verdict) == ("positive", "negative")
    assert mantel(x, table(12, 9)) == mantel(x, table(12, 9))


def test_pairs_of_a_language_are_not_independent() -> None:
    """One odd language makes 9 odd pairs of 45: pair by pair p would be tiny."""
    odd = np.zeros((10, 10))
    odd[0, 1:] = odd[1:, 0] = 1
    noise = table(10, 3) / 1000
    x, y = odd + noise, odd + table(10, 4) / 1000
    alone = spearmanr(upper(x), upper(y)).pvalue
    found = mantel(x, y)
    assert found.p is not None and alone < 1e-4 < 0.01 < found.p


def test_what_does_not_vary_has_no_rho() -> None:
    found = mantel(np.ones((4, 4)), table(4, 1))
    assert (found.rho, found.p, found.verdict) == (None, None, "undetermined")


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (np.ones((3, 3)), np.ones((3, 3)), "4 languages or more"),
        (np.ones((4, 4)), np.ones((5, 5)), "two square tables"),
        (np.full((4, 4), np.nan), np.ones((4, 4)), "finite"),
    ],
)
def test_other_tables_are_refused(x: np.ndarray, y: np.ndarray, said: str) -> None:
    with pytest.raises(UserError, match=said):
        mantel(x, y)
