"""One language in two sets of languages."""

from __future__ import annotations

from core.metrics.balance_scores import BalanceScores
from core.metrics.probe_record import ProbeRecord
from core.metrics.shared_language import (
    DIVERSE,
    SHARED,
    better_set,
    in_set,
    pieces_text,
    printed_set,
    script_of,
)
from core.published.runs import published_runs
from tests.dashboard.balanced_runs import LANGUAGES, probe_metrics


def scores(**mrr: float) -> BalanceScores:
    found = {name: {"de": value, "eu": 1.0} for name, value in mrr.items()}
    return BalanceScores(found, {"all": ("de", "eu")}, {}, {})


def test_scripts_name_a_set() -> None:
    assert script_of(("de", "vi")) == SHARED and script_of(("de", "ru")) == DIVERSE


def test_a_languages_scores_and_where_it_does_better() -> None:
    metrics = probe_metrics(LANGUAGES)
    probes = ProbeRecord.from_json(metrics)
    one = in_set(scores(teachers=30, hl=28, balanced=20), probes, "de")
    assert one.mrr == {"teachers": 30, "hl": 28, "balanced": 20}
    assert one.distance == {"hl": -2, "balanced": -10}
    assert one.in_language["teachers"] == metrics["in_lang"]["teacher-de"]["de"]["mean"]
    assert one.cells("hl")["ZERO-SHOT"] == metrics["zero_shot"]["hl"]["de"]["mean"]
    other = in_set(scores(teachers=31, hl=28, balanced=25), None, "de")
    assert other.cells("hl")["IN-LANG"] is None
    titles = {"hl": "HL", "balanced": "HL balanced"}
    assert better_set({"a": one, "b": other}, titles) == (
        "HL (−2.0 against −3.0) in the set of a; HL balanced (−10.0 against −6.0) in the set of b"
    )


def test_the_papers_table_5_comes_out_of_its_rows() -> None:
    rows = {run.record.config["row"]: run.record.metrics for run in published_runs("balance")}
    pos = {
        run.record.config["row"]: run.record.metrics
        for run in published_runs("balance_probe")
        if run.record.metrics["task"] == "pos"
    }
    sets = {name: printed_set(rows[name], pos[name], "de") for name in ("shared", "diverse")}
    assert sets["diverse"].distance == {"hl": -2.5, "balanced": -12, "distilled": -5.2}
    assert sets["shared"].cells("hl") == {
        "MRR": None, "D": -2.9, "IN-LANG": 87.1, "ZERO-SHOT": 32.3,
    }  # fmt: skip
    said = better_set(sets, {"hl": "HL", "balanced": "HL balanced", "distilled": "Distilled"})
    assert said.startswith("HL balanced (−9.2 against −12.0) in the set of shared; HL (")


def test_distances_from_teachers_far_apart_do_not_compare() -> None:
    one = in_set(scores(teachers=45, hl=30), None, "de", 1.0)
    other = in_set(scores(teachers=12, hl=11), None, "de")
    said = pieces_text({"a": one, "b": other})
    assert "an MRR of 45.0 % (a) and 12.0 % (b)" in said
    assert "(a piece takes 1.0 characters in the set of a)" in said
    assert pieces_text({"a": one, "b": in_set(scores(teachers=31, hl=1), None, "de")}) == ""


def test_a_model_above_its_teacher_does_better_however_far_it_is() -> None:
    one = in_set(scores(teachers=30, hl=31.2, balanced=29), None, "de")
    other = in_set(scores(teachers=30, hl=30.1, balanced=29), None, "de")
    said = better_set({"a": one, "b": other}, {"hl": "HL", "balanced": "HL balanced"})
    assert said == "HL (+1.2 against +0.1) in the set of a"
