"""What a record holds of a distillation's outcome, and what a damaged one holds."""

from __future__ import annotations

from typing import Any

import pytest

from core.metrics.bootstrap import Interval
from core.runs.ablation_rows import ablations, recorded_items, scored
from core.runs.families import trials_of
from core.runs.record import RunRecord
from core.runs.scores import change_of, collapsed, kept_step_of
from tests.dashboard.compared_runs import trial_run

SCORES = {"en": 60.0, "sw": 40.0}
WHOLE = {
    "before": {"accuracy": SCORES},
    "after": {"accuracy": SCORES},
    "distillation": {"kept_step": 0, "collapse": "agreement fell"},
    "change": {"average": Interval(-1.5, 1.25, 0.5, 0.7).to_json()},
}


def record(**metrics: Any) -> RunRecord:
    return trial_run(SCORES, SCORES, record={"metrics": {**WHOLE, **metrics}}).record


def test_a_whole_record() -> None:
    found = change_of(record())
    assert found is not None
    assert (found.low, found.high, found.estimate) == (-1.5, 1.25, 0.5)
    assert found.standard_error == pytest.approx(0.7)
    assert kept_step_of(record()) == 0 and collapsed(record())


@pytest.mark.parametrize("part", [None, 3, [], {}, {"average": None}, {"average": {"low": "x"}}])
def test_what_is_not_recorded(part: object) -> None:
    broken = record(change=part, distillation=part)
    assert change_of(broken) is None
    assert kept_step_of(broken) is None and not collapsed(broken)


def test_a_family_knows_what_its_runs_recorded() -> None:
    runs = [
        trial_run(SCORES, SCORES, number=0, strategy="none", record={"metrics": WHOLE}),
        trial_run(SCORES, SCORES, number=1),
    ]
    (family,) = ablations(trials_of(runs))
    assert {x.row: (x.kept_step, x.collapsed) for x in scored(family)} == {
        "none": (0, True), "alsace": (None, False),
    }  # fmt: skip
    found = recorded_items(family)
    assert list(found) == [0] and list(found[0]) == [("none", "before")]
    assert found[0]["none", "before"].high == 1.25
