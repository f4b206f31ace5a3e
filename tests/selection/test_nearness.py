"""Kappa of pairs by hand, and distance beside it for the languages whose features are known."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.mantel import mantel
from core.selection.agreement import agreement, kappa
from core.selection.nearness import nearness
from core.selection.typology import distances


def answering(rows: dict[str, list[int]]) -> Predictions:
    """Predictions whose answers are these class indices."""
    p = np.stack([np.eye(3)[row] for row in rows.values()])
    return Predictions(tuple(rows), tuple(map(str, range(p.shape[1]))), p)


def test_kappa_by_hand() -> None:
    """Agree on 3 of 4; expected 1/2 * 1/4 + 1/2 * 3/4 = 1/2; (0.75 - 0.5) / 0.5 = 0.5."""
    found = kappa(answering({"en": [0, 0, 1, 1], "fr": [0, 1, 1, 1], "sw": [2, 2, 2, 2]}))
    assert found[0, 1] == found[1, 0] == pytest.approx(0.5)
    assert found[0, 2] == found[2, 1] == 0
    assert np.diag(found).tolist() == [1, 1, 1]


def test_kappa_is_that_of_a_loop() -> None:
    p = np.random.default_rng(0).dirichlet(np.ones(3), size=(4, 40))
    predictions = Predictions(("a", "b", "c", "d"), tuple(map(str, range(40))), p)
    chosen, shared = p.argmax(2), agreement(predictions)
    for i in range(4):
        for j in range(4):
            expected = sum((chosen[i] == k).mean() * (chosen[j] == k).mean() for k in range(3))
            plain = 1 if i == j else (shared[i, j] - expected) / (1 - expected)
            assert kappa(predictions)[i, j] == pytest.approx(plain)


def test_unknown_languages_are_left_out() -> None:
    p = np.random.default_rng(1).dirichlet(np.ones(3), size=(6, 50))
    names = ("en", "mine", "fr", "sw", "zh-Hant", "hi")
    found = nearness(Predictions(names, tuple(map(str, range(50))), p))
    known = ("en", "fr", "sw", "zh-Hant", "hi")
    assert (found.languages, found.left_out) == (known, ("mine",))
    assert np.array_equal(found.distance, distances(known))
    assert found.test == mantel(found.distance, found.kappa) and found.test.pairs == 10


def test_too_few_known_languages() -> None:
    p = np.random.default_rng(1).dirichlet(np.ones(3), size=(4, 9))
    found = Predictions(("en", "fr", "mine", "yours"), tuple(map(str, range(9))), p)
    with pytest.raises(UserError, match="known of 2 of these languages"):
        nearness(found)
