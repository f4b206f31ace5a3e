"""The balanced-training paper's comparisons as runs, in the form of our own."""

from __future__ import annotations

import pytest

from core.published.balanced.runs import runs
from core.runs.describe import describe

RUNS = {run.id.removeprefix("published-balanced-table-"): run.record for run in runs()}


def test_which_there_are() -> None:
    assert set(RUNS) == {
        "2-shared", "2-diverse", "6-shared", "6-diverse", "7-shared", "7-diverse",
    }  # fmt: skip


def test_a_comparison() -> None:
    metrics = RUNS["2-shared"].metrics
    assert metrics["difference"]["hl"] == {"high": -5.8, "low": -2.5, "all": -3.9}
    assert metrics["difference"]["distilled"]["all"] == -3.7
    assert metrics["difference_by_language"]["balanced"] == {"de": -9.2}
    assert metrics["groups"] == {"high": ["en", "de", "es"], "low": ["hu", "vi", "tr", "eu"]}
    assert metrics["parameters"] == 51193168 and metrics["characters"]["eu"] == 10_000_000
    assert metrics["mrr"] == {} == metrics["teachers"]
    assert RUNS["2-shared"].warnings == [
        "difference of distilled over all languages: printed -3.7, its groups give -3.3"
    ]
    assert RUNS["2-diverse"].warnings == []
    assert RUNS["2-diverse"].metrics["difference_by_language"]["distilled"] == {"de": -5.2}


def test_a_probe() -> None:
    metrics = RUNS["7-shared"].metrics
    assert metrics["task"] == "ner" and metrics["seeds"] == 5 and metrics["scores"] == {}
    assert metrics["zero_shot"]["distilled"]["de"] == {"mean": 26.9, "sd": 1.1}
    assert set(metrics["in_lang"]) == {"hl", "balanced", "distilled"}
    groups = metrics["group_scores"]["hl"]
    mean = (31.4 + 33.0 + 38.2) / 3
    assert groups["high"]["in_lang"] == {"mean": pytest.approx(mean), "sd": None}
    assert metrics["printed"]["group_scores"]["distilled"]["de"]["zero_shot"] == 23.9
    assert metrics["printed"]["group_scores"]["hl"]["all"] == {"in_lang": 29.8, "zero_shot": 24.2}


def test_they_are_described() -> None:
    text = describe(RUNS["6-diverse"])
    assert "POS, all languages in-language: hl 63.3, balanced 62.7, distilled 64.9" in text
    assert "published numbers" in text and "can't be read" not in text
    rows = [line.split() for line in describe(RUNS["2-shared"]).split("\n")]
    assert ["low", "-2.5", "+0.3", "-0.1"] in rows and ["all", "-3.9", "-4.0", "-3.7"] in rows
