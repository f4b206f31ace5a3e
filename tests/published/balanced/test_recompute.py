"""The balanced-training paper recomputed: group means by a plain loop, weights, and deviations."""

from __future__ import annotations

import pytest

from core.published.balanced.audit import AUDIT
from core.published.balanced.paper import table
from core.published.balanced.statements import parameters
from core.published.recompute import TEXT

COUNTS = {1: (0, 14), 2: (6, 12), 3: (96, 0), 4: (0, 52), 5: (0, 6), 6: (0, 168), 7: (0, 168)}
"""Numbers that follow from others, and the rest (deviations too): counted by hand per table."""
GROUPS = {
    "shared-low": ["eu", "hu", "tr", "vi"],
    "shared-high": ["de", "en", "es"],
    "diverse-low": ["el", "hi", "te", "ur"],
    "diverse-high": ["de", "ru", "ko"],
}
GROUPS |= {f"{x}-de": ["de"] for x in ("shared", "diverse")}
GROUPS |= {f"{x}-all": GROUPS[f"{x}-low"] + GROUPS[f"{x}-high"] for x in ("shared", "diverse")}


@pytest.mark.parametrize("number", COUNTS)
def test_all_of_a_table_is_recomputed_or_measured(number: int) -> None:
    counts = len(AUDIT.recompute(number)), len(AUDIT.measurements(number))
    assert counts == COUNTS[number]


def test_groups_of_table_3_are_means_of_languages() -> None:
    for one in AUDIT.recompute(3):
        detail = {"pos": 6, "ner": 7}[one.place.measure]
        script = one.row.split("-")[0]
        scores = []
        for row in table(detail).rows:
            if row.setting.lower() == script and row.name in GROUPS[one.row]:
                text = row.lines[one.place.measure][one.column].text
                scores.append(float(text.split(" ± ")[0]))
        assert len(scores) == len(GROUPS[one.row])
        assert one.recomputed == pytest.approx(sum(scores) / len(scores))


def test_all_of_table_2_weighs_languages_not_groups() -> None:
    for one in AUDIT.recompute(2):
        script = one.row.split("-")[0]
        low, high = (
            float(table(2).row(f"{script}-{x}").lines["difference"][one.column].text)
            for x in ("low", "high")
        )
        assert one.recomputed == pytest.approx((4 * low + 3 * high) / 7)


def test_the_tolerance_is_what_rounding_allows() -> None:
    """A difference printed as -10 may be -9.5 or -10.5."""
    found = {(one.row, one.column): one for one in AUDIT.recompute(2)}
    whole = found["shared-all", "HL balanced"].tolerance
    assert whole == pytest.approx((4 * 0.05 + 3 * 0.5) / 7 + 0.05, abs=1e-6)
    assert found["shared-all", "Ours"].tolerance == pytest.approx(0.1, abs=1e-6)


def test_what_deviates() -> None:
    found = {(one.table, one.row, one.column): one for one in AUDIT.deviating}
    assert set(found) == {
        (2, "shared-all", "Ours"), (3, "shared-de", "Ours Z-S"), (TEXT, "best-low", "Shared"),
    }  # fmt: skip
    german = found[3, "shared-de", "Ours Z-S"]
    assert (german.place.measure, german.text, german.recomputed) == ("ner", "23.9", 26.9)
    assert german.explained_by == "the number of Low-Res again"
    assert round(found[2, "shared-all", "Ours"].recomputed, 1) == -3.3
    assert found[TEXT, "best-low", "Shared"].recomputed == pytest.approx(-0.4)


def test_parameters_by_hand() -> None:
    layer = 4 * (512 * 512 + 512) + 2 * 512  # attention and its norm
    layer += 512 * 3072 + 3072 + 3072 * 512 + 512 + 2 * 512
    embeddings = 50000 * 512 + 128 * 512 + 2 * 512 + 2 * 512
    head = 512 * 512 + 512 + 2 * 512 + 50000
    assert parameters() == embeddings + 6 * layer + head == 51193168


def test_what_the_text_states() -> None:
    found = {(one.row, one.column): one.recomputed for one in AUDIT.recompute(TEXT)}
    assert found["languages", "Table 1"] == 13 and found["languages", "tokenizer"] == 15
    german = [round(value, 1) for (row, _), value in found.items() if row == "german"]
    assert german == [0.4, 0.9, 2.8]
    assert [found["student-data", x] for x in ("Shared", "Diverse")] == [10, 10]
    assert round(found["best-all", "Shared"], 1) == 0.2
