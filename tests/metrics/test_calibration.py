"""Reliability and calibration error by hand and beside a plain loop."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.calibration import (
    equal_mass,
    equal_width,
    own_answers,
    reliabilities,
    reliability,
)


def test_error_by_hand() -> None:
    """Two of four bins: |1/2 - 0.55| * 2/3 + |1 - 0.9| * 1/3."""
    found = reliability(np.array([0.51, 0.59, 0.9]), np.array([True, False, True]), equal_width(4))
    assert found.counts.tolist() == [0, 0, 2, 1]
    assert found.accuracy[2:] == pytest.approx([0.5, 1])
    assert found.confidence[2:] == pytest.approx([0.55, 0.9])
    assert np.isnan(found.accuracy[:2]).all()
    assert found.error == pytest.approx(0.05 * 2 / 3 + 0.1 / 3)


def test_a_bin_ends_with_its_upper_edge() -> None:
    found = reliability(np.array([0.0, 0.5, 0.5, 1.0]), np.ones(4, dtype=bool), equal_width(2))
    assert found.counts.tolist() == [3, 1]


@pytest.mark.parametrize("bins", [1, 5, 15])
def test_error_is_that_of_a_loop(bins: int) -> None:
    generator = np.random.default_rng(0)
    sure, right = generator.random(200), generator.random(200) < 0.6
    plain = 0.0
    for k in range(bins):
        inside = (sure > k / bins) & (sure <= (k + 1) / bins)
        if inside.any():
            plain += inside.mean() * abs(right[inside].mean() - sure[inside].mean())
    assert reliability(sure, right, equal_width(bins)).error == pytest.approx(plain)


def test_full_bins_are_about_as_full() -> None:
    sure = np.random.default_rng(1).random(150) ** 0.2
    counts = reliability(sure, np.ones(150, dtype=bool), equal_mass(sure)).counts
    assert counts.tolist() == [10] * 15


def test_equal_answers_stay_together() -> None:
    sure = np.array([1.0] * 90 + [0.6] * 10)
    found = reliability(sure, np.ones(100, dtype=bool), equal_mass(sure))
    assert sorted(found.counts.tolist()) == [10, 90]


def test_own_answers_are_the_most_probable_present_classes() -> None:
    p = np.array([[[0.2, 0.5, 0.3], [0.6, 0.4, 0.0]]])
    mask = np.array([[True, True, True], [True, True, False]])
    gold = np.array([[False, True, True], [False, True, False]])
    sure, right = own_answers(Predictions(("en",), ("x", "y"), p, gold=gold, class_mask=mask))
    assert sure.tolist() == [[0.5, 0.6]] and right.tolist() == [[True, False]]


def test_without_gold_there_is_none() -> None:
    with pytest.raises(UserError, match="needs gold"):
        reliabilities(Predictions(("en",), ("x",), np.full((1, 1, 2), 0.5)))
