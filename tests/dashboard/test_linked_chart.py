"""Clicks on charts, told to the example browser."""

from __future__ import annotations

import copy

import pytest

from core.figures.agreement import agreement
from core.figures.before_after import before_after
from core.figures.transfer_gap import transfer_gap_map
from core.published.alsace.geomlama import METHODS, table_12
from dashboard import linked_chart, question_panel
from dashboard.linked_chart import PICK, Link, clickable
from dashboard.url_state import MOVED

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


def test_what_was_clicked_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    link = Link(("language", "run"), lambda values: None, "Which questions are right")
    monkeypatch.setattr(linked_chart.st, "session_state", {})
    assert link.told("chart_a") == ""
    picked = {"selection": {PICK: [{"language": "sw", "run": "*a*"}]}}
    monkeypatch.setattr(linked_chart.st, "session_state", {"chart_a": picked})
    said = r"Chosen: sw, \*a\*. See [Which questions are right](#which-questions-are-right) below."
    assert link.told("chart_a") == said
    assert Link(("language",), lambda values: None).told("chart_a") == ""


def test_a_click_is_a_moved_control(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {"chart_a": {"selection": {PICK: [{"language": "sw"}]}}}
    monkeypatch.setattr(linked_chart.st, "session_state", state)
    told: list[object] = []
    Link(("language",), told.append).options({"mark": "bar"}, "chart_a")["on_select"]()
    assert told == [{"language": "sw"}] and state[MOVED]


def test_a_cell_of_regions_chooses_its_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    said: dict[str, str | None] = {}
    monkeypatch.setattr(question_panel, "name_in_url", said.__setitem__)
    link = question_panel.to_questions(table_12()[METHODS[0]].scores, "Questions")
    link.clicked({"language": "fa", "region": "IR"})
    assert list(said.values()) == ["fa", "IR", "all"]
    link.clicked({"language": "AVERAGE", "region": "IR"})
    assert list(said.values()) == [None, "IR", "all"]
    link.clicked({})
    assert list(said.values()) == [None, None, "all"]
