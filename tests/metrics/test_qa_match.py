"""Exact match and F1 beside values worked out by hand."""

from __future__ import annotations

import pytest

from core.errors import UserError
from core.metrics.qa_match import Golds, exact_match, f1, score
from core.metrics.qa_text import tokens


@pytest.mark.parametrize(
    ("answer", "golds", "language", "exact", "shared"),
    [
        ("the Cat", ["cat!"], "en", 1, 1),
        ("black cat", ["cat"], "en", 0, 2 / 3),  # P 1/2, R 1
        ("cat cat dog", ["cat dog dog"], "en", 0, 2 / 3),  # 2 common of 3 and 3
        ("cat cat", ["cat"], "en", 0, 2 / 3),  # the second cat counts as wrong
        ("dog", ["cat"], "en", 0, 0),
        ("dog", ["cat", "the hot dog", "dogs"], "en", 0, 2 / 3),  # the best of three
        ("dog", ["cat", "a dog"], "en", 1, 1),
        ("", ["cat"], "en", 0, 0),
        ("cat", [""], "en", 0, 0),
        ("", [""], "en", 1, 0),  # equal, and no token in common
        ("the", ["an", "cat"], "en", 1, 0),
        ("奥运会", ["北京奥运会"], "zh", 0, 0.75),  # P 3/3, R 3/5
        ("奥运会。", ["奥运会"], "zh", 1, 1),
        ("في القاهرة", ["القاهرة"], "ar", 0, 2 / 3),
        ("cat", [], "en", 0, 0),
    ],
)
def test_by_hand(answer: str, golds: list[str], language: str, exact: float, shared: float) -> None:
    assert exact_match(answer, golds, language) == exact
    assert f1(answer, golds, language) == pytest.approx(shared)


def test_the_normalization_matters() -> None:
    assert exact_match("el sol", ["sol"], "es") == 1
    assert exact_match("el sol", ["sol"], "es", "squad") == 0
    assert f1("奥运会", ["北京奥运会"], "zh", "squad") == 0


def plain_f1(answer: str, gold: str, language: str) -> float:
    """Take common tokens away one by one."""
    found, left = tokens(answer, language), tokens(gold, language)
    wanted, common = len(left), 0
    for token in found:
        if token in left:
            left.remove(token)
            common += 1
    if not common:
        return 0.0
    precision, recall = common / len(found), common / wanted
    return 2 * precision * recall / (precision + recall)


def test_f1_is_that_of_a_plain_loop() -> None:
    words = ["the cat", "cat, dog", "a dog dog cat", "dog cat dog the bird", "bird", "", "the"]
    golds = Golds([words[:2], words[2:4], words[4:]], "en")
    for question, right in enumerate((words[:2], words[2:4], words[4:])):
        for answer in words:
            best = max(plain_f1(answer, gold, "en") for gold in right)
            assert golds.f1(question, answer) == pytest.approx(best)


def test_rank_of_the_first_right_answer() -> None:
    golds = Golds([["Rome"], ["the Nile", "Nile River"], []], "en")
    assert golds.rank(0, ["Paris", "rome.", "Rome"]) == 2
    assert golds.rank(1, ["nile"]) == 1
    assert golds.rank(1, ["Rome", "the river"]) == 0
    assert golds.rank(1, []) == golds.rank(2, ["Rome"]) == 0


GOLDS = {"1": ["cat"], "2": ["big dog", "dog"], "3": ["bird"], "4": ["fish"]}


def test_a_missing_answer_scores_0_and_counts() -> None:
    found = score(GOLDS, {"1": "the cat", "2": "the big brown dog", "4": "", "9": "x"}, "en")
    # F1: 1, 2 * 2 / (3 + 2) = 0.8 against the first gold, 0 missing, 0
    assert found.exact_match == 25 and found.f1 == pytest.approx(100 * 1.8 / 4)
    assert (found.total, found.missing, found.unknown) == (4, 1, 1)


def test_no_answers_and_no_questions() -> None:
    found = score(GOLDS, {}, "en")
    assert (found.exact_match, found.f1, found.total, found.missing) == (0, 0, 4, 4)
    with pytest.raises(UserError, match="no questions"):
        score({}, {"1": "cat"}, "en")
