"""Accuracy and macro-F1 of tags against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from core.metrics.tagging import macro_f1, tag_accuracy


@pytest.mark.parametrize("seed", range(5))
def test_as_scikit_learn_has_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    gold, said = rng.integers(0, 6, (2, 200))  # tag 6 of 7 occurs in neither
    assert tag_accuracy(gold, said) == pytest.approx(100 * accuracy_score(gold, said))
    theirs = f1_score(gold, said, average="macro", labels=range(7), zero_division=0)
    assert macro_f1(gold, said, 7) == pytest.approx(100 * theirs)


def test_by_hand() -> None:
    gold, said = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1])
    # F1: 2*1/(2+1), 2*1/(1+3), 0
    assert macro_f1(gold, said, 3) == pytest.approx(100 * (2 / 3 + 1 / 2 + 0) / 3)
    assert tag_accuracy(gold, said) == 50
