"""The files of the balanced-training paper's numbers: equal to the paper's text."""

from __future__ import annotations

import re

import pytest

from core.published.balanced.groups import group, sizes
from core.published.balanced.paper import table
from tests.conftest import SHARED

PAPER = SHARED / "papers" / "balanced_multilingual_distillation.txt"


def rows_between(first: str, last: str, at: int = -1) -> list[list[str]]:
    """Cells of the lines with a number in one place, from one text to another."""
    if not PAPER.is_file():
        pytest.skip("the paper's text is not beside this checkout (shared/papers)")
    text = PAPER.read_text(encoding="utf-8")
    start = text.index(first)
    part = text[start : text.index(last, start)].replace("\\pm", "±")
    lines = [line.split("\t") for line in part.split("\n")]
    return [line for line in lines if len(line) > 1 and re.search(r"\d", line[at])]


def cells(number: int, measure: str) -> list[list[str]]:
    return [[cell.text for cell in row.lines[measure].values()] for row in table(number).rows]


def test_table_1() -> None:
    lines = [line for line in rows_between("Size\tCode", "Table 1:", at=0) if line[0].isdigit()]
    shared, diverse = ({line[i]: float(line[0]) for line in lines} for i in (1, 3))
    assert (sizes("shared"), sizes("diverse")) == (shared, diverse)
    assert len(shared) == len(diverse) == 7


def test_table_2() -> None:
    printed = [line[-3:] for line in rows_between("Script\tLang. Set", "Table 2:")]
    assert cells(2, "difference") == printed and len(printed) == 6


def test_table_3() -> None:
    for measure, first, last in (
        ("pos", "\tLang. set\tHL", "(a) Accuracy"),
        ("ner", "(a) Accuracy", "(b) Macro F1"),
    ):
        printed = [line[-6:] for line in rows_between(first, last)]
        assert cells(3, measure) == printed and len(printed) == 8


def test_table_4() -> None:
    printed = rows_between("Lang.\tPOS", "Table 4:")
    ours = [
        [row.name, *(cell.text for line in row.lines.values() for cell in line.values())]
        for row in table(4).rows
    ]
    assert ours == printed and len(printed) == 13


def test_table_5() -> None:
    printed = rows_between("\tShared script\tDiverse", "Table 5:")
    ours = [
        [row.name, *line] for row, line in zip(table(5).rows, cells(5, "difference"), strict=True)
    ]
    assert ours == printed and len(printed) == 3


@pytest.mark.parametrize(
    ("number", "measure", "first", "last"),
    [(6, "pos", "(b) Diverse Script", "Table 6: A"), (7, "ner", "Table 6: A", "Table 7: M")],
)
def test_tables_by_language(number: int, measure: str, first: str, last: str) -> None:
    printed = rows_between(first, last)
    assert cells(number, measure) == [line[-6:] for line in printed]
    assert [row.name for row in table(number).rows] == [line[1] for line in printed]
    assert len(printed) == 14


def test_groups() -> None:
    assert list(group("shared", "high")) == ["en", "de", "es"]
    assert list(group("diverse", "high")) == ["ru", "de", "ko"]
    assert set(group("shared", "low")) == {"hu", "vi", "tr", "eu"}
    assert set(group("diverse", "low")) == {"el", "hi", "te", "ur"}
    with pytest.raises(KeyError):
        group("shared", "middle")
