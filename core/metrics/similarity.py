"""How far answers match given labels: plain agreement and agreement beyond chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.answers import answers
from core.errors import UserError


def agreement_with(
    probabilities: NDArray[np.floating],
    labels: NDArray[np.integer],
    class_mask: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Share of examples whose most probable class is the label.

    Args:
        probabilities: [languages, examples, classes].
        labels: [examples] class indices, such as an earlier vote.
        class_mask: [examples, classes], True where the example has the class.

    Returns:
        [languages], 0 to 1.

    Raises:
        UserError: no examples, or another number of labels.
    """
    _check(probabilities, labels)
    return (answers(probabilities, class_mask) == labels).mean(axis=1, dtype=np.float64)


def cohen_kappa_with(
    probabilities: NDArray[np.floating],
    labels: NDArray[np.integer],
    class_mask: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Agreement with the labels beyond chance (Cohen 1960): (p_o - p_e) / (1 - p_e).

    ``p_e`` is the agreement expected from how often each side says each class. A model that
    always says one thing gets 0, also where the labels are all that thing (0 / 0).

    Args:
        probabilities: [languages, examples, classes].
        labels: [examples] class indices, such as the vote before distillation.
        class_mask: [examples, classes], True where the example has the class.

    Returns:
        [languages], at most 1; 0 is chance.

    Raises:
        UserError: no examples, or another number of labels.
    """
    _check(probabilities, labels)
    examples, classes = probabilities.shape[1:]
    chosen = answers(probabilities, class_mask)
    reference = np.bincount(labels, minlength=classes) / examples
    said = np.stack([np.bincount(row, minlength=classes) for row in chosen]) / examples
    expected = said @ reference
    observed = (chosen == labels).mean(axis=1, dtype=np.float64)
    room = 1 - expected
    beyond = np.where((said == 1).any(axis=1), 0.0, observed - expected)
    return np.divide(beyond, room, out=np.zeros_like(room), where=room > 1e-12)


def _check(probabilities: NDArray[np.floating], labels: NDArray[np.integer]) -> None:
    examples = probabilities.shape[1]
    if examples == 0:
        raise UserError("agreement needs at least one example")
    if labels.shape != (examples,):
        raise UserError(f"labels have shape {labels.shape}, expected ({examples},)")
