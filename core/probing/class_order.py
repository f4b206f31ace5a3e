"""Candidates in an order of their own for every example, so that a place means nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ClassOrder:
    """A seeded order of each example's classes.

    The collapse watch compares class indexes across examples. On prompts a class is a place in a
    list, and who writes the right answer first everywhere would make agreement look like chance.
    """

    order: NDArray[np.int64]
    """[examples, classes]: which class stands in each place."""

    @classmethod
    def draw(cls, counts: Sequence[int], width: int, seed: int = 0) -> ClassOrder:
        """Draw an order.

        Args:
            counts: classes of each example; the places after them stay empty.
            width: places.
            seed: of the draw.
        """
        rng = np.random.default_rng(seed)
        rows = [[*rng.permutation(count), *range(count, width)] for count in counts]
        return cls(np.array(rows, dtype=np.int64).reshape(len(counts), width))

    def probabilities(self, given: NDArray[np.floating]) -> NDArray[np.floating]:
        """Distributions [languages, examples, classes] in this order; places may be added."""
        missing = self.order.shape[1] - given.shape[2]
        wide = np.pad(given, ((0, 0), (0, 0), (0, missing)))
        return np.take_along_axis(wide, self.order[None], axis=2)

    def labels(self, given: NDArray[np.integer]) -> NDArray[np.int64]:
        """The place of each example's class: [examples]."""
        return np.argsort(self.order, axis=1)[np.arange(len(given)), given]
