"""The answers in predictions: each language's most probable class of every example."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError

CHUNK_CELLS = 1_000_000
"""Probabilities widened to float64 at a time (8 MB)."""


def chunks(shape: tuple[int, ...]) -> Iterator[slice]:
    """Slices of the example axis that keep a float64 copy of [L, n, C] small."""
    languages, examples, classes = shape
    size = max(1, CHUNK_CELLS // max(1, languages * classes))
    for start in range(0, examples, size):
        yield slice(start, min(start + size, examples))


def check_mask(probabilities: NDArray[np.floating], class_mask: NDArray[np.bool_] | None) -> None:
    """Refuse a mask of another shape, or one that leaves an example without a class.

    Args:
        probabilities: [languages, examples, classes].
        class_mask: [examples, classes], True where the example has the class.

    Raises:
        UserError: one of the two; the message names the first such example.
    """
    if class_mask is None:
        return
    if class_mask.shape != probabilities.shape[1:]:
        raise UserError(
            f"class_mask has shape {class_mask.shape}, expected {probabilities.shape[1:]}"
        )
    empty = np.flatnonzero(~class_mask.any(axis=1))
    if empty.size:
        raise UserError(f"class_mask leaves example {empty[0]} (counted from 0) without a class")


def answers(
    probabilities: NDArray[np.floating], class_mask: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Each language's most probable class.

    Args:
        probabilities: [languages, examples, classes].
        class_mask: [examples, classes], True where the example has the class.

    Returns:
        [languages, examples] class indices; of equal probabilities the lowest index.
    """
    check_mask(probabilities, class_mask)
    if class_mask is None or class_mask.all():
        return probabilities.argmax(axis=2).astype(np.int64)
    best = np.empty(probabilities.shape[:2], dtype=np.int64)
    for part in chunks(probabilities.shape):
        allowed = np.where(class_mask[part], probabilities[:, part], -np.inf)
        best[:, part] = allowed.argmax(axis=2)
    return best
