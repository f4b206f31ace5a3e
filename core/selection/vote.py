"""The languages' majority vote on every example (ALSACE, Eq. 1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.answers import answers
from core.errors import UserError


@dataclass(frozen=True)
class Vote:
    """The outcome of a majority vote."""

    pseudo_labels: NDArray[np.int64]
    """[examples]: the winning class index."""
    ties: int
    """Examples on which two classes or more had the most votes."""
    counts: NDArray[np.int64]
    """[examples, classes]: languages that voted for the class."""


def majority_vote(
    probabilities: NDArray[np.floating],
    class_mask: NDArray[np.bool_] | None = None,
    chosen: NDArray[np.integer] | None = None,
) -> Vote:
    """The class most languages choose, per example (ALSACE, Eq. 1).

    The paper states no tie rule. Here, of the classes with the most votes, the one with the
    largest probability summed over ALL languages wins, then the lowest index. The sums are
    float64, added in the order of the languages and compared exactly, without a tolerance.

    Args:
        probabilities: [languages, examples, classes], any float type.
        class_mask: [examples, classes]; a class that is absent never wins.
        chosen: [languages, examples], their answers where they are known already.

    Returns:
        The pseudo-labels, the number of tied examples and the votes per class.

    Raises:
        UserError: there is no language or no class, or the mask does not fit.
    """
    languages, examples, classes = probabilities.shape
    if languages == 0 or classes == 0:
        raise UserError("a vote needs at least one language and one class")
    if chosen is None:
        chosen = answers(probabilities, class_mask)
    cells = chosen + classes * np.arange(examples, dtype=np.int64)
    counts = np.bincount(cells.ravel(), minlength=examples * classes)
    counts = counts.reshape(examples, classes).astype(np.int64)
    leading = counts == counts.max(axis=1, keepdims=True)
    labels = leading.argmax(axis=1).astype(np.int64)
    tied = np.flatnonzero(leading.sum(axis=1) > 1)
    sums = np.zeros((tied.size, classes), dtype=np.float64)
    for language in probabilities:
        sums += language[tied]
    labels[tied] = np.where(leading[tied], sums, -np.inf).argmax(axis=1)
    return Vote(pseudo_labels=labels, ties=int(tied.size), counts=counts)
