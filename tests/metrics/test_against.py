"""Seed by seed against another way of training, in numbers and in words."""

from __future__ import annotations

import pytest

from core.metrics.against import against, against_text
from core.metrics.spread import Spread


def test_only_shared_seeds_are_compared() -> None:
    found = against(Spread({0: 35.0, 1: 31.5, 5: 90.0}), Spread({1: 30.0, 0: 35.6, 2: 28.0}))
    assert found is not None
    assert dict(found.by_seed) == pytest.approx({0: -0.6, 1: 1.5})
    assert against(Spread({0: 1.0}), Spread({1: 1.0})) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {0: -0.6, 1: 1.5, 2: 0.1},
            "A does not beat B: F1 is higher in 2 of 3 seeds and lower in 1, median +0.1 points "
            "(−0.6 to +1.5, seeds 0, 1, 2).",
        ),
        (
            {0: -7.9, 2: -4.3},
            "A is worse than B: F1 is lower in every seed, median −6.1 points (−7.9 to −4.3, "
            "seeds 0, 2).",
        ),
        (
            {0: 2.0, 1: 3.0},
            "A beats B: F1 is higher in every seed, median +2.5 points (+2.0 to +3.0, seeds 0, 1).",
        ),
        (
            {0: 0.0, 1: 0.0},
            "A does not beat B: F1 is higher in 0 of 2 seeds and lower in 0, median 0.0 points "
            "(0.0 to 0.0, seeds 0, 1).",
        ),
        ({0: 9.0}, ""),
    ],
)
def test_all_seeds_together_decide(changes: dict[int, float], said: str) -> None:
    assert against_text("A", "B", "F1", Spread(changes)) == said
