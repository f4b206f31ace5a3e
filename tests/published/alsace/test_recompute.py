"""Every derived number of the paper is recomputed; what deviates is what is known to."""

from __future__ import annotations

import pytest

from core.published.alsace.audit import AUDIT
from core.published.alsace.paper import ALSACE, table
from core.published.recompute import TEXT, Place, Recomputation, deviations

COUNTS = {
    2: (201, 180, 0), 3: (36, 0, 0), 4: (72, 0, 0), 5: (4, 60, 0), 6: (4, 28, 0), 7: (48, 0, 0),
    8: (32, 30, 0), 9: (8, 80, 8), 10: (112, 105, 0), 11: (201, 180, 0), 12: (10, 50, 0),
    13: (48, 0, 0),
}  # fmt: skip
"""Numbers that follow from others, measurements, placeholders: counted by hand per table."""
TEACHERS = {"en", "fr", "es", "de", "el", "bg", "ru"}


def at(place: Place) -> Recomputation:
    return next(one for one in AUDIT.recompute(place.table) if one.place == place)


@pytest.mark.parametrize("number", ALSACE.numbers)
def test_all_of_a_table_is_recomputed_or_measured(number: int) -> None:
    places = [one.place for one in AUDIT.recompute(number)]
    again, raw, empty = set(places), AUDIT.measurements(number), AUDIT.placeholders(number)
    assert len(places) == len(again) and not again & empty
    assert (len(again), len(raw), len(empty)) == COUNTS[number]


@pytest.mark.parametrize("number", [2, 3, 4, 8, 10, 11])
def test_gaps_and_averages_against_a_plain_loop(number: int) -> None:
    source = {3: 10, 4: 11}.get(number, number)
    counted = 15 if number in (3, 10) else 14
    for row in table(number).rows:
        scores = {}
        for language, cell in table(source).row(row.id).lines["accuracy"].items():
            if language != "avg":
                scores[language] = float(cell.text)
        gaps = sum(scores["en"] - x for x in scores.values())
        measure, column = ("scores", "gap(A)") if number in (3, 4) else ("gap", "avg")
        found = at(Place(number, row.id, measure, column))
        assert found.recomputed == pytest.approx(gaps / counted)
        if number in (3, 4):
            teachers = [scores[x] for x in TEACHERS]
            others = [scores["en"] - scores[x] for x in TEACHERS - {"en"}]
            students = [x for language, x in scores.items() if language not in TEACHERS]
            for column, value in (
                ("avg(T)", sum(teachers) / 7),
                ("gap(T)", sum(others) / 6),
                ("avg(S)", sum(students) / 8),
                ("gap(S)", scores["en"] - sum(students) / 8),
            ):
                found = at(Place(number, row.id, "scores", column))
                assert found.recomputed == pytest.approx(value)
                assert not found.deviates


def test_a_gap_counted_from_another_english() -> None:
    for number in (2, 11):
        found = at(Place(number, "xlm-r-large", "gap", "avg"))
        assert (found.text, round(found.recomputed, 2)) == ("8.97", 9.07)
        assert found.deviates and found.explained_by == "English taken as 86.35"
        change = at(Place(number, "alsace-large", "gap", "avg", "change"))
        assert (change.text, round(change.recomputed, 2)) == ("-1.88", -1.98)
        assert change.deviates and "printed average gaps" in str(change.explained_by)
    for name in ("e-self-train-xlm-r-large", "f-self-train-xlm-r-large"):
        assert not at(Place(11, name, "gap", "avg", "change")).deviates  # counted from 9.07
    assert not at(Place(4, "xlm-r-large", "scores", "gap(A)")).deviates


EXPECTED = {
    2: {("xlm-align", "avg"), ("ernie-m-large", "avg"), ("xle-large", "avg")}
    | {("ernie-m-large", "sw"), ("alsace-large", "avg")}
    | {(name, "avg") for name in ("xlm-r-adapter", "info-xlm-large", "veco-large")}
    | {("xlm-r-large", column) for column in table(2).columns if column != "en"},
    7: {(name, x) for name in ("info-xlm-large", "ernie-m-large") for x in table(7).columns},
    8: {("pct-xlm-r-large", "avg")},
    11: {("alsace-large", "avg"), ("mt5-large", "ru")}
    | {("xlm-r-large", column) for column in table(11).columns if column != "en"},
    13: {(language, column) for language in ("ar", "vi") for column in ("ALSACE", "Change")},
    TEXT: {("english-swahili", "XLM-R-large"), ("task-languages", "XCOPA")}
    | {("low-resource-gains", "sw"), ("low-resource-gains", "ur")}
    | {("student-gaps", "least"), ("teacher-gaps", "least"), ("excluding-weak-tea", "avg(T)")}
    | {("thresholds", task) for task in ("XNLI", "PAWS-X", "XCOPA")},
}


@pytest.mark.parametrize("number", (*ALSACE.numbers, TEXT))
def test_what_deviates(number: int) -> None:
    found = deviations(AUDIT.recompute(number))
    assert {(one.row, one.column) for one in found} == EXPECTED.get(number, set())
    assert all(abs(one.deviation) > one.tolerance for one in found)
    if number != TEXT:
        assert all(one.explained_by for one in found)


def test_measurements_printed_twice() -> None:
    found = {(x.table, x.row, x.column): x for x in AUDIT.repeated if x.deviates}
    assert set(found) == {
        (10, "xlm-r-large", "ar"), (10, "xlm-r-large", "vi"), (11, "mt5-large", "ru"),
    }  # fmt: skip
    russian = found[11, "mt5-large", "ru"]
    assert (russian.text, russian.recomputed) == ("79.97", 79.90)
    assert at(Place(11, "mt5-large", "gap", "ru")).explained_by == "the accuracies of Table 2"


def test_the_tolerance_is_what_rounding_allows() -> None:
    assert at(Place(2, "xlm-r-base", "gap", "fr")).tolerance == pytest.approx(0.015, abs=1e-6)
    assert at(Place(2, "xlm-r-base", "accuracy", "avg")).tolerance == pytest.approx(0.01, abs=1e-6)
    assert at(Place(12, "en", "scores", "avg ALSACE")).tolerance == pytest.approx(1e-4, abs=1e-8)


def test_ernie_m_has_its_neighbours_number() -> None:
    found = at(Place(2, "ernie-m-large", "gap", "sw"))
    assert found.recomputed == pytest.approx(13.1)
    assert found.explained_by == "the next column's number (ur) again"


def test_what_the_text_states() -> None:
    gains = [one for one in AUDIT.recompute(TEXT) if one.row == "average-gains"]
    assert [round(one.recomputed, 2) for one in gains] == [0.6, 2.05, 1.88]
    assert not deviations(gains)
    for name in ("no-selection", "random-selection", "excluding-weak-stu"):
        assert not deviations(one for one in AUDIT.recompute(TEXT) if one.row == name)
    assert len(AUDIT.recompute(TEXT)) == 24
    assert len(AUDIT.recompute_all) == sum(count for count, *_ in COUNTS.values()) + 24
