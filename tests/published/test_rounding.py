"""Arithmetic with printed numbers, against every way their digits can have been rounded."""

from __future__ import annotations

from itertools import product

import pytest

from core.published.cells import Printed
from core.published.rounding import Rounded, exact, mean


def test_the_bounds_are_the_extremes() -> None:
    numbers = [Printed("1.25", 1.25), Printed("2.4", 2.4), Printed("3", 3.0)]
    assert [number.half for number in numbers] == pytest.approx([0.005, 0.05, 0.5])
    a, b, c = (Rounded.of(number) for number in numbers)
    result = a - mean([b, c])
    ends = [
        1.25 + x * 0.005 - (2.4 + y * 0.05 + 3.0 + z * 0.5) / 2
        for x, y, z in product((-1, 1), repeat=3)
    ]
    assert result.value - result.error == pytest.approx(min(ends))
    assert result.value + result.error == pytest.approx(max(ends))
    assert (a + b).error == pytest.approx(0.055)
    tripled = c * -3
    assert (tripled.value, tripled.error) == (-9.0, 1.5)
    assert (exact(7) * 2).error == 0


def test_fits() -> None:
    difference = Rounded(5.55, 0.01)
    assert difference.fits(Printed("5.56", 5.56))
    assert not difference.fits(Printed("5.57", 5.57))
    assert Rounded(5.55, 0.0).fits(Printed("5.6", 5.6))


def test_no_mean_of_nothing() -> None:
    with pytest.raises(ValueError, match="at least one"):
        mean([])
