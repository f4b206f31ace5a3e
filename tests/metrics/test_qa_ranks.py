"""Ranks of the first right answers beside counts by hand and a plain loop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.qa.scores import UNASKED
from core.errors import UserError
from core.metrics.qa_ranks import ALL, rank_change, rank_intervals, rank_table
from tests.metrics.qa_scores import drawn_scores, scores_of

RANK = [[[1, 2, 0], [1, 1, 3]], [[2, UNASKED, 0], [0, 0, 1]]]
TWO = scores_of(np.where(np.array(RANK) == UNASKED, np.nan, 0), rank=RANK)


def test_by_question_language() -> None:
    found = rank_table(TWO)
    assert found.rows == ("en", "sw", ALL)
    assert found.counts.tolist() == [[3, 1, 1], [1, 1, 0], [4, 2, 1]]
    assert found.asked.tolist() == [6, 5, 11]
    assert found.shares[1].tolist() == pytest.approx([20, 20, 0])
    assert found.said.tolist() == pytest.approx([50, 20, 400 / 11])
    assert found.unsaid.tolist() == pytest.approx([200 / 6, 20, 300 / 11])
    assert found.unknown.tolist() == pytest.approx([100 / 6, 60, 400 / 11])


def test_by_context_language() -> None:
    found = rank_table(TWO, "context")
    assert found.counts.tolist() == [[1, 2, 0], [3, 0, 1], [4, 2, 1]]
    assert found.asked.tolist() == [5, 6, 11]


def test_a_language_that_was_not_asked_has_no_share() -> None:
    none = scores_of(
        [[[1.0], [1.0]], [[np.nan], [np.nan]]], rank=[[[1], [2]], [[UNASKED], [UNASKED]]]
    )
    found = rank_table(none)
    assert np.isnan(found.shares[1]).all() and np.isnan(found.unsaid[1])
    assert rank_intervals(none, resamples=50).unsaid["sw"] is None


@pytest.mark.parametrize("by", ["question", "context"])
def test_intervals_are_those_of_a_plain_loop(by) -> None:
    before, after = drawn_scores(1), drawn_scores(2, better=0.2)
    names = sorted(set(before.clusters), key=before.clusters.index)
    draws = np.random.default_rng(5).integers(len(names), size=(200, len(names)))
    place = before.questions.index("sw")

    def share(scores, items, wanted):
        ranks = scores.rank[place] if by == "question" else scores.rank[:, place]
        drawn = [int(row[n]) for row in ranks for n in items if row[n] != UNASKED]
        return 100 * sum(rank in wanted for rank in drawn) / len(drawn)

    for wanted in ((1,), (2,), (2, 3), (0,)):
        plain = []
        for draw in draws:
            items = [n for k in draw for n, c in enumerate(before.clusters) if c == names[k]]
            plain.append((share(before, items, wanted), share(after, items, wanted)))
        was, now = np.array(plain).T
        alone = rank_intervals(before, by, resamples=200, seed=5)
        both = rank_change(before, after, by, resamples=200, seed=5)
        every = range(24)
        for found, drawn, estimate in (
            (alone, was, share(before, every, wanted)),
            (both, now - was, share(after, every, wanted) - share(before, every, wanted)),
        ):
            if wanted == (0,):
                interval = found.unknown["sw"]
            elif len(wanted) > 1:
                interval = found.unsaid["sw"]
            else:
                interval = found.shares["sw"][wanted[0] - 1]
            assert interval.estimate == pytest.approx(estimate)
            low, high = np.quantile(drawn, [0.025, 0.975])
            assert (interval.low, interval.high) == pytest.approx((low, high))


def test_intervals_follow_the_table() -> None:
    scores = drawn_scores(4)
    table, found = rank_table(scores), rank_intervals(scores, resamples=100)
    for i, row in enumerate(table.rows):
        assert [x.estimate for x in found.shares[row]] == pytest.approx(table.shares[i].tolist())
        assert found.unsaid[row].estimate == pytest.approx(table.unsaid[i])
        assert found.unknown[row].estimate == pytest.approx(table.unknown[i])


def test_other_depths_are_refused() -> None:
    scores = drawn_scores(1)
    with pytest.raises(UserError, match="3 answers a question, after at 10"):
        rank_change(scores, replace(scores, ranks=10))
