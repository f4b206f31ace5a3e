"""Accuracy, transfer gap, the verdicts on its change, and the label-free signs of collapse."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.accuracy import accuracy, average_non_english, chance, correct
from core.metrics.collapse import entropy_of_mean, mutual_information
from core.metrics.gap_change import _verdict, decompose
from core.metrics.similarity import agreement_with, cohen_kappa_with
from core.metrics.transfer_gap import gap_from, language_gaps, summarize, transfer_gap


def make(
    p: object, gold: object, languages: tuple[str, ...] = ("en", "fr"), mask: object = None
) -> Predictions:
    probabilities = np.asarray(p, dtype=np.float32)
    return Predictions(
        languages,
        tuple(map(str, range(probabilities.shape[1]))),
        probabilities,
        gold=None if gold is None else np.asarray(gold, dtype=bool),
        class_mask=None if mask is None else np.asarray(mask, dtype=bool),
    )


P = [[[0.5, 0.5, 0.0], [0.1, 0.2, 0.7]], [[0.0, 1.0, 0.0], [0.4, 0.3, 0.3]]]
GOLD = [[1, 0, 0], [0, 1, 1]]


def test_accuracy_with_ties_masks_and_several_golds() -> None:
    assert correct(make(P, GOLD)).tolist() == [[True, True], [False, False]]
    assert accuracy(make(P, GOLD)) == {"en": 100.0, "fr": 0.0}
    mask = [[1, 1, 1], [0, 1, 1]]
    assert accuracy(make(P, GOLD, mask=mask)) == {"en": 100.0, "fr": 50.0}
    assert chance(make(P, GOLD)) == pytest.approx(50.0)
    assert chance(make(P, GOLD, mask=mask)) == pytest.approx(100 * (1 / 3 + 1) / 2)
    with pytest.raises(UserError, match="gold"):
        accuracy(make(P, None))
    with pytest.raises(UserError, match="at least one example"):
        accuracy(make(np.zeros((2, 0, 3)), np.zeros((0, 3))))


def test_summary_has_these_keys() -> None:
    assert summarize(make(P, GOLD)).to_json() == {
        "accuracy": {"en": 100.0, "fr": 0.0},
        "average": 50.0,
        "average_non_english": 0.0,
        "transfer_gap": 100.0,
        "gap_from": "en",
        "n": 2,
    }


def test_without_english_the_gap_is_measured_from_the_source() -> None:
    scores = summarize(make(P, GOLD, languages=("fr", "zh")), "zh")
    assert scores.accuracy == {"fr": 100.0, "zh": 0.0}
    assert (scores.gap_from, scores.transfer_gap, scores.average_non_english) == ("zh", -100, 100)
    assert gap_from({"before": scores.to_json()}) == "zh"
    english = summarize(make(P, GOLD), "fr")  # English stays what others are compared with
    assert (english.gap_from, english.transfer_gap) == ("en", 100.0)
    neither = summarize(make(P, GOLD, languages=("fr", "zh")), "sw")
    assert (neither.transfer_gap, neither.average_non_english) == (None, 50.0)
    assert gap_from({"before": {"accuracy": {}}, "after": None}) == "en"  # of an earlier version


def test_a_verdict_names_the_language_that_stands_for_english() -> None:
    before, after = {"zh": 80.0, "fr": 60.0}, {"zh": 78.0, "fr": 66.0}
    found = decompose(before, after, pivot="zh")
    assert (found.delta_gap, found.delta_english, found.delta_others) == (-8.0, -2.0, 6.0)
    assert (found.verdict, found.worded) == ("others up, English down", "others up, Chinese down")
    assert decompose({"en": 1.0}, {"en": 1.0}).worded == "unchanged"


def test_gap_averages_the_non_english_languages_only() -> None:
    scores = {"sw": 60.0, "en": 90.0, "fr": 80.0}
    assert transfer_gap(scores) == 20.0
    assert language_gaps(scores) == {"sw": 30.0, "fr": 10.0}
    assert transfer_gap({"fr": 3.0, "de": 4.0}) is None
    assert language_gaps({"fr": 3.0}) is None
    assert transfer_gap({"en": 3.0}) is None
    assert average_non_english({"en": 3.0}) is None
    assert average_non_english({"fr": 3.0}) == 3.0


def change(english: float, others: float, chance: float | None = None) -> str:
    before = {"en": 80.0, "fr": 60.0, "sw": 50.0}
    after = {"en": 80.0 + english, "fr": 60.0 + others, "sw": 50.0 + others}
    found = decompose(before, after, chance=chance)
    assert found.delta_gap == pytest.approx(english - others)
    assert found.delta_english == pytest.approx(english)
    assert found.delta_others == pytest.approx(others)
    return found.verdict


@pytest.mark.parametrize(
    ("english", "others", "verdict"),
    [
        (0, 5, "levelled up"),
        (2, 5, "levelled up"),
        (-2, 5, "others up, English down"),
        (-4, 0, "levelled down"),
        (-4, -2, "levelled down"),
        (5, 2, "everyone up, gap up"),
        (5, 0, "gap wider"),
        (0, -5, "gap wider"),
        (-1, -3, "gap wider"),
        (3, 3, "everyone up, same gap"),
        (-3, -3, "everyone down, same gap"),
        (0.1, 0.2, "undetermined"),
        (-0.4, 0.4, "undetermined"),
    ],
)
def test_verdicts(english: float, others: float, verdict: str) -> None:
    assert change(english, others) == verdict


@pytest.mark.parametrize(
    ("english", "others", "said"),
    [
        (0.1, 0.2, "The data do not decide whether anything moved."),
        (0.7, 0.2, "English rose; whether the gap or the other languages moved is not decided."),
        (-0.7, -0.3, "English fell; whether the gap or the other languages moved is not decided."),
        (-0.4, 0.4, "The gap shrank; whether English or the other languages moved is not decided."),
        (0.3, 0.7, "The other languages rose; whether the gap or English moved is not decided."),
    ],
)
def test_what_moved_is_said(english: float, others: float, said: str) -> None:
    before = {"en": 80.0, "fr": 60.0}
    assert decompose(before, {"en": 80.0 + english, "fr": 60.0 + others}).moved == said
    turned = decompose(
        {"zh": 80.0, "fr": 60.0}, {"zh": 80 + english, "fr": 60 + others}, pivot="zh"
    )
    assert turned.moved == said.replace("English", "Chinese")


def test_every_combination_of_directions_has_a_verdict() -> None:
    known = {
        "levelled up", "others up, English down", "levelled down", "undetermined", "gap wider",
        "everyone up, gap up", "everyone up, same gap", "everyone down, same gap",
    }  # fmt: skip
    found = {_verdict(*signs) for signs in itertools.product((-1, 0, 1), repeat=3)}
    assert found == known


def test_collapse() -> None:
    before = {"en": 62.0, "fr": 38.0, "sw": 35.0}
    dead = dict.fromkeys(before, 33.3)
    assert decompose(before, dead, chance=100 / 3).verdict == "collapse"
    assert decompose(before, dead).verdict == "collapse"
    assert decompose(before, {"en": 60.0, "fr": 37.0, "sw": 34.0}, chance=30).verdict != "collapse"


def test_without_english_nothing_is_claimed() -> None:
    found = decompose({"fr": 1.0, "sw": 2.0}, {"fr": 5.0, "sw": 6.0})
    assert (found.delta_gap, found.delta_english) == (None, None)
    assert (found.delta_others, found.verdict) == (4.0, "no gap, no verdict")
    with pytest.raises(UserError, match="sw"):
        decompose({"fr": 1.0}, {"fr": 1.0, "sw": 1.0})


def test_mutual_information_of_a_sure_and_of_a_dead_model() -> None:
    sure = np.eye(3)[np.arange(9) % 3]
    dead = np.tile([0.7, 0.2, 0.1], (9, 1))
    p = np.stack([sure, dead])
    np.testing.assert_allclose(mutual_information(p), [math.log(3), 0], atol=1e-12)
    h = -sum(x * math.log(x) for x in (0.7, 0.2, 0.1))
    np.testing.assert_allclose(entropy_of_mean(p), [math.log(3), h], atol=1e-12)


def test_kappa_by_hand_and_of_a_constant_model() -> None:
    labels = np.array([0, 0, 1, 1, 2])
    said = np.array([[0, 1, 1, 1, 2], [0, 0, 0, 0, 0]])
    p = np.eye(3)[said]
    expected = (1 * 2 + 3 * 2 + 1 * 1) / 25
    np.testing.assert_allclose(agreement_with(p, labels), [0.8, 0.4])
    np.testing.assert_allclose(
        cohen_kappa_with(p, labels), [(0.8 - expected) / (1 - expected), 0], atol=1e-12
    )
    assert cohen_kappa_with(p, np.zeros(5, dtype=int)).tolist() == [0.0, 0.0]
    with pytest.raises(UserError):
        agreement_with(p, labels[:2])


def test_equal_scores_are_unchanged_not_undecided():
    scores = {"en": 80.0, "fr": 60.0}
    assert decompose(scores, dict(scores)).verdict == "unchanged"
    assert decompose(scores, {"en": 80.0, "fr": 60.1}).verdict == "undetermined"
