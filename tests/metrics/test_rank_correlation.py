"""Spearman's rho beside scipy's, and its interval beside a plain loop."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from core.errors import UserError
from core.metrics.rank_correlation import permutation_p, rank_correlation, ranks, spearman


def test_ranks_share_the_mean_of_equal_values() -> None:
    assert ranks(np.array([10.0, 30.0, 10.0, 20.0])).tolist() == [1.5, 4.0, 1.5, 3.0]
    rows = np.random.default_rng(0).integers(5, size=(20, 9)).astype(float)
    assert np.array_equal(ranks(rows), np.stack([rankdata(row) for row in rows]))


def test_a_tie_up_to_the_last_bits_is_a_tie() -> None:
    assert 0.1 + 0.2 != 0.3
    assert ranks(np.array([0.1 + 0.2, 0.3, 0.4])).tolist() == [1.5, 1.5, 3.0]
    x = np.array([1.0, 2.0, 3.0, 4.0])
    tied = spearmanr(x, [0.3, 0.3, 0.5, 0.4]).statistic
    assert spearman(x, np.array([0.1 + 0.2, 0.3, 0.5, 0.4])) == pytest.approx(tied)


def test_rho_is_that_of_scipy() -> None:
    generator = np.random.default_rng(1)
    for _ in range(20):
        x, y = generator.integers(6, size=(2, 12)).astype(float)
        assert spearman(x, y) == pytest.approx(spearmanr(x, y).statistic)


def test_rho_of_five_by_hand() -> None:
    """d = 0, 0, 1, 1, 0: rho = 1 - 6 * 2 / (5 * 24) = 0.9."""
    found = rank_correlation(np.array([1.0, 2, 3, 4, 5]), np.array([2.0, 4, 8, 6, 10]))
    assert found.rho == pytest.approx(0.9) and found.n == 5


def test_the_interval_is_that_of_a_plain_loop() -> None:
    generator = np.random.default_rng(2)
    x = generator.normal(size=12)
    y = x + generator.normal(size=12)
    found = rank_correlation(x, y, resamples=300, seed=7)
    drawn = np.random.default_rng(7).integers(12, size=(300, 12))
    plain = [spearmanr(x[row], y[row]).statistic for row in drawn]
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(plain, [0.025, 0.975])))
    assert found.low < found.rho < found.high


@pytest.mark.parametrize(("sign", "verdict"), [(1, "positive"), (-1, "negative")])
def test_the_verdict_follows_the_interval(sign: int, verdict: str) -> None:
    x = np.arange(12.0)
    found = rank_correlation(x, sign * x, resamples=500)
    assert found.rho == pytest.approx(sign) and found.verdict == verdict
    noise = np.random.default_rng(0).permutation(12).astype(float)
    assert rank_correlation(x, noise, resamples=500).verdict == "undetermined"


def test_what_does_not_vary_has_no_rho() -> None:
    found = rank_correlation(np.ones(6), np.arange(6.0), resamples=50)
    assert (found.rho, found.low, found.high, found.p) == (None, None, None, None)
    assert found.verdict == "undetermined"


def test_every_order_of_few_is_tried() -> None:
    """Of the 720 orders of six, only the same and the reverse reach a rho of 1."""
    x = np.arange(6.0)
    assert permutation_p(x, x) == pytest.approx(2 / 720)
    y = np.array([2.0, 1, 1, 4, 3, 6])  # a tie
    rho = abs(spearmanr(x, y).statistic)
    plain = [abs(spearmanr(x, np.array(z)).statistic) >= rho - 1e-9 for z in permutations(y)]
    assert permutation_p(x, y) == pytest.approx(np.mean(plain))


def test_orders_of_many_are_drawn() -> None:
    generator = np.random.default_rng(4)
    x, noise = generator.normal(size=(2, 30))
    y = 0.4 * x + noise
    assert permutation_p(x, y, 1) == permutation_p(x, y, 1)
    assert permutation_p(x, y) == pytest.approx(spearmanr(x, y).pvalue, abs=0.01)
    assert permutation_p(x, x) == pytest.approx(1 / 10_001)


def test_an_interval_without_zero_is_not_enough() -> None:
    """Six pairs, rho 0.83: 42 of the 720 orders are as extreme (p = 0.058)."""
    found = rank_correlation(np.arange(6.0), np.array([0.0, 1, 2, 5, 3, 4]), resamples=1000)
    assert found.low is not None and found.low > 0
    assert found.p == pytest.approx(42 / 720) and found.verdict == "undetermined"


@pytest.mark.parametrize("n", [3, 4, 5])
def test_fewer_than_six_pairs_decide_nothing(n: int) -> None:
    found = rank_correlation(np.arange(float(n)), np.arange(float(n)), resamples=50)
    assert found.rho == pytest.approx(1.0) and found.verdict == "undetermined"
    assert (found.low, found.high) == (None, None)


def test_a_hundred_resamples_of_many_pairs_fit_into_chunks() -> None:
    x = np.random.default_rng(0).normal(size=400)
    assert rank_correlation(x, x, resamples=60).low == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("x", "y"), [([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, np.nan], [1.0, 2.0])]
)
def test_no_pairs_are_refused(x: list[float], y: list[float]) -> None:
    with pytest.raises(UserError, match="needs"):
        rank_correlation(np.array(x), np.array(y))
