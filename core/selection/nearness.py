"""Whether languages of similar grammar answer alike: distance beside agreement, pair by pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.errors import UserError
from core.languages import base
from core.metrics.mantel import FEWEST, Mantel, mantel
from core.selection.agreement import kappa
from core.selection.typology import distances, typology


@dataclass(frozen=True)
class Nearness:
    """Distance and agreement of all pairs of the languages whose features are known."""

    languages: tuple[str, ...]
    left_out: tuple[str, ...]
    """Those without typological features."""
    distance: NDArray[np.float64]
    """[languages, languages]: share of the known features that differ."""
    kappa: NDArray[np.float64]
    """[languages, languages]: Cohen's kappa of their answers."""
    test: Mantel


def nearness(predictions: Predictions, seed: int = 0) -> Nearness:
    """Typological distance (`core.selection.typology`) against agreement beyond chance.

    Args:
        predictions: one model's answers in every language.
        seed: of the relabellings of the Mantel test.

    Raises:
        UserError: there are no examples, or the features of fewer than four languages are known.
    """
    known = tuple(x for x in predictions.languages if base(x) in typology().languages)
    if len(known) < FEWEST:
        raise UserError(
            f"typological features are known of {len(known)} of these languages; {FEWEST} or more "
            "are needed to compare distances with agreement"
        )
    near, agreed = distances(known), kappa(predictions.in_languages(known))
    return Nearness(
        languages=known,
        left_out=tuple(x for x in predictions.languages if x not in known),
        distance=near,
        kappa=agreed,
        test=mantel(near, agreed, seed),
    )
