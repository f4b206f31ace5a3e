"""The sentences follow the numbers and their intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.qa.scores import QaScores
from core.metrics.qa_ranks import rank_change, rank_table
from core.metrics.qa_transfer import paired, transfer
from core.metrics.qa_transfer_text import state_of, summary_of, unsaid_of
from tests.metrics.qa_scores import drawn_scores, scores_of

LANGUAGES = ("en", "de", "sw", "ha")
START = drawn_scores(1, languages=LANGUAGES, unasked=0)


def gained(points: object, start: QaScores = START) -> QaScores:
    """Every question of a pair gains so much; points: [question, context languages] or one."""
    gain = np.broadcast_to(np.array(points, dtype=np.float32) / 100, start.f1.shape[:2])
    return replace(start, f1=start.f1 + gain[:, :, None])


def said(after: QaScores, before: QaScores = START) -> list[str]:
    moved = paired(before, after, resamples=200)
    return summary_of(transfer(before), transfer(after), moved)


def test_everything_rose_alike() -> None:
    overall, off, _, question, context, pairs = said(gained(10))
    start = transfer(START).g_xlt
    assert overall == (
        f"G-XLT F1 rose from {start:.1f} to {start + 10:.1f} (+10.0 points, 95 % interval +10.0 to "
        "+10.0)."
    )
    assert off.startswith("Off the diagonal (question and context in two languages) F1 rose from")
    assert "it is undetermined whether" not in off
    assert "rose for all 4 languages, most for" in question
    assert question.count("+10.0 [+10.0, +10.0]") == context.count("+10.0 [+10.0, +10.0]") == 3
    assert pairs.startswith("Of 16 pairs of languages 16 rose and 0 fell, each by its own interval")


def test_where_it_rose_and_where_it_fell() -> None:
    points = np.zeros((4, 4))
    points[:, 2] = 20  # contexts in Swahili
    points[:, 3] = -4  # contexts in Hausa
    lines = said(gained(points))
    assert "By language of the context, F1 rose for Swahili (+20.0 [+20.0, +20.0])" in lines[4]
    assert "fell for Hausa (−4.0 [−4.0, −4.0]); stayed the same for English" in lines[4]
    assert "Of 16 pairs of languages 4 rose and 4 fell" in lines[5]
    assert "context in Swahili (+20.0 [+20.0, +20.0])." in lines[5]


def test_only_the_diagonal_rose() -> None:
    lines = said(gained(8 * np.eye(4)))
    assert lines[0].startswith("G-XLT F1 rose") and "(+2.0 points" in lines[0]
    assert "did not change" in lines[1] and "rose" not in lines[1]
    assert lines[2].startswith("What two languages cost (XLT minus off the diagonal, F1) grew from")


def test_the_cost_shrank() -> None:
    lines = said(gained(8 * (1 - np.eye(4))))
    assert lines[2].startswith("What two languages cost (XLT minus off the diagonal, F1) shrank")


def test_everything_fell() -> None:
    lines = said(gained(-5))
    assert lines[0].startswith("G-XLT F1 fell from")
    assert "fell for all 4 languages, most for" in lines[3]
    assert lines[5].startswith("Of 16 pairs of languages 0 rose and 16 fell")
    assert not any("rose for" in line or "most: question" in line for line in lines)


def test_an_interval_that_holds_0_is_no_finding() -> None:
    """Half of the articles gain what the others lose."""
    sign = np.array([1 if int(name[1]) % 2 else -1 for name in START.clusters], dtype=np.float32)
    lines = said(replace(START, f1=START.f1 + sign / 10))
    assert "(0.0 points, 95 % interval −" in lines[0]
    assert lines[0].endswith("so it is undetermined whether it moved.")
    assert lines[3].endswith("may have moved either way for all 4 languages.")
    assert len(lines) == 5  # nothing is said of single pairs


def test_one_article_decides_nothing() -> None:
    before = drawn_scores(1, articles=1)
    lines = said(gained(30, before), before)
    assert lines[0].endswith("(+30.0 points), so it is undetermined whether it moved.")
    assert lines[-1].startswith("All questions are of one article")
    assert not any(" rose " in line for line in lines[:-1])


def test_pairs_that_were_never_asked_are_not_spoken_of() -> None:
    nan = np.nan
    own = scores_of([[[1, 0, nan], [nan] * 3], [[nan] * 3, [nan, 0.5, 1]]])
    lines = said(own, own)
    assert not any("diagonal" in line for line in lines)
    assert lines[0] == "G-XLT F1 did not change (62.5)."
    assert state_of(transfer(own)) == (
        "G-XLT F1 is 62.5, 62.5 with question and context in one language (XLT); weakest: "
        "questions in English (50.0), contexts in English (50.0)."
    )


def test_the_state_of_a_model() -> None:
    two = scores_of([[[1], [0.5]], [[0.25], [0]]])
    assert state_of(transfer(two)) == (
        "G-XLT F1 is 43.8, 50.0 with question and context in one language (XLT), 37.5 in two; "
        "weakest: questions in Swahili (12.5), contexts in Swahili (25.0)."
    )
    assert state_of(transfer(two, "exact_match"), "exact_match").startswith("G-XLT exact match is")


@pytest.mark.parametrize("by", ["question", "context"])
def test_what_is_known_but_not_said(by) -> None:
    ranks = np.array([[[1, 2], [2, 0]], [[3, 2], [2, 1]]])
    before = scores_of(np.zeros((2, 2, 2)), rank=ranks)
    after = replace(before, rank=np.ones_like(before.rank))

    def told(now: QaScores) -> str:
        return unsaid_of(
            rank_table(before, by), rank_table(now, by), rank_change(before, now, by, resamples=50)
        )

    assert told(after).startswith(
        "The share of questions whose right answer the model knows but does not say (rank 2 to 3) "
        "fell from 62.5 to 0.0 % (−62.5 points, 95 % interval −"
    )
    most = "questions in Swahili (75.0 %)" if by == "question" else "contexts in English (75.0 %)"
    assert f"Before, it was largest for {most}." in told(after)
    assert told(after).endswith(
        "The share that it says first rose from 25.0 to 100.0 % (+75.0 points, 95 % interval +75.0 "
        "to +75.0)."
    )
    assert "did not change (62.5 %)" in told(before)
