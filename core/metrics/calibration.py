"""Whether a model is as sure as it is right, per language, and the temperature that would fix it.

A language is calibrated when, of the answers it gives with a probability of 80 %, 80 % are right.
The expected calibration error (ECE; Guo et al. 2017, after Naeini et al. 2015) is, over bins of
examples by the probability of their answer,

    ECE = sum_b n_b / n * |accuracy(b) - mean probability(b)|.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.accuracy import correct

BINS = 15
"""As in Guo et al. 2017."""


@dataclass(frozen=True)
class Reliability:
    """The answers of one language, in bins by their probability."""

    edges: NDArray[np.float64]
    """[bins + 1]; a bin holds what is above its lower edge, up to its upper one."""
    counts: NDArray[np.int64]
    """[bins]: examples."""
    confidence: NDArray[np.float64]
    """[bins]: mean probability of the answer; NaN where the bin is empty."""
    accuracy: NDArray[np.float64]
    """[bins]: share of right answers; NaN where the bin is empty."""

    @property
    def error(self) -> float:
        """The expected calibration error, 0 to 1."""
        filled = self.counts > 0
        off = np.abs(self.accuracy[filled] - self.confidence[filled])
        return float((self.counts[filled] * off).sum() / self.counts.sum())


def own_answers(predictions: Predictions) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How probable every answer is to the model, and whether it is right.

    Returns:
        [languages, examples] probability of the most probable class, and [languages, examples].

    Raises:
        UserError: there are no gold classes or no examples.
    """
    right = correct(predictions)
    chosen = predictions.chosen[..., None]
    sure = np.take_along_axis(predictions.probabilities, chosen, -1)[..., 0]
    return sure.astype(np.float64), right


def equal_width(bins: int = BINS) -> NDArray[np.float64]:
    """[bins + 1]: edges of bins that are equally wide, from 0 to 1."""
    return np.linspace(0, 1, bins + 1)


def equal_mass(confidence: NDArray[np.float64], bins: int = BINS) -> NDArray[np.float64]:
    """Edges between which about as many examples lie (Nixon et al. 2019).

    Equally probable answers stay together, so that there may be fewer bins than asked for.

    Args:
        confidence: [examples], 0 to 1.
        bins: how many at most.

    Returns:
        [bins + 1] ascending, from 0 to 1.
    """
    inner = np.quantile(confidence, np.arange(1, bins) / bins, method="inverted_cdf")
    return np.unique(np.concatenate([[0.0], inner, [1.0]]))


def reliability(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], edges: NDArray[np.float64]
) -> Reliability:
    """Accuracy and mean probability in bins of one language's answers.

    Args:
        confidence: [examples], 0 to 1.
        right: [examples].
        edges: [bins + 1], ascending.

    Raises:
        UserError: there are no examples.
    """
    if not confidence.size:
        raise UserError("calibration needs at least one example")
    count = edges.size - 1
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, count - 1)
    sizes = np.bincount(place, minlength=count)
    sums = [np.bincount(place, weights=x, minlength=count) for x in (confidence, right)]
    with np.errstate(invalid="ignore"):
        means = [part / sizes for part in sums]
    return Reliability(edges, sizes.astype(np.int64), means[0], means[1])


def reliabilities(
    predictions: Predictions, bins: int = BINS, *, by_mass: bool = False
) -> dict[str, Reliability]:
    """The bins of every language, equally wide or equally full.

    Raises:
        UserError: there are no gold classes or no examples.
    """
    sure, right = own_answers(predictions)
    return {
        language: reliability(
            sure[i], right[i], equal_mass(sure[i], bins) if by_mass else equal_width(bins)
        )
        for i, language in enumerate(predictions.languages)
    }
