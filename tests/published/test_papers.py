"""All three papers: tables complete and typed, rows that can be found, statements with labels."""

from __future__ import annotations

import pytest

from core.errors import UserError
from core.published.paper import Paper
from core.published.papers import PAPERS
from core.published.recompute import TEXT, all_numbers

PAPER_LIST = [one.paper for one in PAPERS.values()]
CELLS = {
    "alsace": {
        2: 384, 3: 36, 4: 72, 5: 64, 6: 32, 7: 48, 8: 64, 9: 96, 10: 224, 11: 384, 12: 60, 13: 48,
    },
    "gxlt": {1: 70, 2: 51, 3: 119, 4: 80, 5: 48},
    "balanced": {1: 14, 2: 18, 3: 96, 4: 52, 5: 6, 6: 84, 7: 84},
}  # fmt: skip
"""Cells of each table, counted in the papers; lines of one row apart."""


@pytest.mark.parametrize("paper", PAPER_LIST, ids=lambda paper: paper.id)
def test_every_cell_is_there(paper: Paper) -> None:
    assert {found.number: len(list(found.cells())) for found in paper.tables()} == CELLS[paper.id]
    for found in paper.tables():
        assert len({row.id for row in found.rows}) == len(found.rows)
        for row in found.rows:
            assert row.lines and row.name and row.short
            for measure, line in row.lines.items():
                assert tuple(line) == found.measures[measure].columns
        assert found.title and found.section and found.task and found.unit
        assert found.source == f"{paper.name}, Table {found.number}, section {found.section}"
        ids = {row.id for row in found.rows}
        assert all({row.compared_with} <= ids | {""} for row in found.rows)


@pytest.mark.parametrize("paper", PAPER_LIST, ids=lambda paper: paper.id)
def test_statements_have_a_label_a_number(paper: Paper) -> None:
    found = paper.statements()
    assert found and len({one.id for one in found}) == len(found)
    assert all(len(one.labels) == len(one.numbers) == len(set(one.labels)) for one in found)
    assert set(PAPERS[paper.id].audit.stated) == {one.id for one in found}


@pytest.mark.parametrize("paper", PAPER_LIST, ids=lambda paper: paper.id)
def test_what_is_recomputed_is_printed_once(paper: Paper) -> None:
    audit = PAPERS[paper.id].audit
    for number in paper.numbers:
        places = [one.place for one in audit.recompute(number)]
        assert len(places) == len(set(places))
        assert set(places) <= all_numbers(paper.table(number))
    assert len(audit.recompute(TEXT)) == sum(len(one.labels) for one in paper.statements())


@pytest.mark.parametrize("paper", PAPER_LIST, ids=lambda paper: paper.id)
def test_what_is_not_there(paper: Paper) -> None:
    first, last = paper.numbers[0], paper.numbers[-1]
    with pytest.raises(UserError, match=f"choose {first} to {last}"):
        paper.table(99)
    with pytest.raises(UserError, match="has no row 'gpt'"):
        paper.table(last).row("gpt")
