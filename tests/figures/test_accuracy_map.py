"""The map of accuracies: its numbers, its order, its colours and its widths."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from core.errors import UserError
from core.figures.accuracy_map import AVERAGE, OTHERS, accuracy_map
from core.figures.data_table import latex, table
from core.figures.export import to_svg
from core.figures.theme import Chart
from core.figures.transfer_gap import transfer_gap_map
from core.published.runs import published_runs
from tests.figures.test_layout import faults
from tests.figures.text_boxes import text_boxes

HIGH = {"en": 90.0, "fr": 80.0, "sw": 70.0}
LOW = {"en": 50.0, "sw": 20.0, "qu": 38.0}


def test_numbers_and_order() -> None:
    rows = table(accuracy_map({"high": HIGH, "low": LOW})).set_index(["run", "language"])["value"]
    assert rows["low", AVERAGE] == pytest.approx(36.0)
    assert rows["low", OTHERS] == pytest.approx(29.0)
    assert rows["high", "fr"] == 80.0 and ("low", "fr") not in rows
    order = accuracy_map({"high": HIGH, "low": LOW}).to_dict()["layer"][0]["encoding"]["y"]["sort"]
    # above their run's average: en +10 and +14, qu +2, fr 0, sw -10 and -16
    assert order == ["en", "qu", "fr", "sw", AVERAGE, OTHERS]


def test_without_english_there_is_no_average_of_the_others() -> None:
    rows = table(accuracy_map({"xcopa": {"sw": 52.0, "qu": 50.0}}))
    assert AVERAGE in set(rows["language"]) and OTHERS not in set(rows["language"])


def test_the_scale_holds_all_numbers() -> None:
    for scores in ({"en": 63.0}, {"en": 60.0}, HIGH, LOW, {"en": 0.0, "sw": 100.0}):
        spec = accuracy_map({"one": scores}).to_dict()["layer"][0]["encoding"]["color"]["scale"]
        low, high = spec["domain"]
        assert low <= min(scores.values()) <= max(scores.values()) <= high and low < high


@pytest.mark.parametrize("draw", [accuracy_map, transfer_gap_map])
def test_ten_labels_stand_in_lines_on_both_maps(draw: Callable[..., Chart]) -> None:
    runs = {f"ALSACE-large 3f9a0{i} {when}": HIGH for i in range(5) for when in ("before", "after")}
    texts = [x.text for x in text_boxes(to_svg(draw(runs)))]
    assert "3f9a04" in texts and "large" in texts and "ALSACE-" in texts
    assert not set(runs) & set(texts)


def test_bad_input() -> None:
    with pytest.raises(UserError, match="empty: there is no accuracy"):
        accuracy_map({"empty": {}})
    with pytest.raises(UserError, match="choose at most"):
        accuracy_map({str(i): HIGH for i in range(40)}, paper=True, width=218)


@pytest.mark.parametrize("width", [218, 454])
def test_published_rows_fit_on_paper(width: int) -> None:
    runs = [run for run in published_runs() if run.record.config["table"] in (2, 9)][:9]
    scores = {
        str(run.record.config["name"]): run.record.metrics["before"]["accuracy"] for run in runs
    }
    draw = partial(accuracy_map, scores, badges=["published numbers"])
    assert faults(draw, width) == []
    assert "T2 XLM-R-base" in latex(draw(paper=True, width=width))
