"""How sure the accuracy of one region in one language is: a bootstrap over question groups.

What is asked of one group (a question and its paraphrases, a territory) is not independent: a
resample draws the groups of a region, the same ones before and after and in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.probing_answers import ProbingAnswers
from core.errors import UserError
from core.metrics.bootstrap import (
    RESAMPLES,
    Interval,
    cluster_indices,
    cluster_sums,
    percentile_interval,
    resampled_sums,
)
from core.metrics.probing import ALL, hits

Cells = Mapping[str, Mapping[str, Interval]]
"""language -> region -> interval, in percent or points."""


@dataclass(frozen=True)
class ProbingIntervals:
    """Intervals of every cell, and how they were made."""

    before: Cells
    after: Cells | None
    """None for a run that only asks."""
    change: Cells | None
    """After minus before, in points; paired."""
    groups: int
    resamples: int
    level: float
    seed: int

    def of(self, when: str) -> Cells | None:
        """The cells ``before`` or ``after``."""
        return self.before if when == "before" else self.after


def probing_intervals(
    before: ProbingAnswers,
    after: ProbingAnswers | None = None,
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> ProbingIntervals:
    """Two-sided percentile intervals of the accuracy of each region in each language.

    Args:
        before: the answers of a model.
        after: of the model it became, on the same examples in the same languages.
        resamples: at least 10,000 for a published interval.
        level: of the intervals.
        seed: of the draws; every region starts from it.

    Raises:
        UserError: other examples or languages after than before, or bad settings.
    """
    if after is not None and (before.examples, before.languages) != (
        after.examples,
        after.languages,
    ):
        raise UserError(
            "a paired bootstrap needs the same examples and languages, before and after"
        )
    if resamples < 1 or not 0 < level < 1:
        raise UserError(f"resamples {resamples}, level {level}: 1 or more, and between 0 and 1")
    moments = [before] if after is None else [before, after]
    cells: list[dict[str, dict[str, Interval]]] = [
        {language: {} for language in before.languages} for _ in (*moments, *moments[1:])
    ]
    found = [np.stack(list(hits(answers).values())) for answers in moments]
    total = np.array([[len(row) for row in before.gold[x]] for x in before.languages])
    for region, rows in examples_of(before).items():
        groups = cluster_indices([before.groups[i] for i in rows])
        samples = _resampled([part[:, rows] for part in (*found, total)], groups, resamples, seed)
        shares = [100 * part[:, rows].sum(axis=1) / total[:, rows].sum(axis=1) for part in found]
        if after is not None:
            samples.append(samples[1] - samples[0])
            shares.append(shares[1] - shares[0])
        for place, language in enumerate(before.languages):
            for part, sample, share in zip(cells, samples, shares, strict=True):
                estimate = float(share[place])
                part[language][region] = percentile_interval(sample[:, place], estimate, level)
    return ProbingIntervals(
        before=cells[0],
        after=None if after is None else cells[1],
        change=None if after is None else cells[2],
        groups=len(set(before.groups)),
        resamples=resamples,
        level=level,
        seed=seed,
    )


def examples_of(answers: ProbingAnswers) -> dict[str, NDArray[np.int64]]:
    """Positions of the examples of each region, in order of first appearance."""
    named = np.array([region or ALL for region in answers.regions])
    return {region: np.flatnonzero(named == region) for region in dict.fromkeys(named.tolist())}


def _resampled(
    counts: list[NDArray[np.int64]], groups: NDArray[np.int64], resamples: int, seed: int
) -> list[NDArray[np.float64]]:
    """Accuracy in percent in every resample [resamples, languages], of all counts but the last.

    Args:
        counts: [languages, examples] each: right answers found, and last those there are.
        groups: [examples], the question group of each.
        resamples: how many.
        seed: of the draws.
    """
    table = cluster_sums(np.vstack(counts), groups, int(groups.max()) + 1)
    *right, whole = np.split(resampled_sums(table, resamples, seed), len(counts), axis=1)
    return [100 * part / whole for part in right]
