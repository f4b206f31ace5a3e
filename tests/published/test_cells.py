"""A cell as the files hold it: number, change, deviation, mark; and numbers as they are written."""

from __future__ import annotations

import pytest

from core.published.cells import Printed, read_cell


def test_cells() -> None:
    bold = read_cell("*7.09(-1.88)*")
    assert (bold.text, bold.mark, bold.number.value) == ("7.09 (-1.88)", "bold", 7.09)
    assert bold.change.value == -1.88 and bold.change.half == pytest.approx(0.005)
    stray = read_cell("10.48(-0.40))")
    assert stray.text == "10.48 (-0.40))" and stray.change.value == -0.40
    assert read_cell("10.88(-)").change is None
    missing = read_cell("(50)")
    assert missing.placeholder and missing.text == "(50)" and missing.number.value == 50
    assert read_cell("\\").number is None
    assert read_cell(".94").number.half == pytest.approx(0.005)
    assert read_cell("_13.94_").mark == "underlined"
    with pytest.raises(ValueError, match="not a cell"):
        read_cell("12,5")


def test_what_stands_in_place_of_a_number() -> None:
    for text in ("\\", "-", "?"):
        cell = read_cell(text)
        assert (cell.text, cell.number, cell.placeholder) == (text, None, False)


def test_marks_and_deviations() -> None:
    dagger = read_cell("†61.9†")
    assert (dagger.text, dagger.mark, dagger.number.value) == ("61.9", "dagger", 61.9)
    both = read_cell("25.1±9.9")
    assert (both.text, both.number.value, both.spread.value) == ("25.1 ± 9.9", 25.1, 9.9)
    assert read_cell("25.1").spread is None
    assert read_cell("-10").number.half == 0.5


def test_thousands() -> None:
    number = Printed.of("1,233,776")
    assert (number.text, number.value, number.half) == ("1,233,776", 1233776, 0.5)
    with pytest.raises(ValueError, match="not a cell"):
        read_cell("12,34")
