"""Answers of two models to the same items: put in one order, and several seeds taken together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.data.predictions import Predictions
from core.errors import UserError

Pair = tuple[Predictions, Predictions]
"""Of the model compared with, and of the model; same languages and examples in the same order."""


def aligned(before: Predictions, after: Predictions) -> Pair | None:
    """The languages that both have, on the items that both answered, in the order of `before`.

    Returns:
        None where they have no language in common, or not the same items with the same right
        answers: what is then subtracted is not one thing.
    """
    languages = [language for language in before.languages if language in after.languages]
    if not languages or set(before.examples) != set(after.examples) or before.gold is None:
        return None
    place = {example: i for i, example in enumerate(after.examples)}
    moved = after.take([place[x] for x in before.examples]).in_languages(languages)
    if moved.gold is None or not np.array_equal(moved.gold, before.gold):
        return None
    return before.in_languages(languages), replace(moved, clusters=before.clusters)


def pooled(pairs: Sequence[Pair]) -> Pair:
    """Several seeds as one pair: an item at another seed is another answer of the same cluster.

    Args:
        pairs: one a seed, aligned, all in the same languages.

    Raises:
        UserError: there is none, or their languages or classes differ.
    """
    if not pairs:
        raise UserError("nothing to pool: no seed has predictions of both models")
    if len({(x.languages, x.probabilities.shape[2]) for pair in pairs for x in pair}) > 1:
        raise UserError("seeds are pooled only in the same languages and classes")
    if len(pairs) == 1:
        return pairs[0]
    return _joined([before for before, _ in pairs]), _joined([after for _, after in pairs])


def _joined(parts: Sequence[Predictions]) -> Predictions:
    """All answers one after the other; the clusters keep their names and so grow."""
    first = parts[0]
    return Predictions(
        languages=first.languages,
        examples=tuple(f"{i}:{x}" for i, part in enumerate(parts) for x in part.examples),
        probabilities=np.concatenate([part.probabilities for part in parts], axis=1),
        class_names=first.class_names,
        gold=np.concatenate([part.gold for part in parts if part.gold is not None]),
        class_mask=np.concatenate([_mask(part) for part in parts]),
        clusters=tuple(x for part in parts for x in part.clusters),
    )


def _mask(predictions: Predictions) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """[examples, classes]: the classes each example has."""
    if predictions.class_mask is not None:
        return predictions.class_mask
    return np.ones(predictions.probabilities.shape[1:], dtype=np.bool_)
