"""The map of agreement and confidence by hand, and its cells against plain loops."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.data_map import BINS, EXAMPLES, GOLD, DataMap, cells, data_map
from core.metrics.disagreement import disagreement
from core.selection.vote import majority_vote

NAMES = ("yes", "no", "maybe")


def mapped(found: Predictions, language: str = "") -> DataMap:
    vote = majority_vote(found.probabilities, found.class_mask)
    votes = disagreement(found, vote.pseudo_labels)
    return data_map(votes, found.languages, found.class_names, language)


def predictions(items: int = 200, classes: int = 3, *, gold: bool = True) -> Predictions:
    rng = np.random.default_rng(3)
    right = np.eye(classes, dtype=bool)[rng.integers(classes, size=items)]
    p = np.exp(2 * rng.normal(size=(4, items, classes)) + right)
    p /= p.sum(axis=2, keepdims=True)
    names = NAMES if classes == 3 else tuple(f"c{i}" for i in range(classes))
    ids = tuple(map(str, range(items)))
    return Predictions(("en", "fr", "sw", "zh"), ids, p, names, gold=right if gold else None)


def test_three_examples_by_hand() -> None:
    p = np.array(
        [
            [[0.8, 0.2], [0.1, 0.9], [0.6, 0.4]],
            [[0.6, 0.4], [0.3, 0.7], [0.3, 0.7]],
            [[0.7, 0.3], [0.6, 0.4], [0.2, 0.8]],
            [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]],
        ]
    )
    gold = np.eye(2, dtype=bool)[[0, 0, 1]]
    found = mapped(Predictions(("a", "b", "c", "d"), tuple("xyz"), p, gold=gold), "c")
    assert found.agreeing.tolist() == [4, 3, 2]
    assert found.confidence == pytest.approx([0.75, 0.7, 0.575])
    assert [found.outcomes[i] for i in found.outcome] == list(GOLD)
    assert found.highlighted is not None
    assert found.highlighted.tolist() == [False, True, False]
    assert [(x.agreeing, x.examples, x.outcomes) for x in cells(found)] == [(3, 1, (0, 1, 0))]


def test_without_gold_the_class_voted_for_tells_examples_apart() -> None:
    found = mapped(predictions(gold=False))
    assert found.outcomes == NAMES and not found.gold
    assert set(found.outcome) == {0, 1, 2}
    many = mapped(predictions(classes=9, gold=False))
    assert many.outcomes == (EXAMPLES,) and not many.outcome.any()


@pytest.mark.parametrize("language", ["", "sw"])
def test_every_example_is_in_one_cell(language: str) -> None:
    found = mapped(predictions(), language)
    counted: Counter[tuple[int, int, int]] = Counter()
    for i, agreeing in enumerate(found.agreeing):
        if found.highlighted is None or found.highlighted[i]:
            level = min(int(found.confidence[i] * BINS), BINS - 1)
            counted[int(agreeing), level, int(found.outcome[i])] += 1
    made = {
        (x.agreeing, round(x.low * BINS), place): count
        for x in cells(found)
        for place, count in enumerate(x.outcomes)
        if count
    }
    assert made == counted
    assert all(x.examples == sum(x.outcomes) > 0 for x in cells(found))


def test_one_language_agrees_with_itself() -> None:
    found = mapped(predictions().in_languages(("fr",)), "fr")
    assert set(found.agreeing) == {1} and cells(found) == ()


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UserError, match="no language 'xx'; there are en, fr, sw, zh"):
        mapped(predictions(), "xx")
