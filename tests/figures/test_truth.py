"""The figure of the truth check: points, ranges, and the tick of chance."""

from __future__ import annotations

from functools import partial

import pytest

from core.errors import UserError
from core.figures.data_table import table
from core.figures.registry import builder
from core.figures.truth import WORDS, truth
from core.selection.truth import BY_REGION, MEASURES, TruthCheck
from tests.figures.test_figures import probed_run, some_run
from tests.figures.test_layout import TWELVE, faults


@pytest.mark.parametrize("measure", MEASURES)
def test_rows_are_the_checks_numbers(measure: str) -> None:
    found = TruthCheck.from_json(probed_run().record.metrics["truth"])
    rows = table(truth(found, measure=measure)).set_index(["strategy", "scope"])
    assert len(rows) == 2 * len(found.rows)
    assert sorted(x for names in found.rows.values() for x in names) == sorted(found.strategies)
    for name, (first, *_) in found.rows.items():
        row = rows.loc[(name, WORDS[BY_REGION])]
        part = found.strategies[first][BY_REGION].measures[measure]
        assert row["share"] == pytest.approx(100 * part.mean)
        assert row["chance"] == pytest.approx(100 * part.chance)
        assert row["low"] <= row["share"] <= row["high"]


def test_strategies_that_choose_alike_share_a_row_and_are_named() -> None:
    """Strategies that change only who learns choose ALSACE's teachers."""
    found = TruthCheck.from_json(probed_run().record.metrics["truth"])
    ((name, names),) = [x for x in found.rows.items() if x[1][0] == "alsace"]
    assert {"student-student", "same-family", "same-script", "proximity"} <= set(names)
    assert name == f"alsace and {len(names) - 1} alike" and "none" not in names
    assert all(found.strategies[x] == found.strategies["alsace"] for x in names)
    assert "student-student" in str(truth(found).to_dict()["title"])


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("width", [218, 454])
def test_every_measure_fits_on_paper(measure: str, width: int) -> None:
    found = TruthCheck.from_json(probed_run(TWELVE).record.metrics["truth"])
    assert faults(partial(truth, found, measure=measure), width) == []


def test_a_run_without_a_check_says_how_to_get_one() -> None:
    with pytest.raises(UserError, match="python -m core probe"):
        builder("truth", some_run())(paper=True, width=218)
