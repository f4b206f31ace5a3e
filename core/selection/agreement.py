"""How often languages give the same answer, with each other and with the vote."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.similarity import cohen_kappa_with
from core.selection.vote import majority_vote


def agreement(predictions: Predictions) -> NDArray[np.float64]:
    """Share of examples on which two languages choose the same class.

    Returns:
        [languages, languages], 0 to 1, symmetric with 1 on the diagonal.

    Raises:
        UserError: there are no examples.
    """
    chosen = _answers(predictions)
    return np.stack([(chosen == row).mean(axis=1, dtype=np.float64) for row in chosen])


def kappa(predictions: Predictions) -> NDArray[np.float64]:
    """Agreement of two languages beyond chance (Cohen 1960), as `core.metrics.similarity` has it.

    Two languages that always say the same one thing have 0: nothing is beyond chance.

    Returns:
        [languages, languages], at most 1, symmetric with 1 on the diagonal.

    Raises:
        UserError: there are no examples.
    """
    p, mask = predictions.probabilities, predictions.class_mask
    found = np.stack([cohen_kappa_with(p, row, mask) for row in _answers(predictions)])
    np.fill_diagonal(found, 1)
    return found


def agreement_with_vote(
    predictions: Predictions, pseudo_labels: NDArray[np.integer] | None = None
) -> NDArray[np.float64]:
    """Share of examples on which a language chooses the voted class.

    Args:
        predictions: one model's answers in every language.
        pseudo_labels: [examples], an earlier vote; None to vote now.

    Returns:
        [languages], 0 to 1.

    Raises:
        UserError: there are no examples.
    """
    if pseudo_labels is None:
        vote = majority_vote(predictions.probabilities, predictions.class_mask, predictions.chosen)
        pseudo_labels = vote.pseudo_labels
    return (_answers(predictions) == pseudo_labels).mean(axis=1, dtype=np.float64)


def _answers(predictions: Predictions) -> NDArray[np.int64]:
    if not predictions.examples:
        raise UserError("agreement needs at least one example")
    return predictions.chosen
