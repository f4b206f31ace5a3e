"""Accuracy per language, its averages and the level of chance, all in percent."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.errors import UserError

PIVOT = "en"
"""The language the others are compared with, where it is among them."""


def pivot_of(languages: Collection[str], source: str = PIVOT) -> str:
    """The language the gap is measured from: English, or the source language where it is missing.

    Args:
        languages: those there are.
        source: the language whose labels were used.
    """
    return source if source in languages and PIVOT not in languages else PIVOT


def correct(predictions: Predictions) -> NDArray[np.bool_]:
    """Whether the most probable class is one of the right ones.

    Of equally probable classes the lowest index is the answer; absent classes never are.

    Returns:
        [languages, examples].

    Raises:
        UserError: there are no gold classes or no examples.
    """
    gold = _gold(predictions)
    chosen = predictions.chosen
    return gold[np.arange(gold.shape[0]), chosen]


def accuracy(predictions: Predictions) -> dict[str, float]:
    """Percent of examples answered right, per language in the predictions' order."""
    shares = 100 * correct(predictions).mean(axis=1, dtype=np.float64)
    return dict(zip(predictions.languages, shares.tolist(), strict=True))


def average(scores: Mapping[str, float]) -> float:
    """Mean over all languages, the pivot included (each language counts once).

    Raises:
        UserError: there is no language.
    """
    if not scores:
        raise UserError("an average needs at least one language")
    return float(np.mean(list(scores.values())))


def average_non_english(scores: Mapping[str, float], pivot: str = PIVOT) -> float | None:
    """Mean over the languages other than the pivot; None when there is no other."""
    others = [score for language, score in scores.items() if language != pivot]
    return float(np.mean(others)) if others else None


def chance(predictions: Predictions) -> float:
    """Percent a guess among each example's own classes gets right on average.

    Raises:
        UserError: there are no gold classes or no examples.
    """
    gold = _gold(predictions)
    mask = predictions.class_mask
    mask = np.ones_like(gold) if mask is None else mask
    choices = np.maximum(1, mask.sum(axis=1))
    return float(100 * ((gold & mask).sum(axis=1) / choices).mean())


def _gold(predictions: Predictions) -> NDArray[np.bool_]:
    if predictions.gold is None:
        raise UserError("accuracy needs gold labels; these predictions have none")
    if not predictions.examples:
        raise UserError("accuracy needs at least one example; these predictions have none")
    return predictions.gold
