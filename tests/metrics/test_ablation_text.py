"""What is said about rows that did not change, that have one seed, and about all comparisons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.metrics.ablation import ALL, Scored, ablation
from core.metrics.ablation_differences import difference
from core.metrics.ablation_text import summary_of, text_of, verdict_of
from core.metrics.bootstrap import Interval
from tests.metrics.test_ablation import SCORES, found_in, table_of

UP = {x: score + 1 for x, score in SCORES.items()}
STILL = Interval(0, 0, 0, 0)


def said(*trials: Scored) -> str:
    return "\n".join(summary_of(ablation(list(trials))))


def test_a_row_that_changed_nothing_is_unchanged() -> None:
    for seeds in (1, 3):
        found = found_in({"alsace": [0] * seeds, "none": [0] * seeds}, "alsace", "before")
        assert found.verdict == verdict_of(found) == "unchanged"
        assert "is the same as the model before distillation: 0.0 points" in text_of(found)
    assert "at seeds 0, 1, 2." in text_of(found)
    assert verdict_of(found_in({"alsace": [2], "none": [2]}, "alsace", "none")) == "same as none"


def test_an_average_that_stays_while_languages_move_is_not_unchanged() -> None:
    moved = {**SCORES, "fr": SCORES["fr"] + 5, "sw": SCORES["sw"] - 5}
    found = difference(ablation([Scored("alsace", 0, SCORES, moved)]), "alsace", "before")
    assert found is not None and found.spread.mean == pytest.approx(0)
    assert found.verdict == "undetermined"


def test_as_many_right_answers_to_other_items_are_not_unchanged() -> None:
    table = table_of({"alsace": [0]})
    for items, verdict in ((STILL, "unchanged"), (Interval(-2, 2, 0, 1), "undetermined")):
        found = difference(table, "alsace", "before", {0: {("alsace", "before"): items}})
        assert found is not None and found.verdict == verdict


def test_runs_that_kept_no_step_are_named_first() -> None:
    text = said(
        Scored("none", 0, SCORES, SCORES, kept_step=0),
        Scored("none", 1, SCORES, SCORES, kept_step=0),
        Scored("scale", 0, SCORES, SCORES, kept_step=0, collapsed=True),
        Scored("alsace", 0, SCORES, SCORES, ("en",), kept_step=0),
        Scored("alsace", 1, SCORES, UP, ("en",), kept_step=30),
    )
    first, second = text.split("\n")[:2]
    assert first.startswith("4 of 5 runs changed nothing")
    assert first.endswith("They are none (seeds 0, 1); scale, alsace (seed 0).")
    assert second.endswith("is kept: scale (seed 0).") and second.startswith("Collapsed")
    text = said(Scored("none", 0, SCORES, UP, kept_step=5), Scored("scale", 0, SCORES, UP))
    assert "changed nothing" not in text and "ollapsed" not in text


def test_a_late_collapse_is_told_too() -> None:
    text = said(Scored("none", 0, SCORES, UP, kept_step=5, collapsed=True))
    assert "a checkpoint of before is kept: none (seed 0)" in text
    assert "changed nothing" not in text


def test_rows_of_one_seed_are_counted_and_those_unchanged_stand_together() -> None:
    rows = {f"row{i}": [float(i)] for i in range(1, 6)}
    text = "\n".join(
        summary_of(table_of({"none": [0, 0], "a": [0], "b": [0], **rows, "alsace": [1, 2]}))
    )
    assert (
        "Against the model before distillation, the other rows: undetermined with one seed only: "
        "5 rows (+1.0 to +5.0); the same in every language: none, a, b." in text
    )
    assert "One seed only, so without a spread: 7 of 9 rows." in text


def test_many_rows_are_told_without_their_intervals() -> None:
    rows = {f"row{i}": [5.0 + i, 5.1 + i, 5.0 + i] for i in range(4)}
    text = "\n".join(summary_of(table_of({"none": [0, 0, 0], **rows})))
    assert "beating it: row0 (+5.0, over seeds only), row1 (+6.0, over seeds only)" in text


def test_intervals_over_seeds_only_say_so() -> None:
    found = found_in({"alsace": [5, 5.1, 5], "none": [0, 0, 0]}, "alsace", "none")
    assert found.seeds_only and "95 % interval over seeds +" in text_of(found)
    items = {0: Interval(4, 6, 5, 0.5)}
    assert not replace(found, items=items).seeds_only
    assert not found_in({"alsace": [5], "none": [0]}, "alsace", "none").seeds_only


def test_a_pair_the_other_way_round_has_the_same_items() -> None:
    table = table_of({"none": [1, 2]})
    items = {seed: {("none", "before"): Interval(-1, 4, 1, 0.8)} for seed in (0, 1)}
    one, other = (difference(table, *x, items) for x in (("none", "before"), ("before", "none")))
    assert one is not None and other is not None and one.interval is not None
    assert other.interval == pytest.approx((-one.interval[1], -one.interval[0]))
    assert other.items[0] == Interval(-4, 1, -1, 0.8)


def test_the_number_of_comparisons_is_told() -> None:
    """none and scale against before, and scale against none."""
    text = "\n".join(summary_of(table_of({"none": [0, 1, 0], "scale": [6, 6, 6.1]})))
    assert "3 differences have an interval of 95 % each, not corrected" in text
    assert "not corrected" not in "\n".join(summary_of(table_of({"none": [1], "scale": [6]})))


def test_rows_of_fewer_seeds_start_elsewhere() -> None:
    """Seed 0 starts at 60, seed 1 at 50 and so the mean at 55."""
    low = {x: score - 10 for x, score in SCORES.items()}
    table = ablation(
        [
            Scored("none", 0, SCORES, SCORES),
            Scored("alsace", 0, SCORES, SCORES, ("en",)),
            Scored("alsace", 1, low, low, ("en",)),
        ]
    )
    start = table.start_of("none", ALL)
    assert start is not None and start.by_seed == {0: 60}
    whole = table.start_of("alsace", ALL)
    assert whole is not None and whole.mean == 55
    assert table.start_of("before", "avg(S)") == table.rows["before"].columns["avg(S)"]
    text = "\n".join(summary_of(table))
    assert "Not every row has all 2 seeds: none started up to 5.0 points from the mean" in text
    assert "Not every row" not in "\n".join(summary_of(table_of({"none": [1, 1], "a": [1, 2]})))
