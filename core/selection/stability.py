"""How sure a choice of teachers is: the choice, repeated on resamples of the examples.

The vote on an example does not depend on which others there are. A resample therefore only
weighs the probabilities of the vote anew: confidence = draws x sums of each cluster / draws x
sizes, a matrix product for all languages at once. Clusters are drawn, not examples, the same ones
for every language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.config.strategies import STRATEGIES
from core.data.answers import answers
from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.bootstrap import cluster_indices, resample_counts
from core.selection.options import StrategyOptions
from core.selection.strategies import RULES
from core.selection.teachers import TOLERANCE, Selection

RESAMPLES = 1_000
"""A share of them is off by 3 points at most, 19 times of 20."""
SURE = 0.95
"""Share of the resamples from which a language's role counts as settled."""
FEWEST = 2
"""Clusters that can be drawn differently."""
SMALLEST, MOST_SIZES = 3, 6
"""Clusters of the smallest subsample, and how many sizes there are at most."""


@dataclass(frozen=True)
class Stability:
    """A choice of teachers, and the same choice on resamples of the examples."""

    selection: Selection
    """On the examples themselves."""
    teaches: NDArray[np.bool_]
    """[resamples, languages]: whether the language teaches."""
    normalized: NDArray[np.float64]
    """[resamples, languages]: softmax of the resampled confidences over the languages."""
    examples: int
    clusters: int
    seed: int

    @property
    def resamples(self) -> int:
        """How many there are."""
        return len(self.teaches)

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """[languages]: whether it teaches on the examples themselves."""
        return np.array([x in self.selection.teachers for x in self.selection.languages])

    @property
    def probability(self) -> NDArray[np.float64]:
        """[languages]: P(teacher), share of the resamples in which the language teaches."""
        return self.teaches.mean(axis=0, dtype=np.float64)

    @property
    def interval(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Ends, [languages] each, of the middle 95 % of the normalized confidences."""
        low, high = np.quantile(self.normalized, [(1 - SURE) / 2, (1 + SURE) / 2], axis=0)
        return low, high

    @property
    def same(self) -> float:
        """Share of the resamples with exactly the same teachers."""
        return float((self.teaches == self.chosen).all(axis=1).mean())

    @property
    def undetermined(self) -> tuple[str, ...]:
        """The languages that keep their role in less than 95 % of the resamples."""
        kept = (self.teaches == self.chosen).mean(axis=0)
        languages = self.selection.languages
        return tuple(x for x, share in zip(languages, kept, strict=True) if share < SURE)


@dataclass(frozen=True)
class StabilityBySize:
    """The choice on fewer examples than there are."""

    languages: tuple[str, ...]
    clusters: tuple[int, ...]
    """Drawn in each subsample, ascending; the last one is all there are."""
    examples: tuple[int, ...]
    """About how many examples those are."""
    probability: NDArray[np.float64]
    """[sizes, languages]: P(teacher)."""
    same: NDArray[np.float64]
    """[sizes]: share of the subsamples with exactly the teachers of all examples."""
    resamples: int
    seed: int


def resampled_confidences(
    predictions: Predictions,
    selection: Selection,
    *,
    drawn: int | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> NDArray[np.float64]:
    """The confidence of every language (Eq. 2) in every resample of the clusters.

    Args:
        predictions: what the choice is made from.
        selection: made from them; its vote and strategy say which probabilities count.
        drawn: clusters of each resample, drawn with replacement; None for as many as there are.
        resamples: how many.
        seed: of the draws; a smaller ``drawn`` takes the first draws of each resample.

    Returns:
        [resamples, languages], 0 to 1.

    Raises:
        UserError: a single cluster, of which all resamples are the same, or no resamples.
    """
    groups = cluster_indices(predictions.clusters)
    count = int(groups.max()) + 1 if groups.size else 0
    if count < FEWEST or resamples < 1:
        raise UserError(
            f"how stable a choice is takes {FEWEST} clusters of examples or more, and a resample; "
            f"there are {count} clusters and {resamples} resamples"
        )
    sums = [np.bincount(groups, row, count) for row in _counted(predictions, selection)]
    sizes = np.bincount(groups, minlength=count).astype(np.float64)
    table = np.vstack([*sums, sizes]).T
    parts = []
    for counts in resample_counts(count, resamples, seed, drawn):
        totals = counts.astype(np.float64) @ table
        parts.append(totals[:, :-1] / totals[:, -1:])
    return np.concatenate(parts)


def stability(
    predictions: Predictions,
    selection: Selection,
    options: StrategyOptions | None = None,
    *,
    confidences: NDArray[np.float64] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Stability:
    """Repeat a choice on resamples of the clusters: P(teacher) of every language.

    Args:
        predictions: what the choice was made from.
        selection: the choice; its strategy and threshold are those of every resample.
        options: what the strategy needs besides. ``random`` draws with the same seed every time:
            only how many teach varies.
        confidences: [resamples, languages] made before; None to resample now.
        resamples: how many, where they are made now.
        seed: of the draws.

    Raises:
        UserError: a single cluster, or what the strategy can't work with.
    """
    if confidences is None:
        confidences = resampled_confidences(predictions, selection, resamples=resamples, seed=seed)
    return Stability(
        selection=selection,
        teaches=_teaching(confidences, predictions, selection, options),
        normalized=softmax(confidences),
        examples=len(predictions.examples),
        clusters=len(set(predictions.clusters)),
        seed=seed,
    )


def confidences_by_size(
    predictions: Predictions, selection: Selection, *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[int, NDArray[np.float64]]:
    """Clusters drawn -> confidences [resamples, languages], for each of :func:`halves`.

    Raises:
        UserError: as :func:`resampled_confidences`.
    """
    return {
        size: resampled_confidences(
            predictions, selection, drawn=size, resamples=resamples, seed=seed
        )
        for size in halves(len(set(predictions.clusters)))
    }


def stability_by_size(
    predictions: Predictions,
    selection: Selection,
    options: StrategyOptions | None = None,
    *,
    confidences: Mapping[int, NDArray[np.float64]] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> StabilityBySize:
    """P(teacher) on halves, quarters, eighths ... of the examples, and on all of them.

    The m-out-of-n bootstrap (Bickel, Goetze and van Zwet 1997): m clusters drawn with replacement,
    so that the last size is the resampling of :func:`stability` itself.

    Args:
        predictions: what the choice was made from.
        selection: the choice.
        options: what the strategy needs besides.
        confidences: of :func:`confidences_by_size`; None to resample now.
        resamples: how many, where they are made now.
        seed: of the draws.

    Raises:
        UserError: as :func:`stability`.
    """
    if confidences is None:
        confidences = confidences_by_size(predictions, selection, resamples=resamples, seed=seed)
    sizes, languages = tuple(confidences), selection.languages
    count = sizes[-1]
    chosen = np.array([x in selection.teachers for x in languages])
    teaches = [_teaching(x, predictions, selection, options) for x in confidences.values()]
    return StabilityBySize(
        languages=languages,
        clusters=sizes,
        examples=tuple(round(size * len(predictions.examples) / count) for size in sizes),
        probability=np.array([rows.mean(axis=0) for rows in teaches]),
        same=np.array([(rows == chosen).all(axis=1).mean() for rows in teaches]),
        resamples=len(teaches[-1]),
        seed=seed,
    )


def reaching(
    normalized: NDArray[np.float64], thresholds: Sequence[float] | NDArray[np.float64]
) -> NDArray[np.float64]:
    """P(normalized confidence >= threshold), the curve of P(teacher) by threshold.

    Args:
        normalized: [resamples, languages].
        thresholds: ascending or not.

    Returns:
        [thresholds, languages], 0 to 1.
    """
    cuts = np.asarray(thresholds, dtype=np.float64) - TOLERANCE
    below = [np.searchsorted(np.sort(column), cuts, side="left") for column in normalized.T]
    return 1 - np.stack(below, axis=1) / len(normalized)


def softmax(confidences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Softmax over the languages of [resamples, languages]; rows sum to 1."""
    weights = np.exp(confidences - confidences.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def halves(clusters: int) -> tuple[int, ...]:
    """All clusters, half of them and so on, down to three; ascending, six sizes at most."""
    found = [clusters]
    while len(found) < MOST_SIZES and found[-1] // 2 >= SMALLEST:
        found.append(found[-1] // 2)
    return tuple(reversed(found))


def _counted(predictions: Predictions, selection: Selection) -> NDArray[np.float64]:
    """[languages, examples]: the probabilities whose mean is the confidence."""
    p, mask = predictions.probabilities, predictions.class_mask
    if selection.strategy == "max-probability":
        own = answers(p, mask)[..., None]
        return np.take_along_axis(p, own, -1)[..., 0].astype(np.float64)
    return p[:, np.arange(p.shape[1]), selection.pseudo_labels].astype(np.float64)


def _teaching(
    confidences: NDArray[np.float64],
    predictions: Predictions,
    selection: Selection,
    options: StrategyOptions | None,
) -> NDArray[np.bool_]:
    """[resamples, languages]: who teaches by the selection's strategy and threshold.

    Other strategies than those of the threshold decide by who reaches it and by the order of the
    confidences: their rule is asked once for each such case.
    """
    reach = softmax(confidences) >= selection.threshold - TOLERANCE
    if STRATEGIES[selection.strategy].by_threshold:
        return reach
    rule, given = RULES[selection.strategy], options or StrategyOptions()
    known: dict[bytes, list[bool]] = {}
    rows = []
    for scores, row in zip(confidences, reach, strict=True):
        case = row.tobytes() + np.argsort(-scores, kind="stable").tobytes()
        if case not in known:
            teachers = rule(selection.rescored(scores), predictions, given).teachers
            known[case] = [x in teachers for x in selection.languages]
        rows.append(known[case])
    return np.array(rows, dtype=np.bool_)
