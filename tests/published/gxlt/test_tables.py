"""The files of the cross-lingual QA paper's numbers: equal to the paper's text, halves apart."""

from __future__ import annotations

import re

import pytest

from core.published.gxlt.paper import table
from tests.conftest import SHARED

PAPER = SHARED / "papers" / "gxlt_qa_self_distillation.txt"
PAIR = re.compile(r"(\d\d\.\d)/(\d\d\.\d|-)")


def lines_before(caption: str) -> list[str]:
    """The lines of a table in the paper's text, without the marks of bold print and notes."""
    if not PAPER.is_file():
        pytest.skip("the paper's text is not beside this checkout (shared/papers)")
    lines = PAPER.read_text(encoding="utf-8").split("\n")
    end = next(i for i, line in enumerate(lines) if line.startswith(caption))
    start = end
    while "\t" in lines[start - 1] or not lines[start - 1].strip():
        start -= 1
    kept = (re.sub(r"</?(?:b|sup)>|\s*†\s*", "", line) for line in lines[start:end])
    return [re.sub(r"\s*/\s*", "/", line) for line in kept if line.strip()]


def pairs_of(row: str, number: int, measures: tuple[str, str]) -> list[tuple[str, str]]:
    """A row's cells as the paper prints them: F1 and EM, a dash where there is none."""
    lines = table(number).row(row).lines
    f1, em = ([cell.text for cell in lines.get(x, {}).values()] for x in measures)
    return list(zip(f1, em or ["-"] * len(f1), strict=True))


def test_table_1() -> None:
    rows = [line.rstrip().split("\t") for line in lines_before("Table 1:") if line[:1].isdigit()]
    lines = {row.name: row.lines["answers"] for row in table(1).rows}
    ours = [[name, *(cell.text for cell in line.values())] for name, line in lines.items()]
    assert ours == rows and len(rows) == 10


def test_table_2() -> None:
    rows = [line.split("\t") for line in lines_before("Table 2:")][2:]
    assert len(rows) == len(table(2).rows) == 5
    for printed, row in zip(rows, table(2).rows, strict=True):
        training = [cell.text for cell in row.lines["training"].values()]
        assert printed[1:4] == training
        found = [
            *pairs_of(row.id, 2, ("dev_f1", "dev_em")),
            *pairs_of(row.id, 2, ("test_f1", "test_em")),
        ]
        assert ["/".join(pair) if pair != ("-", "-") else "-" for pair in found] == printed[4:]


def test_table_3() -> None:
    rows = [PAIR.findall(line) for line in lines_before("Table 3:")]
    rows = [pairs for pairs in rows if pairs]
    ids = ("mbert-qa-en", "skd", "skd-map", "ce")
    ours = [
        *(pairs_of(name, 3, ("dev_f1", "dev_em")) for name in ids),
        *(pairs_of(name, 3, ("test_f1", "test_em")) for name in (*ids, "laf")),
    ]
    assert ours == rows and len(rows) == 9


def test_table_4() -> None:
    """Some cells of XQuAD are torn in our copy: those that are whole are ours, in their order."""
    lines = lines_before("Table 4:")
    middle = next(i for i, line in enumerate(lines) if "TyDiQA" in line)
    whole = 0
    xquad, tydiqa = lines[2:middle], lines[middle + 2 :]
    for line, row in zip(xquad, table(4).rows[:4], strict=True):
        ours = iter(pairs_of(row.id, 4, ("xquad_f1", "xquad_em")))
        found = PAIR.findall(line)
        whole += len(found)
        assert all(pair in ours for pair in found)  # an iterator: in the same order
    assert whole == 10
    for line, row in zip(tydiqa, table(4).rows, strict=True):
        ours = [cell.text for cell in row.lines["tydiqa_f1"].values() if cell.number]
        assert re.findall(r"\d\d\.\d", line) == ours


def test_table_5() -> None:
    rows = [PAIR.findall(line) for line in lines_before("Table 5:")]
    rows = [pairs for pairs in rows if pairs]
    splits = ("dev", "test", "xquad", "tydiqa")
    ours = [
        [pair for x in splits for pair in pairs_of(row.id, 5, (f"{x}_f1", f"{x}_em"))]
        for row in table(5).rows[1:]
    ]
    assert ours == rows and len(rows) == 3


def test_the_baselines_scores_are_marked() -> None:
    marked = [
        (found, row.id, column)
        for found in range(1, 6)
        for row, _, column, cell in table(found).cells()
        if cell.mark == "dagger"
    ]
    assert {row for _, row, _ in marked} == {"laf"}
    assert len(marked) == 2 + 7 + 3


def test_every_measure_names_its_normalization() -> None:
    """MLQA's own by the context's language; English SQuAD's for the other two."""
    for number in (2, 3, 4, 5):
        for name, measure in table(number).measures.items():
            if name.endswith(("_f1", "_em")):
                own = "MLQA" if name.startswith(("dev", "test")) else "SQuAD"
                assert measure.note.startswith(f"{own} normalization")
            seen = "unseen languages, same items as training" in measure.note
            assert seen == name.startswith("xquad")
