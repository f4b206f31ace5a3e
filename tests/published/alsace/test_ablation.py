"""The printed rows of Tables 3 and 4 under our own names."""

from __future__ import annotations

import pytest

from core.published.alsace.ablation import published_ablation
from core.runs.ablation_rows import ORDER


def test_rows() -> None:
    rows = published_ablation()
    assert [row.table for row in rows].count(3) == 6
    assert [row.table for row in rows].count(4) == 12
    assert {row.row for row in rows} <= {*ORDER, "before"}
    (alsace,) = [x for x in rows if x.table == 3 and x.row == "alsace"]
    assert alsace.columns == {
        "avg(S)": 77.55, "gap(S)": 9.10, "avg(T)": 82.86, "gap(T)": 4.42, "avg(A)": 80.03,
        "gap(A)": 6.62,
    }  # fmt: skip


def test_the_gap_of_table_3_by_our_definition() -> None:
    """Table 3 counts English's own 0: its 15 times are our 14 times."""
    for row in published_ablation():
        assert row.gap is not None
        if row.table == 3:
            assert row.gap == pytest.approx(row.columns["gap(A)"] * 15 / 14, abs=0.02)
