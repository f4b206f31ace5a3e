"""One setting that varies: medians, paired changes, and the sentence about them."""

from __future__ import annotations

import pytest

from core.metrics.variation import AVERAGE, GAP, OTHERS, Point, points_of, text_of

START = {"en": 60.0, "fr": 50.0, "sw": 40.0}


def runs(*changes: tuple[float, int, float]) -> dict[float, dict[int, tuple[dict, dict]]]:
    """(value, seed, what every language gains) -> what `points_of` takes."""
    found: dict[float, dict[int, tuple[dict, dict]]] = {}
    for value, seed, gain in changes:
        after = {x: score + gain for x, score in START.items()}
        found.setdefault(value, {})[seed] = (START, after)
    return found


def points(*changes: tuple[float, int, float]) -> list[Point]:
    return points_of(runs(*changes), AVERAGE, tuple(START))


def test_measures() -> None:
    one = {100.0: {0: (START, {"en": 62.0, "fr": 55.0, "sw": 45.0})}}
    for measure, before, after in (
        (AVERAGE, 50, 54), (OTHERS, 45, 50), (GAP, 15, 12), ("sw", 40, 45),
    ):  # fmt: skip
        (point,) = points_of(one, measure, tuple(START))
        assert (point.before.mean, point.after.mean) == (before, after)
    (few,) = points_of(one, AVERAGE, ("fr", "sw"))
    assert (few.before.mean, few.change.mean) == (45, 5)
    assert points_of(one, GAP, ("fr", "sw")) == []


def test_points_are_in_order_and_paired() -> None:
    found = points((200, 1, 3), (50, 0, -1), (200, 0, 1), (200, 2, 9))
    assert [x.value for x in found] == [50, 200]
    assert found[1].change.by_seed == {0: 1, 1: 3, 2: 9}
    assert found[1].change.median == 3


@pytest.mark.parametrize(
    ("gains", "words"),
    [
        ((1, 2), "rises in every seed at 50 (+1.5)"),
        ((-1, -2), "falls in every seed at 50 (−1.5)"),
        ((-1, 3), "rises in 1 of 2 seeds and falls in 1 at 50 (+1.0)"),
        ((0, 2), "rises in 1 of 2 seeds and is unchanged in 1 at 50 (+1.0)"),
        ((0, 0), "is unchanged in every seed at 50 (0.0)"),
    ],
)
def test_the_sentence_follows_the_seeds(gains: tuple[float, float], words: str) -> None:
    found = points((50, 0, gains[0]), (50, 1, gains[1]))
    assert words in text_of("shots", found, AVERAGE)


def test_seeds_that_differ_are_counted() -> None:
    """The median alone hides that one of three seeds learned nothing."""
    said = text_of("languages", points((4, 0, 5.8), (4, 1, 8.9), (4, 2, 0)), AVERAGE)
    assert "rises in 2 of 3 seeds and is unchanged in 1 at 4 (+5.8)" in said
    said = text_of("shots", points((4, 0, 1), (4, 1, -8), (4, 2, 0)), AVERAGE)
    assert "rises in 1 of 3 seeds, falls in 1 and is unchanged in 1 at 4 (0.0)" in said
    said = text_of("shots", points((4, 0, 0), (4, 1, -8)), AVERAGE)
    assert "falls in 1 of 2 seeds and is unchanged in 1 at 4 (−4.0)" in said


def test_a_smaller_gap_shrinks() -> None:
    after = {"en": 60.0, "fr": 54.0, "sw": 44.0}
    found = points_of({50.0: {0: (START, after)}}, GAP, tuple(START))
    assert "shrinks in every seed at 50 (−4.0)" in text_of("shots", found, GAP)
    found = points_of({50.0: {0: (after, START)}}, GAP, tuple(START))
    assert "widens in every seed at 50 (+4.0)" in text_of("shots", found, GAP)
