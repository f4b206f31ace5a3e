"""Arithmetic with printed numbers: every result carries how far rounding can have moved it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.published.cells import Printed


@dataclass(frozen=True)
class Rounded:
    """A number, and the most by which it can be off because what it is made of was rounded."""

    value: float
    error: float

    @classmethod
    def of(cls, printed: Printed) -> Rounded:
        """A printed number: half of its last place may be missing."""
        return cls(printed.value, printed.half)

    def __add__(self, other: Rounded) -> Rounded:
        return Rounded(self.value + other.value, self.error + other.error)

    def __sub__(self, other: Rounded) -> Rounded:
        return Rounded(self.value - other.value, self.error + other.error)

    def __mul__(self, factor: float) -> Rounded:
        return Rounded(self.value * factor, self.error * abs(factor))

    def fits(self, printed: Printed) -> bool:
        """Whether rounding alone explains the difference to a printed number."""
        return abs(self.value - printed.value) <= self.error + printed.half + 1e-9


def mean(numbers: Iterable[Rounded]) -> Rounded:
    """The mean; its error is the mean of the errors.

    Raises:
        ValueError: there is no number.
    """
    listed = list(numbers)
    if not listed:
        raise ValueError("a mean needs at least one number")
    return Rounded(
        sum(x.value for x in listed) / len(listed), sum(x.error for x in listed) / len(listed)
    )


def exact(value: float) -> Rounded:
    """A number that was never rounded, such as a count."""
    return Rounded(value, 0.0)
