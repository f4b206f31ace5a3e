"""How well words are tagged: accuracy (POS) and macro-F1 over all tags (NER), by token."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Tags = NDArray[np.integer]


def tag_accuracy(gold: Tags, predicted: Tags) -> float:
    """Percent of the words with the right tag; both [words], one word or more."""
    return float(100 * (gold == predicted).mean())


def macro_f1(gold: Tags, predicted: Tags, tags: int) -> float:
    """Mean over all tags of each tag's F1, in percent, every word counted by itself.

    A tag that is neither in the gold tags nor predicted has an F1 of 0 and counts (scikit-learn's
    ``f1_score(average="macro", labels=range(tags), zero_division=0)``).

    Args:
        gold: [words], indices of tags.
        predicted: [words].
        tags: how many there are.
    """
    right = np.bincount(gold[gold == predicted], minlength=tags).astype(np.float64)
    sizes = np.bincount(gold, minlength=tags) + np.bincount(predicted, minlength=tags)
    return float(100 * (2 * right / np.maximum(sizes, 1)).mean())
