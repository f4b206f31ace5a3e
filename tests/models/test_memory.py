"""When memory runs out, half as much goes through at once, and the result stays."""

from __future__ import annotations

import pytest
import torch

from core.errors import CoreError
from core.models.memory import Fitting

TOO_MUCH = "CUDA out of memory. Tried to allocate 20.00 MiB"


def model_of(capacity: int):
    """A step that fits up to a number of things, and what was tried."""
    tried: list[int] = []

    def attempt(size: int) -> int:
        tried.append(size)
        if size > capacity:
            raise torch.OutOfMemoryError(TOO_MUCH)
        return size

    return attempt, tried


def test_the_size_is_halved_until_it_fits_and_stays() -> None:
    said: list[str] = []
    fitting = Fitting(32, "sequences", said.append)
    attempt, tried = model_of(7)
    assert fitting(attempt) == 4 and tried == [32, 16, 8, 4]
    assert fitting(attempt) == 4 and tried[4:] == [4]
    assert said == ["Memory ran out with 32 sequences at once; from then on 4."]


def test_one_that_does_not_fit_is_said() -> None:
    attempt, tried = model_of(0)
    with pytest.raises(CoreError, match=r"even with the fewest sequences.*--max-length"):
        Fitting(4, "sequences")(attempt)
    assert tried == [4, 2, 1]


@pytest.mark.parametrize("first", [True, False])
def test_other_faults_go_through(first: bool) -> None:
    sizes = iter([8, 4])

    def attempt(size: int) -> None:
        if first or next(sizes) == 4:
            raise RuntimeError("shapes differ")
        raise torch.OutOfMemoryError(TOO_MUCH)

    with pytest.raises(RuntimeError, match="shapes differ"):
        Fitting(8, "sequences")(attempt)


def test_a_real_allocation_that_fails_is_understood() -> None:
    def attempt(size: int) -> torch.Tensor:
        return torch.empty((size, 2**46) if size > 1 else (1, 1), dtype=torch.float32)

    assert Fitting(2, "rows")(attempt).shape == (1, 1)
