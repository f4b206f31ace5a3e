"""The parts of the page that compares runs, without the page."""

from __future__ import annotations

from core.metrics.ablation import Scored, ablation
from core.published.alsace.ablation import published_ablation
from dashboard.ablation_table import (
    DEVIATION,
    RANGE,
    column_help,
    published_rows,
    table_rows,
    unseen_rows,
)

SCORES = {"en": 80.0, "fr": 70.0, "sw": 50.0, "yo": 40.0}


def table():
    up = {x: score + 2 for x, score in SCORES.items()}
    return ablation(
        [
            Scored("none", 0, SCORES, SCORES),
            Scored("alsace", 0, SCORES, SCORES, ("en", "fr")),
            Scored("alsace", 1, SCORES, up, ("en", "fr")),
        ]
    )


def test_a_mean_never_stands_without_its_spread() -> None:
    rows = {row["Method"]: row for row in table_rows(table(), DEVIATION)}
    assert rows["alsace"]["avg(S)"] == "46.0 ± 1.4"
    assert rows["alsace"]["From"] == "2 seeds"
    assert rows["none"]["avg(S)"] == "45.0" and rows["none"]["From"] == "1 seed"
    rows = {row["Method"]: row for row in table_rows(table(), RANGE)}
    assert rows["alsace"]["avg(A)"] == "61.0 (60.0 to 62.0)"


def test_a_row_is_set_against_its_own_start() -> None:
    """Seed 1 starts 10 points lower, so that “before” is 55 and the unchanged row at 60."""
    low = {x: score - 10 for x, score in SCORES.items()}
    up = {x: score + 2 for x, score in SCORES.items()}
    found = ablation(
        [
            Scored("none", 0, SCORES, SCORES, kept_step=0),
            Scored("alsace", 0, SCORES, up, ("en", "fr"), kept_step=30),
            Scored("alsace", 1, low, low, ("en", "fr"), kept_step=0),
        ]
    )
    rows = {row["Method"]: row for row in table_rows(found, DEVIATION)}
    assert rows["before"]["avg(A)"].startswith("55.0 ±")
    assert (rows["none"]["avg(A)"], rows["none"]["Change"]) == ("60.0", "0.0")
    assert rows["alsace"]["Change"] == "+1.0 ± 1.4"
    assert [rows[x]["Kept step"] for x in ("before", "none", "alsace")] == ["–", "0", "30, 0"]
    ranged = {row["Method"]: row for row in table_rows(found, RANGE)}
    assert ranged["alsace"]["Change"] == "+1.0 (0.0 to +2.0)"


def test_published_rows_stand_below_ours_under_the_papers_name() -> None:
    rows = table_rows(table(), DEVIATION, published_rows("XLM-R-large"))
    named = [row["Method"] for row in rows]
    assert named[:5] == [
        "before", "none", "alsace", "ALSACE, Table 4: before (XLM-R-large)",
        "ALSACE, Table 4: self-training-english",
    ]  # fmt: skip
    assert named[-1] == "ALSACE, Table 3: alsace"
    assert {row["From"] for row in rows[3:]} == {"the paper, XNLI"}
    assert rows[-1]["gap(A)"] == "6.62 [7.09]"
    assert rows[3]["gap(A)"] == "9.07"


def test_all_languages_come_first_and_every_column_is_explained() -> None:
    (row, *_) = table_rows(table(), DEVIATION)
    assert list(row)[:5] == ["Method", "avg(A)", "Change", "gap(A)", "avg(S)"]
    told = column_help("sw")
    assert set(told) == set(list(row)[1:-1])
    assert told["gap(S)"].startswith("Gap: Swahili minus the mean of the others among the student")
    assert told["avg(T)"] == "Mean accuracy of the teacher languages, in percent."


def test_a_model_has_each_published_row_once() -> None:
    for model in {row.model for row in published_ablation()}:
        names = [row.row for row in published_rows(model)]
        assert len(names) == len(set(names)) > 3


def test_languages_never_seen_are_a_group_of_their_own() -> None:
    rows = {row["Method"]: row for row in unseen_rows(table(), ["yo"])}
    assert rows["alsace"]["Never seen"] == "41.0 ± 1.4"
    assert rows["none"]["Seen"] == "66.7"
    assert unseen_rows(table(), []) == []
    assert unseen_rows(table(), list(SCORES)) == []
