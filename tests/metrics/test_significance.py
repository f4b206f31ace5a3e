"""Exact tests against scipy, statsmodels and every pattern of signs."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.stats import permutation_test
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar
from statsmodels.stats.multitest import multipletests

from core.data.predictions import Predictions
from core.metrics.accuracy import correct
from core.metrics.bootstrap import Interval
from core.metrics.paired_bootstrap import paired_bootstrap
from core.metrics.significance import (
    MCNEMAR,
    SIGN_FLIP,
    PairedTest,
    holm,
    mcnemar,
    paired_tests,
    sign_flip,
)


def test_mcnemar_of_the_reference() -> None:
    assert mcnemar(10, 3) == pytest.approx(0.0923, abs=5e-5) == mcnemar(3, 10)
    assert mcnemar(0, 0) == 1 and mcnemar(5, 5) == 1
    for b, c in ((0, 6), (12, 30), (100, 101), (200, 90)):
        assert mcnemar(b, c) == pytest.approx(
            reference_mcnemar([[0, b], [c, 0]], exact=True).pvalue
        )


def by_all_signs(changes: list[int]) -> float:
    least = abs(sum(changes))
    signs = product((1, -1), repeat=len(changes))
    sums = [abs(sum(s * x for s, x in zip(pattern, changes, strict=True))) for pattern in signs]
    return sum(total >= least for total in sums) / len(sums)


@pytest.mark.parametrize(
    "changes", [[2, -1, 3, 0, 1, -2, 2], [5], [0, 0], [4, 4, 4, -1, -1], [1, 2, 3, 4, 5, 6, -7, 3]]
)
def test_sign_flip_counts_every_pattern(changes: list[int]) -> None:
    assert sign_flip(changes) == pytest.approx(by_all_signs(changes))


def test_sign_flip_against_scipy() -> None:
    changes = np.random.default_rng(3).integers(-3, 5, 12)
    found = permutation_test(
        (changes, np.zeros_like(changes)),
        lambda a, b, axis: np.sum(a - b, axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=True,
    )
    assert sign_flip(changes) == pytest.approx(found.pvalue)


def test_sign_flip_of_single_items_is_mcnemar() -> None:
    for b, c in ((10, 3), (400, 460), (0, 7)):
        assert sign_flip([-1] * b + [1] * c + [0] * 9) == pytest.approx(mcnemar(b, c))


def test_holm_by_hand_and_by_statsmodels() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx(
        {"a": 0.03, "b": 0.06, "c": 0.06}
    )
    p = np.random.default_rng(0).uniform(0, 0.3, 15) ** 2
    found = holm({str(i): x for i, x in enumerate(p)})
    assert list(found.values()) == pytest.approx(multipletests(p, method="holm")[1])
    assert holm({}) == {}


def answers(seed: int, clusters: int, items: int = 120) -> Predictions:
    rng = np.random.default_rng(seed)
    gold = np.eye(3, dtype=bool)[np.arange(items) % 3]
    skill = np.array([0.0, 0.4, 0.8])[:, None, None] * (seed == 1)
    p = (1 - skill) * rng.dirichlet(np.ones(3), (3, items)) + skill * gold
    names = tuple(f"c{i % clusters}" for i in range(items))
    return Predictions(("en", "fr", "sw"), tuple(map(str, range(items))), p, (), gold, None, names)


@pytest.mark.parametrize(("clusters", "method"), [(120, MCNEMAR), (40, SIGN_FLIP)])
def test_all_languages(clusters: int, method: str) -> None:
    before, after = answers(0, clusters), answers(1, clusters)
    found = paired_tests(before, after, paired_bootstrap(before, after, resamples=500))
    assert (found.method, found.clusters) == (method, clusters)
    was, now = correct(before), correct(after)
    for place, (language, test) in enumerate(found.languages.items()):
        pairs = list(zip(was[place], now[place], strict=True))
        assert test.lost == pairs.count((True, False)) and test.gained == pairs.count((False, True))
        if method == SIGN_FLIP:
            sums = [
                sum(int(now[place][i]) - int(was[place][i]) for i in range(c, 120, clusters))
                for c in range(clusters)
            ]
            assert test.p == pytest.approx(sign_flip(sums)), language
        else:
            assert test.p == pytest.approx(mcnemar(test.lost, test.gained))
    corrected = holm({x: test.p for x, test in found.languages.items()})
    assert {x: test.p_holm for x, test in found.languages.items()} == pytest.approx(corrected)
    assert "sw" in found.of("up") and not found.of("down")


def test_a_verdict_needs_the_interval_and_the_corrected_p() -> None:
    sure = PairedTest(Interval(1, 5, 3, 1), 100, 2, 9, 0.01, 0.02)
    assert sure.verdict == "up"
    assert replace(sure, p_holm=0.06).verdict == "undetermined"
    assert replace(sure, interval=Interval(-1, 5, 3, 1)).verdict == "undetermined"
    assert replace(sure, interval=Interval(-5, -1, -3, 1)).verdict == "down"
    assert replace(sure, lost=0, gained=0).verdict == "unchanged"


def test_one_cluster_decides_nothing() -> None:
    before, after = answers(0, 1), answers(1, 1)
    intervals = paired_bootstrap(before, after, resamples=50)
    assert np.isnan(intervals.average.low) and intervals.average.verdict == "undetermined"
    found = paired_tests(before, after, intervals)
    assert {test.verdict for test in found.languages.values()} == {"undetermined"}
    assert {test.p for test in found.languages.values()} == {1.0}
