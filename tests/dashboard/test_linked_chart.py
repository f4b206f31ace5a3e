"""Clicks on charts, told to the example browser."""

from __future__ import annotations

import copy

from core.figures.agreement import agreement
from core.figures.before_after import before_after
from core.figures.transfer_gap import transfer_gap_map
from dashboard.linked_chart import PICK, clickable

SCORES = {"en": 80.0, "sw": 60.0}


def test_the_first_marks_can_be_clicked_and_the_chart_is_not_changed() -> None:
    import numpy as np

    for chart, fields in (
        (transfer_gap_map({"a": SCORES}), ("language", "run")),
        (before_after(SCORES, {"en": 81.0, "sw": 66.0}, chance=33.3), ("language",)),
        (agreement(("en", "sw"), np.array([[1.0, 0.5], [0.5, 1.0]])), ("language", "other")),
    ):
        spec = chart.to_dict()
        kept = copy.deepcopy(spec)
        made = clickable(spec, fields)
        assert spec == kept
        with_params = [x for x in made["layer"] if "params" in x]
        [unit] = with_params
        [param] = unit["params"]
        assert param["name"] == PICK and param["select"]["fields"] == list(fields)
        assert unit["mark"]["type"] in ("rect", "point", "bar")
        values = spec.get("data", {}).get("values") or next(iter(spec["datasets"].values()))
        assert set(fields) <= set(values[0])


def test_a_chart_without_such_marks_is_left_alone() -> None:
    spec = {"mark": "line", "encoding": {}}
    assert clickable(spec, ("language",)) == spec
