"""XLT, G-XLT and their parts beside values worked out by hand, intervals beside a plain loop."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from core.data.qa.scores import QaScores
from core.errors import UserError
from core.metrics.qa_transfer import change, intervals, matrix, paired, summarize, transfer
from tests.metrics.qa_scores import drawn_scores, scores_of

NAN = math.nan
# en-en (1 + 0.5) / 2 = 75, en-sw 50, sw-en 25 (one question), sw-sw 0
TWO = scores_of([[[1, 0.5], [1, 0]], [[NAN, 0.25], [0, 0]]])


def test_by_hand() -> None:
    assert matrix(TWO).tolist() == [[75, 50], [25, 0]]
    found = transfer(TWO)
    assert (found.g_xlt, found.xlt, found.off_diagonal, found.gap) == (37.5, 37.5, 37.5, 0)
    assert found.by_question == {"en": 62.5, "sw": 12.5}
    assert found.by_context == {"en": 50, "sw": 25}
    assert found.by_question_family == {"Germanic": 62.5, "Bantu": 12.5}
    assert found.cells[("sw", "en")] == 25
    assert matrix(TWO, "exact_match").tolist() == [[50, 50], [0, 0]]
    assert transfer(TWO, "exact_match").g_xlt == 25


def test_families_are_means_over_pairs() -> None:
    rows = [[[0.1], [0.2], [0.3]], [[0.4], [0.5], [0.6]], [[0.7], [0.8], [0.9]]]
    languages = ("de", "en", "sw")
    found = transfer(scores_of(rows, questions=languages, contexts=languages))
    assert found.by_question_family == pytest.approx({"Germanic": 35, "Bantu": 80})
    assert found.by_context_family == pytest.approx({"Germanic": 45, "Bantu": 60})
    assert found.xlt == pytest.approx(50) and found.off_diagonal == pytest.approx(50)


def test_every_pair_counts_once_however_many_questions_it_has() -> None:
    found = transfer(scores_of([[[1, 1, 1], [0, NAN, NAN]]], questions=["en"]))
    assert found.g_xlt == 50


def test_languages_of_questions_and_contexts_may_differ() -> None:
    found = transfer(scores_of([[[1.0], [0.5]]], questions=["sw"], contexts=["en", "sw"]))
    assert (found.g_xlt, found.xlt, found.off_diagonal) == (75, 50, 100)


def test_what_was_never_asked_is_none() -> None:
    """As TyDiQA: every question has one language."""
    own = scores_of([[[1, NAN], [NAN, NAN]], [[NAN, NAN], [NAN, 0.5]]])
    found = transfer(own)
    assert (found.g_xlt, found.xlt, found.off_diagonal, found.gap) == (75, 75, None, None)
    assert found.cells[("en", "sw")] is None
    assert np.isnan(matrix(own)[0, 1])
    assert intervals(own, resamples=50).off_diagonal is None


def test_the_record() -> None:
    found = summarize(TWO, 12.5)
    assert found == {
        "f1": {
            "g_xlt": 37.5,
            "xlt": 37.5,
            "off_diagonal": 37.5,
            "by_question": {"en": 62.5, "sw": 12.5},
            "by_context": {"en": 50, "sw": 25},
        },
        "exact_match": {
            "g_xlt": 25,
            "xlt": 25,
            "off_diagonal": 25,
            "by_question": {"en": 50, "sw": 0},
            "by_context": {"en": 25, "sw": 25},
        },
        "questions": 2,
        "clusters": 2,
        "answered": 7,
        "questions_per_second": 12.5,
    }
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def plain_part(scores: QaScores, items: list[int], part: str) -> float:
    """Mean over pairs of the mean over the drawn questions, one at a time."""
    cells = []
    for i, asked in enumerate(scores.questions):
        for j, read in enumerate(scores.contexts):
            kept = {
                "g_xlt": True,
                "xlt": asked == read,
                "off_diagonal": asked != read,
                "sw": asked == "sw",
            }[part]
            values = [float(scores.f1[i, j, n]) for n in items]
            values = [value for value in values if not math.isnan(value)]
            if kept and values:
                cells.append(100 * sum(values) / len(values))
    return sum(cells) / len(cells)


@pytest.mark.parametrize("part", ["g_xlt", "xlt", "off_diagonal", "sw"])
def test_intervals_are_those_of_a_plain_loop(part: str) -> None:
    before, after = drawn_scores(1), drawn_scores(2, better=0.2)
    names = sorted(set(before.clusters), key=before.clusters.index)
    draws = np.random.default_rng(7).integers(len(names), size=(200, len(names)))
    values = {"before": [], "after": []}
    for draw in draws:
        items = [n for k in draw for n, c in enumerate(before.clusters) if c == names[k]]
        values["before"].append(plain_part(before, items, part))
        values["after"].append(plain_part(after, items, part))

    def read(found):
        return found.by_question["sw"] if part == "sw" else getattr(found, part)

    was, now = (np.array(values[when]) for when in ("before", "after"))
    every = list(range(len(before.ids)))
    estimates = plain_part(before, every, part), plain_part(after, every, part)
    alone = read(intervals(before, resamples=200, seed=7))
    both = read(paired(before, after, resamples=200, seed=7))
    assert alone.estimate == pytest.approx(estimates[0], abs=1e-4)
    assert both.estimate == pytest.approx(estimates[1] - estimates[0], abs=1e-4)
    for found, plain in ((alone, was), (both, now - was)):
        low, high = np.quantile(plain, [0.025, 0.975])
        assert found.low == pytest.approx(low, abs=1e-4)
        assert found.high == pytest.approx(high, abs=1e-4)
        assert found.standard_error == pytest.approx(plain.std(), abs=1e-4)


def test_the_gap_is_xlt_minus_the_rest_in_every_resample() -> None:
    """All pairs of one article gain the same: the gap's change is 0 whatever is drawn."""
    before = drawn_scores(3, unasked=0)
    gain = np.array([int(name[1]) / 10 for name in before.clusters], dtype=np.float32)
    after = replace(before, f1=before.f1 + gain)
    found = paired(before, after, resamples=200)
    assert found.gap is not None and found.g_xlt is not None
    assert found.gap.low == pytest.approx(0, abs=1e-3) == found.gap.high
    assert found.g_xlt.high - found.g_xlt.low > 5


def test_the_change_in_the_record() -> None:
    before, after = drawn_scores(1), drawn_scores(2, better=0.3)
    found = change(before, after, resamples=500, seed=3)
    both = paired(before, after, resamples=500, seed=3)
    assert set(found) == {"f1", "exact_match", "n", "clusters", "resamples", "level", "seed"}
    assert (found["n"], found["clusters"], found["resamples"]) == (24, 6, 500)
    for name in ("f1", "exact_match"):
        parts = {"g_xlt", "xlt", "off_diagonal", "by_question", "by_context"}
        assert set(found[name]) == parts
    told = found["f1"]["by_context"]["de"]
    interval = both.by_context["de"]
    assert interval is not None and told == interval.to_json()
    assert told["low"] < told["estimate"] < told["high"]
    assert found["f1"]["g_xlt"]["verdict"] == "up"
    difference = summarize(after)["f1"]["g_xlt"] - summarize(before)["f1"]["g_xlt"]
    assert found["f1"]["g_xlt"]["estimate"] == pytest.approx(difference)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_one_article_gives_no_interval() -> None:
    before = drawn_scores(1, articles=1)
    found = change(before, drawn_scores(2, articles=1, better=0.5), resamples=50)
    told = found["f1"]["g_xlt"]
    assert told["estimate"] > 0 and told["verdict"] == "undetermined"
    assert told["low"] is told["high"] is told["detectable"] is None


def test_no_change_is_unchanged() -> None:
    found = change(drawn_scores(1), drawn_scores(1), resamples=50)
    assert found["exact_match"]["xlt"]["verdict"] == "unchanged"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"ids": tuple(f"p{i}" for i in range(24))}, "different questions"),
        ({"clusters": ("a",) * 24}, "different clusters"),
        ({"questions": ("en", "de", "fr")}, "different question languages"),
        ({"contexts": ("en", "de", "fr")}, "different context languages"),
        ({"normalization": "squad"}, "the mlqa normalization, after with squad"),
    ],
)
def test_what_can_not_be_subtracted_is_refused(other: dict, words: str) -> None:
    before = drawn_scores(1)
    with pytest.raises(UserError, match=words):
        change(before, replace(before, **other))


def test_other_pairs_asked_and_no_resamples_are_refused() -> None:
    before = drawn_scores(1)
    f1 = before.f1.copy()
    f1[0, 0] = 0.5
    with pytest.raises(UserError, match="asked different questions"):
        paired(before, replace(before, f1=f1))
    with pytest.raises(UserError, match="resamples must be 1 or more"):
        intervals(before, resamples=0)
