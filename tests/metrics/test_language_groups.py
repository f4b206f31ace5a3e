"""Groups of languages that answer alike, from tables whose groups are known."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import UserError
from core.metrics.language_groups import group_languages

NAMES = ("a1", "b1", "a2", "b2", "a3", "c")
NUMBER = np.array([0, 1, 0, 1, 0, 2])
BLOCKS = np.where(NUMBER[:, None] == NUMBER[None], 0.8, 0.1) + 0.2 * np.eye(6)


def test_blocks_are_found_and_stand_together() -> None:
    found = group_languages(NAMES, BLOCKS)
    assert {frozenset(group) for group in found.groups} == {
        frozenset(("a1", "a2", "a3")), frozenset(("b1", "b2")), frozenset(("c",)),
    }  # fmt: skip
    assert found.order == tuple(name for group in found.groups for name in group)
    assert sorted(found.order) == sorted(NAMES)


def test_heights_are_average_distances() -> None:
    """a-a and b-b at 0.2, everything else at 0.9."""
    heights = group_languages(NAMES, BLOCKS).heights
    assert heights == pytest.approx((0.2, 0.2, 0.2, 0.9, 0.9))


@pytest.mark.parametrize("count", range(1, 7))
def test_as_many_groups_as_asked_for(count: int) -> None:
    far = np.random.default_rng(2).random((6, 6))
    likeness = (far + far.T) / 2
    found = group_languages(NAMES, likeness, count)
    assert len(found.groups) == count
    assert sorted(name for group in found.groups for name in group) == sorted(NAMES)


def test_half_as_many_groups_as_languages_at_most() -> None:
    """The first join is the only near one; cut there, five groups of six would be left."""
    likeness = np.full((6, 6), 0.1)
    likeness[0, 1] = likeness[1, 0] = 0.95
    likeness[4, 5] = likeness[5, 4] = 0.15
    assert len(group_languages(NAMES, likeness).groups) <= 3


def test_two_languages_are_one_group() -> None:
    assert group_languages(("a", "b"), np.eye(2)).groups in ((("a", "b"),), (("b", "a"),))


@pytest.mark.parametrize(
    ("names", "size", "count", "said"),
    [(("a",), 1, None, "two or more"), (NAMES, 5, None, "6 languages"), (NAMES, 6, 7, "1 to 6")],
)
def test_bad_input(names: tuple[str, ...], size: int, count: int | None, said: str) -> None:
    with pytest.raises(UserError, match=said):
        group_languages(names, np.eye(size), count)
