"""Equity measures against hand-computed values and plain double loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.errors import UserError
from core.languages import speakers
from core.metrics.equity import (
    above_chance,
    bottom_mean,
    deviation,
    dominated,
    dominates,
    equity,
    gini,
    global_utility,
    harm,
    leximin,
    ratio_base,
    score_range,
    variation_coefficient,
    worst,
)


def gini_by_pairs(scores: list[float]) -> float:
    pairs = itertools.product(scores, repeat=2)
    return sum(abs(a - b) for a, b in pairs) / (2 * len(scores) ** 2 * float(np.mean(scores)))


def test_gini_by_hand_and_by_pairs() -> None:
    assert gini([1, 2, 3, 4]) == pytest.approx(0.25)
    assert gini([5, 5, 5]) == pytest.approx(0)
    assert gini([0, 0, 1]) == pytest.approx(2 / 3)  # (L - 1) / L
    scores = np.random.default_rng(0).uniform(0, 100, 15)
    assert gini(scores) == pytest.approx(gini_by_pairs(scores.tolist()))
    assert gini(7 * scores) == pytest.approx(gini(scores))  # no scale
    rows = np.random.default_rng(1).uniform(0, 100, (4, 6))
    assert gini(rows) == pytest.approx([gini_by_pairs(row.tolist()) for row in rows])


def test_no_gini_at_mean_zero() -> None:
    assert np.isnan(gini([0, 0])) and np.isnan(variation_coefficient([0, 0]))
    found = equity({"en": 30.0, "fr": 30.0}, chance=50.0)
    assert (found.gini, found.variation, found.worst) == (None, None, 30.0)


def test_levels_and_spreads() -> None:
    scores = [80.0, 60.0, 40.0, 20.0]
    assert worst(scores) == 20 and score_range(scores) == 60
    assert bottom_mean(scores, 2) == 30 and bottom_mean(scores, 9) == 50
    assert deviation(scores) == pytest.approx(np.sqrt(500))
    assert variation_coefficient(scores) == pytest.approx(np.sqrt(500) / 50)
    with pytest.raises(UserError, match="k of 1"):
        bottom_mean(scores, 0)
    with pytest.raises(UserError, match="one language"):
        worst([])


def test_global_utility() -> None:
    scores, people = [80.0, 40.0], [300.0, 100.0]
    assert global_utility(scores, people, 1) == pytest.approx(0.75 + 0.25 * 0.5)
    assert global_utility(scores, people, 0) == pytest.approx(0.75)  # the mean over the best
    root = np.sqrt([300, 100])
    assert global_utility(scores, people, 0.5) == pytest.approx(root @ [1, 0.5] / root.sum())
    for bad in ({"tau": 2.0}, {"speakers": [1.0, 0.0]}):
        with pytest.raises(UserError):
            global_utility(scores, **{"speakers": people, "tau": 1.0, **bad})


def test_chance_is_taken_off_before_a_ratio() -> None:
    assert above_chance([50.0, 75.0, 25.0], 50) == pytest.approx([0, 50, -50])
    assert ratio_base([50.0, 75.0, 25.0], 50) == pytest.approx([0, 50, 0])
    found = equity({"en": 80.0, "sw": 60.0}, chance=50.0, speakers={"en": 3, "sw": 1})
    assert found.gini == pytest.approx(gini_by_pairs([60, 20]))
    assert found.utility == pytest.approx(0.75 + 0.25 / 3)
    assert equity({"en": 80.0, "sw": 60.0}).gini == pytest.approx(gini_by_pairs([80, 60]))
    with pytest.raises(UserError, match="below 100"):
        above_chance([1.0], 100)


def test_only_languages_with_known_speakers_count() -> None:
    found = equity({"en": 80.0, "xx": 10.0, "sw": 40.0}, speakers={"en": 1, "sw": 1})
    assert found.utility == pytest.approx(0.75)
    assert equity({"xx": 10.0}, speakers={}).utility is None
    assert found.worst_language == "xx"


def test_speakers() -> None:
    found = speakers(["en", "sw", "acm", "not a language", "zh", "zh-Hant"])
    assert set(found) == {"en", "sw", "zh", "zh-Hant"}
    assert found["en"] > found["sw"] > 10_000_000
    assert found["zh"] == found["zh-Hant"] == speakers(["zh"])["zh"] // 2


def test_harm_counts_losses_alone() -> None:
    assert harm({"en": 80, "fr": 60, "sw": 40}, {"en": 78, "fr": 70, "sw": 39.5}) == 2.5
    with pytest.raises(UserError, match="same languages"):
        harm({"en": 80}, {"fr": 80})


def test_pareto() -> None:
    low, high, mixed = {"en": 1.0, "fr": 1.0}, {"en": 1.0, "fr": 2.0}, {"en": 0.0, "fr": 3.0}
    assert dominates(high, low) and not dominates(low, high) and not dominates(low, dict(low))
    assert not dominates(mixed, high) and not dominates(high, mixed)
    models = {"low": low, "high": high, "mixed": mixed, "other": {"sw": 9.0}}
    assert dominated(models) == {"low": ("high",), "high": (), "mixed": (), "other": ()}


def test_leximin_breaks_ties_by_the_next_worst() -> None:
    models = {
        "a": {"en": 90.0, "fr": 40.0, "sw": 30.0},
        "b": {"en": 50.0, "fr": 45.0, "sw": 30.0},
        "c": {"en": 99.0, "fr": 99.0, "sw": 29.0},
    }
    assert leximin(models) == {"b": 1, "a": 2, "c": 3}
    again = {"sw": 30.0, "en": 90.0, "fr": 40 + 1e-12}
    assert leximin({**models, "as a": again}) == {"b": 1, "a": 2, "as a": 2, "c": 4}
    with pytest.raises(UserError, match="same number"):
        leximin({**models, "d": {"en": 1.0}})
