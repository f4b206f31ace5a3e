"""The files of ALSACE's numbers: complete, typed, and equal to the paper's text."""

from __future__ import annotations

import re

import pytest

from core.errors import UserError
from core.published.alsace.paper import ALSACE, table
from tests.conftest import SHARED

PAPER = SHARED / "papers" / "alsace_2404.08491.txt"
CELLS = {2: 384, 3: 36, 4: 72, 5: 64, 6: 32, 7: 48, 8: 64, 9: 96, 10: 224, 11: 384, 12: 60, 13: 48}
"""Rows times columns, accuracy and gap lines apart, counted in the paper."""
NUMBER = re.compile(r"(?:<[bu]>)?(\\|\(50\)|-?\d*\.\d+(?: ?\([-+][\d.]*\)+)?)(?:</[bu]>)?")


@pytest.mark.parametrize("number", ALSACE.numbers)
def test_every_cell_is_there(number: int) -> None:
    found = table(number)
    assert len(list(found.cells())) == CELLS[number]
    assert len({row.id for row in found.rows}) == len(found.rows)
    assert all(tuple(line) == found.columns for row in found.rows for line in row.lines.values())
    assert found.title and found.section


@pytest.mark.parametrize("number", ALSACE.numbers)
def test_the_numbers_and_their_marks_are_the_papers(number: int) -> None:
    if not PAPER.is_file():
        pytest.skip("the paper's text is not beside this checkout (shared/papers)")
    marks = {"b": "bold", "u": "underlined"}
    lines = PAPER.read_text(encoding="utf-8").split("\n")
    end = next(i for i, line in enumerate(lines) if line.startswith(f"Table {number}:"))
    start = end
    while "\t" in lines[start - 1] or not lines[start - 1].strip():
        start -= 1
    printed = []
    for part in "\t".join(lines[start:end]).split("\t"):
        if match := NUMBER.fullmatch(part.strip()):
            sign = marks[part.strip()[1]] if part.strip().startswith("<") else ""
            printed.append((match[1].replace(" ", ""), sign))
    ours = [(cell.text.replace(" ", ""), cell.mark) for *_, cell in table(number).cells()]
    assert ours == printed


def test_placeholders_are_no_measurements() -> None:
    row = table(9).row("xlm-r-large-co-zs")
    assert {x for x, cell in row.lines["accuracy"].items() if cell.placeholder} == {"ht", "qu"}
    assert len(row.values("accuracy")) == 9
    marked = [cell for found in ALSACE.tables() for *_, cell in found.cells() if cell.placeholder]
    assert len(marked) == 8 and {cell.text for cell in marked} == {"(50)"}


def test_rows_that_belong_together() -> None:
    assert table(2).row("alsace-large").before == "xlm-r-large"
    assert table(2).row("ernie-m-large").before == ""
    assert table(2).row("ernie-m-large").compared_with == "xlm-r-large"
    for found in ALSACE.tables():
        ids = {row.id for row in found.rows}
        assert all({row.before, row.compared_with} <= ids | {""} for row in found.rows)
    assert {row.id for row in table(3).rows} < {row.id for row in table(10).rows}
    assert {row.id for row in table(4).rows} == {row.id for row in table(11).rows}
    found = table(4).find(method="self-training-all", model="mT5-large")
    assert found is not None and found.id == "f-self-train-mt5-large"
    assert table(3).find(method="random").name == "Random selection"
    assert table(3).find(method="proximity") is None


def test_what_is_not_there() -> None:
    with pytest.raises(UserError, match="choose 2 to 13"):
        table(1)
    with pytest.raises(UserError, match="alsace-large"):
        table(2).row("gpt")


def test_statements_have_a_label_a_number() -> None:
    assert len({one.id for one in ALSACE.statements()}) == len(ALSACE.statements()) == 11
    assert all(len(one.labels) == len(one.numbers) for one in ALSACE.statements())
