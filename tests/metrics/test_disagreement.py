"""Split votes by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.disagreement import by_vote_size, disagreement
from core.selection.vote import majority_vote

ANSWERS = np.array([[0, 0, 1, 2], [0, 0, 1, 0], [0, 1, 1, 1], [0, 1, 0, 1]])
"""[languages, examples]"""


def some_predictions(gold: bool = True, mask: np.ndarray | None = None) -> Predictions:
    p = 0.1 + 0.7 * np.eye(3)[ANSWERS]
    p[2, 1] = [0.05, 0.9, 0.05]  # the tie of the second example goes to class 1
    right = np.eye(3, dtype=bool)[[0, 0, 1, 1]] if gold else None
    return Predictions(("a", "b", "c", "d"), tuple("wxyz"), p, gold=right, class_mask=mask)


def found(**more: object) -> object:
    predictions = some_predictions(**more)  # type: ignore[arg-type]
    vote = majority_vote(predictions.probabilities, predictions.class_mask)
    return disagreement(predictions, vote.pseudo_labels)


def test_entropy_of_the_votes_by_hand() -> None:
    split = found()
    half = math.log(2) / math.log(3)
    quarter = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25)) / math.log(3)
    three = 1.5 * math.log(2) / math.log(3)  # 1/4, 1/2, 1/4
    assert split.entropy == pytest.approx([0, half, quarter, three])
    assert split.vote.tolist() == [0, 1, 1, 1]
    assert split.agreeing.tolist() == [4, 2, 3, 2]
    assert split.right.tolist() == [True, False, True, True]
    assert split.unanimous == 0.25
    assert split.most_split(2).tolist() == [3, 1]
    assert np.array_equal(split.answers, ANSWERS)


def test_absent_classes_do_not_count() -> None:
    mask = np.ones((4, 3), dtype=bool)
    mask[1, 2] = False
    assert found(mask=mask).entropy[1] == pytest.approx(1)


def test_sizes_of_the_vote() -> None:
    rows = [(x.agreeing, x.examples, x.right) for x in by_vote_size(found())]
    assert rows == [(2, 2, 1), (3, 1, 1), (4, 1, 1)]
    assert by_vote_size(found())[0].entropy == pytest.approx(found().entropy[[1, 3]].mean())
    assert [x.right for x in by_vote_size(found(gold=False))] == [None] * 3


def test_labels_must_fit() -> None:
    with pytest.raises(UserError, match="expected"):
        disagreement(some_predictions(), np.zeros(3, dtype=int))
    with pytest.raises(UserError, match="at least one"):
        disagreement(Predictions(("a",), (), np.zeros((1, 0, 2))), np.zeros(0, dtype=int))
