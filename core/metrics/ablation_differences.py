"""Whether one row of an ablation beats another: paired differences over seeds and over items.

Two things make a difference uncertain: another seed (other labelled items, other batches) and
other evaluation items. The interval of the mean difference over n seeds is

    mean -+ sqrt((t s / sqrt(n))^2 + h^2),

s the standard deviation of the seeds' paired differences, t the 97.5 % quantile of Student's t at
n - 1 degrees of freedom, h half the width of a seed's paired bootstrap over clusters of items
(their root mean square over seeds: the seeds share their items, so it does not shrink with n). It
is rather too wide than too narrow: a seed's bootstrap holds some of the noise of its training.
With one seed there is no interval: how far another seed would move the difference is not known.

The verdict on a row against another one, the same in both directions:

- beats: the interval lies above 0;
- falls behind: the interval lies below 0;
- unchanged: both have the same accuracy in every language at every seed, as where no step of the
  training was kept;
- undetermined: the interval holds 0, or there is none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.metrics.ablation import ALL, Ablation
from core.metrics.accuracy import correct
from core.metrics.bootstrap import (
    RESAMPLES,
    ROUNDING,
    Interval,
    cluster_indices,
    percentile_interval,
    resampled_changes,
)
from core.metrics.spread import Spread

LEVEL = 0.95
BEATS, FALLS_BEHIND, UNDETERMINED = "beats", "falls behind", "undetermined"
UNCHANGED = "unchanged"

Pair: TypeAlias = tuple[str, str]
"""A row and the row it is compared with."""
Items: TypeAlias = Mapping[int, Mapping[Pair, Interval]]
"""Seed -> pair -> its bootstrap over items."""


@dataclass(frozen=True)
class Difference:
    """A row minus another at the same seeds, in points of avg(A)."""

    row: str
    other: str
    spread: Spread
    """The paired difference of every seed that both have."""
    items: Mapping[int, Interval] = field(default_factory=dict)
    """Seed -> its paired bootstrap over items, where predictions are at hand."""
    same: bool = False
    """Whether both are equally accurate in every language at every seed."""

    @property
    def seeds_only(self) -> bool:
        """Whether the interval leaves out how far other items would move the difference."""
        return self.interval is not None and not self.items and not self.same

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the mean, see the module; None with one seed."""
        if self.spread.deviation is None:
            return None
        from scipy.special import stdtrit  # the quantile of Student's t

        n = self.spread.n
        seeds = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * self.spread.deviation / np.sqrt(n)
        widths = [(x.high - x.low) / 2 for x in self.items.values()]
        items = float(np.sqrt(np.mean(np.square(widths)))) if widths else 0.0
        half = float(np.hypot(seeds, items))
        return self.spread.mean - half, self.spread.mean + half

    @property
    def verdict(self) -> str:
        """``beats``, ``falls behind``, ``unchanged`` or ``undetermined``."""
        if self.same:
            return UNCHANGED
        interval = self.interval
        if interval is None:
            return UNDETERMINED
        if interval[0] > ROUNDING:
            return BEATS
        return FALLS_BEHIND if interval[1] < -ROUNDING else UNDETERMINED


def difference(
    table: Ablation,
    row: str,
    other: str,
    items: Items | None = None,
) -> Difference | None:
    """A row against another, or None where one is missing or they share no seed.

    Args:
        table: the ablation.
        row: name of a row.
        other: name of the row it is compared with.
        items: seed -> what :func:`item_intervals` found.
    """
    if row not in table.rows or other not in table.rows or row == other:
        return None
    mine, theirs = (table.rows[name].columns[ALL].by_seed for name in (row, other))
    shared = {seed: mine[seed] - theirs[seed] for seed in sorted(mine) if seed in theirs}
    if not shared:
        return None
    known = {seed: _either_way((items or {}).get(seed, {}), row, other) for seed in shared}
    resampled = {seed: found for seed, found in known.items() if found}
    by_language = language_differences(table, row, other).values()
    same = all(abs(x) <= ROUNDING for spread in by_language for x in spread.values) and all(
        found.verdict == UNCHANGED for found in resampled.values()
    )
    return Difference(row, other, Spread(shared), resampled, same)


def _either_way(items: Mapping[Pair, Interval], row: str, other: str) -> Interval | None:
    """The bootstrap of a pair; that of the pair the other way round is the same, turned."""
    turned = items.get((other, row))
    if (row, other) in items or turned is None:
        return items.get((row, other))
    return Interval(-turned.high, -turned.low, -turned.estimate, turned.standard_error)


def language_differences(table: Ablation, row: str, other: str) -> dict[str, Spread]:
    """Language -> accuracy of a row minus that of another, in points, at the seeds both have."""
    mine, theirs = table.rows[row].languages, table.rows[other].languages
    found = {}
    for language in table.languages:
        a, b = mine[language].by_seed, theirs[language].by_seed
        shared = {seed: a[seed] - b[seed] for seed in a if seed in b}
        if shared:
            found[language] = Spread(shared)
    return found


def languages_against(
    table: Ablation, other: str, last: Collection[str] = ()
) -> dict[str, dict[str, float]]:
    """Row -> language -> mean difference to another row, in points.

    Args:
        table: the ablation.
        other: name of the row the others are compared with.
        last: languages that come after the others.
    """
    found = {name: language_differences(table, name, other) for name in table.rows}
    return {
        name: {x: cells[x].mean for x in sorted(cells, key=lambda x: x in last)}
        for name, cells in found.items()
        if name != other and cells
    }


def item_intervals(
    answers: Mapping[str, Predictions],
    pairs: Sequence[Pair],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[Pair, Interval]:
    """Paired bootstraps of avg(A) differences at one seed, over clusters of items, all at once.

    The draws are those of :func:`core.metrics.bootstrap.paired_bootstrap`, whose interval of the
    average this equals, pair by pair.

    Args:
        answers: row -> its predictions on the evaluation items, with gold classes.
        pairs: the rows to compare; a pair is left out where one has no predictions, or theirs
            are of other languages or items.
        resamples: at least 10,000 for a published interval.
        seed: of the draws.
    """
    known = {name: x for name, x in answers.items() if x.gold is not None and x.examples}
    if not known:
        return {}
    first = next(iter(known.values()))
    alike = {
        name: _right(x, first.languages)
        for name, x in known.items()
        if x.examples == first.examples and set(x.languages) == set(first.languages)
    }
    wanted = [(row, other) for row, other in pairs if row in alike and other in alike]
    if not wanted:
        return {}
    minus, plus = (np.stack([alike[pair[i]] for pair in wanted]) for i in (1, 0))
    groups = cluster_indices(first.clusters)
    samples = resampled_changes(minus, plus, groups, resamples, seed)
    points = 100 * (plus.mean(axis=1) - minus.mean(axis=1))
    return {
        pair: percentile_interval(samples[:, i], float(points[i]), LEVEL)
        for i, pair in enumerate(wanted)
    }


def _right(predictions: Predictions, languages: Sequence[str]) -> NDArray[np.float64]:
    """[examples]: the share of languages that answer right."""
    places = [predictions.languages.index(language) for language in languages]
    shares: NDArray[np.float64] = correct(predictions)[places].mean(axis=0, dtype=np.float64)
    return shares
