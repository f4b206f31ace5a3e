"""Items that two datasets share."""

import numpy as np
import pytest

from core.data.overlap import shared_items
from core.data.parallel import ParallelDataset


def dataset(name: str, numbers: list[int]) -> ParallelDataset:
    ids = tuple(f"{name}{i}" for i in range(len(numbers)))
    return ParallelDataset(name, ids, {"en": tuple((f" text {n} ", "x") for n in numbers)})


@pytest.mark.parametrize(("mine", "theirs"), [(5, 40), (40, 5), (20, 20), (0, 3), (3, 0)])
def test_as_a_plain_loop_finds_them_whichever_is_larger(mine: int, theirs: int) -> None:
    rng = np.random.default_rng(mine)
    one, other = (rng.integers(30, size=n).tolist() for n in (mine, theirs))
    expected = [place for place, number in enumerate(one) if number in other]
    assert shared_items(dataset("a", one), dataset("b", other)) == expected


def test_the_same_ids_of_one_dataset_are_the_same_items() -> None:
    one = ParallelDataset("a", ("1", "2", "3"), {"en": (("p",), ("q",), ("r",))})
    other = ParallelDataset("a", ("3", "4"), {"en": (("s",), ("q",))})
    assert shared_items(one, other) == [1, 2]
    assert shared_items(other, one) == [0, 1]
