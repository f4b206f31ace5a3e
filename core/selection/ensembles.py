"""Ensembles over the languages as labelers of the parallel examples (ALSACE, Figure 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.answers import answers, check_mask
from core.data.predictions import Predictions
from core.errors import UserError
from core.selection.teachers import confidence, normalize
from core.selection.vote import majority_vote


@dataclass(frozen=True)
class Ensembles:
    """Accuracy of the pseudo-labels each ensemble gives, in percent."""

    voted: float
    """The majority vote (Eq. 1 with this project's tie rule)."""
    weighted: float
    """Probabilities averaged with the normalized confidences as weights."""
    pivot: float | None
    """English alone, which the paper calls the best language; None without it."""
    best: float
    """The language with the highest accuracy, known only because gold is."""
    best_language: str


def weighted_labels(
    probabilities: NDArray[np.floating],
    weights: NDArray[np.floating],
    class_mask: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """The class with the largest weighted mean probability.

    Args:
        probabilities: [languages, examples, classes].
        weights: [languages].
        class_mask: [examples, classes], True where the example has the class.

    Returns:
        [examples] class indices; of equal ones the lowest.
    """
    check_mask(probabilities, class_mask)
    total = np.zeros(probabilities.shape[1:], dtype=np.float64)
    for weight, language in zip(np.asarray(weights, np.float64), probabilities, strict=True):
        total += weight * language
    if class_mask is not None:
        total[~class_mask] = -np.inf
    return total.argmax(axis=1).astype(np.int64)


def ensembles(predictions: Predictions, pivot: str = "en") -> Ensembles:
    """Accuracy of the vote, of single languages and of the weighted mean.

    Args:
        predictions: answers in every language, with gold classes.
        pivot: the language the paper takes as the best one.

    Raises:
        UserError: no gold classes or no examples.
    """
    gold = predictions.gold
    if gold is None or not predictions.examples:
        raise UserError("the ensembles' accuracy needs examples with gold labels")
    rows = np.arange(len(predictions.examples))
    vote = majority_vote(predictions.probabilities, predictions.class_mask)
    weights = normalize(confidence(predictions.probabilities, vote.pseudo_labels))
    weighted = weighted_labels(predictions.probabilities, weights, predictions.class_mask)
    chosen = answers(predictions.probabilities, predictions.class_mask)
    single = [100 * float(gold[rows, labels].mean()) for labels in chosen]
    best = int(np.argmax(single))
    languages = predictions.languages
    return Ensembles(
        voted=100 * float(gold[rows, vote.pseudo_labels].mean()),
        weighted=100 * float(gold[rows, weighted].mean()),
        pivot=single[languages.index(pivot)] if pivot in languages else None,
        best=single[best],
        best_language=languages[best],
    )
