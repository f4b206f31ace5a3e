"""A map of all examples by how many languages agree on them and how sure they are together.

After the data maps of Swayamdipta et al. (2020), over languages instead of training epochs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.metrics.disagreement import Disagreement

RIGHT, WRONG, SPLIT = GOLD = ("vote right", "vote wrong", "split vote")
"""Outcomes where gold is known; a vote is split where no class has more than half of it."""
EXAMPLES = "examples"
"""The only outcome where nothing tells the examples apart."""
MOST_CLASSES = 6
"""More classes than this are not told apart."""
BINS = 10
"""Of the confidence, from 0 to 1."""


@dataclass(frozen=True)
class DataMap:
    """Where every example lies, in the order of the predictions."""

    languages: int
    """How many vote."""
    agreeing: NDArray[np.int64]
    """[examples]: languages that answer as the vote."""
    confidence: NDArray[np.float64]
    """[examples]: mean over the languages of the vote's probability."""
    outcomes: tuple[str, ...]
    """What examples are told apart by: whether the vote is right, else the class voted for."""
    outcome: NDArray[np.int64]
    """[examples]: place in the outcomes."""
    highlighted: NDArray[np.bool_] | None = None
    """[examples]: whether the language differs from the vote; None without a language."""
    language: str = ""
    """The one whose differences are looked at, if any."""

    @property
    def gold(self) -> bool:
        """Whether the outcomes say what is right."""
        return self.outcomes == GOLD


@dataclass(frozen=True)
class Cell:
    """Examples with one number of agreeing languages and about the same confidence."""

    agreeing: int
    low: float
    """Least confidence."""
    high: float
    examples: int
    outcomes: tuple[int, ...]
    """Examples by outcome, in the order of the map's outcomes."""


def data_map(
    votes: Disagreement,
    languages: Sequence[str],
    class_names: Sequence[str],
    language: str = "",
) -> DataMap:
    """Place every example by its votes.

    Args:
        votes: on every example.
        languages: that voted, in order.
        class_names: of the classes voted for.
        language: highlight the examples on which it answers otherwise than the vote.

    Raises:
        UserError: the language did not vote.
    """
    if language and language not in languages:
        raise UserError(f"no language {language!r}; there are {', '.join(languages)}")
    outcomes: tuple[str, ...] = (EXAMPLES,)
    outcome = np.zeros(len(votes.vote), dtype=np.int64)
    if votes.right is not None:
        outcomes = GOLD
        outcome = np.where(votes.right, 0, 1)
        outcome[2 * votes.agreeing <= votes.languages] = 2
    elif len(class_names) <= MOST_CLASSES:
        outcomes, outcome = tuple(class_names), votes.vote
    differs = votes.answers[languages.index(language)] != votes.vote if language else None
    return DataMap(
        languages=votes.languages,
        agreeing=votes.agreeing,
        confidence=votes.confidence,
        outcomes=outcomes,
        outcome=outcome,
        highlighted=differs,
        language=language,
    )


def cells(found: DataMap) -> tuple[Cell, ...]:
    """The map counted in cells, those without examples left out; only the highlighted examples.

    Returns:
        Cells by agreeing languages and then by confidence, ascending.
    """
    bins = np.clip((found.confidence * BINS).astype(np.int64), 0, BINS - 1)
    kept = np.ones(len(bins), bool) if found.highlighted is None else found.highlighted
    place = (found.agreeing * BINS + bins) * len(found.outcomes) + found.outcome
    shape = (found.languages + 1, BINS, len(found.outcomes))
    counts = np.bincount(place[kept], minlength=int(np.prod(shape))).reshape(shape)
    totals = counts.sum(axis=2)
    return tuple(
        Cell(int(k), b / BINS, (b + 1) / BINS, int(totals[k, b]), tuple(counts[k, b].tolist()))
        for k, b in np.argwhere(totals).tolist()
    )
