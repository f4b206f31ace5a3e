"""Change of probing accuracy with intervals over question groups."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.probing_answers import ProbingAnswers
from core.errors import UserError
from core.metrics.probing_change import paired_change

COUNT = 60


def answers(right: np.ndarray, groups: int = 20) -> ProbingAnswers:
    """Two candidates, the first right: found where ``right`` is."""
    rows = tuple(np.array([0.0, 1.0]) if is_right else np.array([1.0, 0.0]) for is_right in right)
    distinct = (np.array([True, True]),) * COUNT
    return ProbingAnswers(
        examples=tuple(str(i) for i in range(COUNT)),
        groups=tuple(str(i % groups) for i in range(COUNT)),
        regions=("KE",) * 20 + ("US",) * 40,
        scores={"en": rows},
        gold={"en": ((0,),) * COUNT},
        distinct={"en": distinct},
    )


def test_each_region_counts_the_same() -> None:
    before, after = np.zeros(COUNT, bool), np.zeros(COUNT, bool)
    after[:20] = True  # all of Kenya, nothing of the United States
    found = paired_change(answers(before), answers(after))["en"]
    assert found["difference"] == pytest.approx(0.5)
    assert found["low"] == found["high"] == pytest.approx(0.5)


def test_the_interval_holds_the_change_and_knows_groups() -> None:
    rng = np.random.default_rng(0)
    before = rng.random(COUNT) < 0.4
    after = before | (rng.random(COUNT) < 0.3)
    found = paired_change(answers(before), answers(after))["en"]
    assert 0 < found["low"] < found["difference"] < found["high"] < 1
    again = paired_change(answers(before), answers(after))["en"]
    assert again == found
    assert paired_change(answers(before), answers(before))["en"]["high"] == 0


def test_other_examples_are_refused() -> None:
    one = answers(np.zeros(COUNT, bool))
    other = ProbingAnswers(
        one.examples[::-1], one.groups, one.regions, one.scores, one.gold, one.distinct
    )
    with pytest.raises(UserError, match="different examples"):
        paired_change(one, other)
