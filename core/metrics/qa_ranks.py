"""At which rank the first right answer stands (Carrino et al., Table 1): known but not said.

A model gives its best distinct answers; the first is what it says. A question whose right answer
stands at a later rank is one it knows but does not say. Right means exactly right after
normalisation. Every question counts once in each pair of languages it was asked in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.data.qa.scores import QaScores
from core.errors import UserError
from core.metrics.bootstrap import RESAMPLES, Interval
from core.metrics.qa_resampling import check_paired, interval_of, resampled_ratios

By = Literal["question", "context"]
ALL = "all"
"""The row of all languages together."""


@dataclass(frozen=True)
class RankTable:
    """Counts of questions by rank, one row a language, the last one (`ALL`) over all of them."""

    by: By
    """Whose language the rows are: the question's or the context's."""
    rows: tuple[str, ...]
    """The languages, and `ALL`."""
    counts: NDArray[np.int64]
    """[rows, ranks]: questions whose first right answer stands at rank 1, 2, ..."""
    asked: NDArray[np.int64]
    """[rows]: questions asked."""

    @property
    def shares(self) -> NDArray[np.float64]:
        """[rows, ranks]: percent of the questions asked; NaN where none was."""
        return 100 * _share(self.counts, self.asked[:, None])

    @property
    def said(self) -> NDArray[np.float64]:
        """[rows]: percent with the right answer first, which is the exact match."""
        return self.shares[:, 0]

    @property
    def unsaid(self) -> NDArray[np.float64]:
        """[rows]: percent with the right answer at rank 2 or later: known but not said."""
        return 100 * _share(self.counts[:, 1:].sum(axis=1), self.asked)

    @property
    def unknown(self) -> NDArray[np.float64]:
        """[rows]: percent without a right answer at any rank."""
        return 100 * _share(self.asked - self.counts.sum(axis=1), self.asked)


@dataclass(frozen=True)
class RankIntervals:
    """Intervals of the shares of a `RankTable`, or of their change, in percent or points.

    A row that was not asked is None.
    """

    by: By
    shares: Mapping[str, tuple[Interval | None, ...]]
    """Row -> one a rank."""
    unsaid: Mapping[str, Interval | None]
    """Row -> of rank 2 and later together."""
    unknown: Mapping[str, Interval | None]
    """Row -> of no right answer."""


def rank_table(scores: QaScores, by: By = "question") -> RankTable:
    """The table of one model.

    Args:
        scores: of the model.
        by: whose language the rows are.
    """
    found = _found(scores, by)
    return RankTable(by, _rows(scores, by), found[:, 1:].sum(axis=2), found.sum(axis=(1, 2)))


def rank_intervals(
    scores: QaScores,
    by: By = "question",
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> RankIntervals:
    """Two-sided percentile intervals of the shares, over clusters that all languages share.

    Args:
        scores: of a model.
        by: whose language the rows are.
        resamples: at least 10,000 for a published interval.
        level: of the intervals.
        seed: of the draws.
    """
    return _resampled(scores, by, _found(scores, by), resamples, level, seed)


def rank_change(
    before: QaScores,
    after: QaScores,
    by: By = "question",
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> RankIntervals:
    """The change of the shares, after minus before, with paired intervals (`rank_intervals`).

    Raises:
        UserError: the two are not about the same questions, languages and normalization, or do
            not look at equally many answers.
    """
    check_paired(before, after)
    if before.ranks != after.ranks:
        raise UserError(
            f"before looks at {before.ranks} answers a question, after at {after.ranks}; "
            "evaluate both with the same --ranks"
        )
    gained = _found(after, by) - _found(before, by)
    return _resampled(before, by, gained, resamples, level, seed)


def _rows(scores: QaScores, by: By) -> tuple[str, ...]:
    return (*(scores.questions if by == "question" else scores.contexts), ALL)


def _found(scores: QaScores, by: By) -> NDArray[np.int64]:
    """[rows, 1 + ranks, questions]: in how many pairs the first right answer stands there.

    Place 0 counts the pairs without a right answer; a question's places add up to the pairs it was
    asked in.
    """
    others = 1 if by == "question" else 0
    places = [(scores.rank == rank).sum(axis=others) for rank in range(scores.ranks + 1)]
    languages = np.stack(places, axis=1).astype(np.int64)
    return np.concatenate([languages, languages.sum(axis=0, keepdims=True)])


def _resampled(
    scores: QaScores, by: By, found: NDArray[np.int64], resamples: int, level: float, seed: int
) -> RankIntervals:
    """Intervals of what `_found` counts, or of its change, out of the questions asked."""
    rows, kinds, _ = found.shape
    asked = np.repeat(_found(scores, by).sum(axis=1), kinds, axis=0)
    flat = found.reshape(rows * kinds, -1)
    drawn = 100 * resampled_ratios(flat, asked, scores.clusters, resamples, seed)
    samples = drawn.reshape(resamples, rows, kinds)
    estimates = 100 * _share(flat.sum(axis=1), asked.sum(axis=1)).reshape(rows, kinds)

    def of(row: int, first: int, last: int) -> Interval | None:
        summed = samples[:, row, first:last].sum(axis=1)
        return interval_of(summed, float(estimates[row, first:last].sum()), level)

    names = list(enumerate(_rows(scores, by)))
    return RankIntervals(
        by=by,
        shares={x: tuple(of(i, k, k + 1) for k in range(1, kinds)) for i, x in names},
        unsaid={x: of(i, 2, kinds) for i, x in names},
        unknown={x: of(i, 0, 1) for i, x in names},
    )


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Part by whole; NaN where the whole is 0."""
    wide = np.broadcast_to(whole, part.shape)
    return np.divide(part, wide, out=np.full(part.shape, np.nan), where=wide > 0)
