"""What a heatmap says of a cell under the pointer: a short number, and in which unit."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
import vl_convert

from core.figures.accuracy_map import accuracy_map
from core.figures.g_xlt import g_xlt_map
from core.figures.pair_scores import BEFORE, CHANGE, PairScores
from core.figures.registry import builder
from core.figures.theme import Chart
from core.figures.transfer_gap import transfer_gap_map
from tests.figures.test_figures import run_for

SCORES = {"en": 80.0, "sw": 80 - 9.86267166042}


def told(chart: Chart) -> dict[str, set[str]]:
    """Title -> texts of the number of every tooltip, which is its last field.

    They are read where a drawing without a pointer has them too, in the descriptions of the marks.
    """
    spec = chart.to_dict()
    found: dict[str, set[str]] = defaultdict(set)
    for layer in spec["layer"]:
        fields = layer.get("encoding", {}).pop("tooltip", None)
        if fields:
            layer["encoding"]["description"] = fields[-1]
            one: Any = vl_convert.vegalite_to_scenegraph({**spec, "layer": [layer]})
            number = fields[-1]
            found[number.get("title", number["field"])] |= _descriptions(one["scenegraph"])
    return found


def _descriptions(node: dict[str, Any]) -> set[str]:
    own = {node["description"]} if "description" in node else set[str]()
    return own.union(*(_descriptions(child) for child in node.get("items", [])))


def test_accuracies_are_in_percent_and_gaps_in_points() -> None:
    assert told(accuracy_map({"a": SCORES})) == {"Accuracy (%)": {"80.0", "70.1", "75.1"}}
    assert told(transfer_gap_map({"a": SCORES})) == {
        "Gap (points)": {"9.9"},
        "Accuracy (%)": {"80.0", "75.1"},
    }


def test_scores_are_in_percent_and_their_changes_in_points() -> None:
    cells = {BEFORE: np.array([[42.46]]), CHANGE: np.array([[1.26]])}
    shown = PairScores(("en",), ("en",), cells, "F1")
    assert told(g_xlt_map(shown)) == {"F1": {"42.5 %", "+1.3 points"}}
    texts = told(builder("probing", run_for("probing"))())
    assert list(texts) == ["Accuracy"]
    assert {x.split()[-1] for x in texts["Accuracy"]} == {"%", "points"}


@pytest.mark.parametrize(
    ("name", "title"), [("agreement", "Same answer (%)"), ("stability-size", "Subsamples (%)")]
)
def test_shares_are_in_percent(name: str, title: str) -> None:
    texts = told(builder(name, run_for(name))())
    assert list(texts) == [title] and all(len(x.partition(".")[2]) == 1 for x in texts[title])
