"""The cross-lingual QA paper recomputed: averages by a plain loop, counts, and what deviates."""

from __future__ import annotations

import pytest

from core.published.gxlt.audit import AUDIT
from core.published.gxlt.paper import table
from core.published.recompute import TEXT

COUNTS = {1: (0, 70), 2: (20, 23), 3: (0, 119), 4: (8, 67), 5: (0, 36)}
"""Numbers that follow from others, and the rest: counted by hand per table."""


@pytest.mark.parametrize("number", COUNTS)
def test_all_of_a_table_is_recomputed_or_measured(number: int) -> None:
    counts = len(AUDIT.recompute(number)), len(AUDIT.measurements(number))
    assert counts == COUNTS[number]


def test_the_halves_of_table_3_are_of_two_settings() -> None:
    """F1 averages to Table 2's G-XLT, EM to its XLT; exchanged, neither does."""
    for name in ("mbert-qa-en", "skd", "skd-map", "ce"):
        for split in ("dev", "test"):
            two = table(2).row(name).lines
            for half, column, other in (("f1", "G-XLT", "XLT"), ("em", "XLT", "G-XLT")):
                cells = table(3).row(name).lines[f"{split}_{half}"].values()
                mean = sum(float(cell.text) for cell in cells) / 7
                line = two[f"{split}_{half}"]
                wrong = (name, split, half) == ("mbert-qa-en", "test", "em")
                assert (abs(float(line[column].text) - mean) < 0.11) != wrong
                assert abs(float(line[other].text) - mean) > 2


def test_examples_are_all_pairs_of_1190_questions() -> None:
    found = {one.row: one for one in AUDIT.recompute(2) if one.column == "N"}
    assert {name: one.recomputed for name, one in found.items()} == {
        "skd": 1190 * 36, "skd-map": 1190 * 36, "ce": 1190 * 16,
    }  # fmt: skip
    assert not any(one.deviates for one in found.values())


def test_averages_of_table_4() -> None:
    for row in table(4).rows:
        for measure, line in row.lines.items():
            texts = [cell.text for column, cell in line.items() if column != "XLT"]
            same = [x for x in AUDIT.recompute(4) if (x.row, x.place.measure) == (row.id, measure)]
            if "?" in (*texts, line["XLT"].text):
                assert not same
            else:
                (one,) = same
                assert one.recomputed == pytest.approx(sum(map(float, texts)) / len(texts))


def test_what_deviates() -> None:
    found = {(one.table, one.row, one.column): one for one in AUDIT.deviating}
    assert set(found) == {
        (2, "mbert-qa-en", "XLT"),
        (4, "laf", "XLT"),
        (TEXT, "seeds", "N_seed"),
        (TEXT, "mlqa-sizes", "test"),
        (TEXT, "over-cross-entropy", "w/ skd, dev G-XLT"),
        (TEXT, "over-cross-entropy", "w/ skd, mAP@k, dev G-XLT"),
        (TEXT, "over-zero-shot", "w/ skd, test"),
        (TEXT, "over-zero-shot", "w/ skd, mAP@k, test"),
        (TEXT, "over-baseline", "least"),
    }
    copied = found[2, "mbert-qa-en", "XLT"]
    assert (copied.text, round(copied.recomputed, 1)) == ("33.8", 42.7)
    assert copied.explained_by == "the same row's G-XLT EM again"
    assert found[4, "laf", "XLT"].explained_by == "the G-XLT F1 on MLQA-test of Table 2"
    assert found[TEXT, "seeds", "N_seed"].recomputed == 1190
    assert found[TEXT, "mlqa-sizes", "test"].recomputed == 42246


def test_a_bound_is_meant_as_it_is_written() -> None:
    """``More than 2`` is not met by 1.7 and is by 1.9, which rounding can have made of 2.0."""
    found = {one.column: one for one in AUDIT.recompute(TEXT) if one.row == "over-cross-entropy"}
    assert round(found["w/ skd, dev XLT"].recomputed, 1) == 1.9
    assert not found["w/ skd, dev XLT"].deviates
    assert found["w/ skd, mAP@k, dev XLT"].recomputed > 2  # far above the bound, and no deviation
    assert found["w/ skd, mAP@k, dev G-XLT"].deviates


def test_table_5_repeats_cross_entropy() -> None:
    assert len(AUDIT.repeated) == 11
    assert not any(one.deviates for one in AUDIT.repeated)


def test_shares_of_the_baseline() -> None:
    found = {one.row: one for one in AUDIT.recompute(TEXT)}
    assert found["share-of-data"].recomputed == pytest.approx(100 * 42840 / 1233776)
    shares = [one.recomputed for one in AUDIT.recompute(TEXT) if one.row == "share-of-baseline"]
    printed = ((58.4, 61.9), (64.0, 65.7), (58.5, 61.9), (63.7, 65.7))
    assert shares == pytest.approx([100 * ours / theirs for ours, theirs in printed])
