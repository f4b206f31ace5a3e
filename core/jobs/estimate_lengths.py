"""How long texts are once they stand in batches: with their padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from core.models.batches import batches

DRAWS = 12
"""Training steps that are drawn."""
MOST = 4000
"""Texts of a prediction that are laid out."""


def together(tokens: float, budget: int, at_once: int) -> int:
    """Texts of so many tokens in one batch of a prediction."""
    return min(at_once, max(1, round(budget / max(1.0, tokens))))


def predicted(lengths: Sequence[int], rows: int, budget: int, at_once: int | None) -> float:
    """Tokens of a text in a prediction, which puts texts of similar length together.

    Args:
        lengths: of a sample of the texts; one or more.
        rows: texts in all.
        budget: tokens of a batch.
        at_once: texts of a batch, at most.
    """
    count = max(len(lengths), min(rows, MOST))
    return _laid_out(np.resize(np.array(lengths), count).tolist(), budget, at_once)


class Padded(NamedTuple):
    """Tokens of a text in training steps, with its padding."""

    mean: float
    most: float
    """In the step with the longest texts."""


def trained(lengths: Sequence[int], size: int, budget: int) -> Padded:
    """Tokens of a text in training steps of so many texts drawn at random."""
    rng = np.random.default_rng(0)
    drawn = [rng.choice(lengths, size).tolist() for _ in range(DRAWS)]
    found = [_laid_out(one, budget, None) for one in drawn]
    return Padded(float(np.mean(found)), max(found))


def _laid_out(lengths: list[int], budget: int, at_once: int | None) -> float:
    cuts = batches(lengths, budget, at_once)
    return sum(len(cut) * max(lengths[i] for i in cut) for cut in cuts) / max(1, len(lengths))
