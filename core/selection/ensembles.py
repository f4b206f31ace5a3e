"""Ensembles over the languages as labelers of the parallel examples (ALSACE, Figure 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.answers import check_mask
from core.data.predictions import Predictions
from core.errors import UserError
from core.selection.teachers import Selection, select_teachers
from core.selection.vote import majority_vote

VOTED, WEIGHTED, TEACHERS = "vote of all", "language-weighted mean", "vote of the teachers"
PIVOT = "en"
"""The language the paper takes as the best one, whatever the data say."""


@dataclass(frozen=True)
class Labeler:
    """One way to label every example from the languages' answers."""

    name: str
    labels: NDArray[np.int64]
    """[examples] class indices."""
    ensemble: bool = True
    """False for a single language."""
    needs_gold: bool = False
    """Known only to somebody who has the gold labels: the language that is truly best."""


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


def ensembles(
    predictions: Predictions, selection: Selection | None = None, pivot: str = PIVOT
) -> tuple[Labeler, ...]:
    """The vote, the weighted mean and the teachers' vote, and single languages beside them.

    The vote is Eq. 1 with this project's tie rule. The paper weights "the output" of a language
    with its normalized confidence; here that is its probabilities. The vote of the teachers is
    left out where nobody teaches, the pivot where the data lack it, and the truly best language
    where there is no gold (or it is the pivot, which then says so).

    Args:
        predictions: answers in every language, with or without gold classes.
        selection: teachers and weights, which may be chosen on other items of the same
            languages; None to choose them here, at the mean.
        pivot: the language the paper takes as the best one.

    Returns:
        The ensembles first, then the single languages.

    Raises:
        UserError: no examples, or the selection has a language the predictions lack.
    """
    if not predictions.examples:
        raise UserError("an ensemble needs at least one example")
    chosen = select_teachers(predictions) if selection is None else selection
    found = predictions.in_languages(chosen.languages)
    probabilities, mask = found.probabilities, found.class_mask
    vote = majority_vote(probabilities, mask, found.chosen).pseudo_labels
    made = [
        Labeler(VOTED, vote),
        Labeler(WEIGHTED, weighted_labels(probabilities, chosen.normalized, mask)),
    ]
    if chosen.teachers:
        teachers = [chosen.languages.index(name) for name in chosen.teachers]
        labels = majority_vote(probabilities[teachers], mask, found.chosen[teachers])
        made.append(Labeler(TEACHERS, labels.pseudo_labels))
    return (*made, *_single(found, pivot))


def reference_of(labelers: Sequence[Labeler]) -> str | None:
    """The labeler the ensembles are compared with: the pivot; None where the data lack it."""
    alone = (x.name for x in labelers if not x.ensemble and not x.needs_gold)
    return next(alone, None)


def _single(predictions: Predictions, pivot: str) -> list[Labeler]:
    """The pivot, and the language with the highest accuracy (of equal ones the first)."""
    labels = predictions.chosen
    languages, gold = predictions.languages, predictions.gold
    best = None
    if gold is not None:
        right = [int(gold[np.arange(len(gold)), row].sum()) for row in labels]
        best = languages[int(np.argmax(right))]
        if pivot in languages and right[languages.index(pivot)] == max(right):
            best = pivot
    made = []
    if pivot in languages:
        name = f"{pivot} alone, the best by the labels" if best == pivot else f"{pivot} alone"
        made.append(Labeler(name, labels[languages.index(pivot)], ensemble=False))
    if best is not None and best != pivot:
        name = f"best language ({best}), picked with the labels"
        labels_of_best = labels[languages.index(best)]
        made.append(Labeler(name, labels_of_best, ensemble=False, needs_gold=True))
    return made
