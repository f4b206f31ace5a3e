"""Prompts with a gap, the candidates for it, and what scoring them gives. Loads without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.data.problems import Problems

GAP = "<mask>"
"""The gap in a prompt, whatever the model's own mask is called."""

Scorer = Literal["left-to-right", "one-forward"]
"""How a masked LM scores a candidate of several pieces: k forwards, or one with k masks."""
Fill = Literal["ids", "text"]
"""What left-to-right writes into the gap: the piece's id, or its string, tokenized again."""
Calibration = Literal["calibrated", "raw", "country-less"]
"""Which scores count: less those of the prompt without country, as they are, or those alone."""


@dataclass(frozen=True)
class Prompts:
    """Prompts of one language.

    Raises:
        DataError: a prompt does not have exactly one `GAP`, or has no candidates.
    """

    texts: tuple[str, ...]
    """One `GAP` each."""
    candidates: tuple[tuple[str, ...], ...]
    """Per prompt, what may stand in the gap."""
    language: str
    """Its key; Chinese pieces are joined without space."""
    names: tuple[str, ...] = ()
    """What messages call each prompt, e.g. a file and line; ``prompt 1``, ... if empty."""

    def __post_init__(self) -> None:
        problems = self.problems()
        if not len(self.texts) == len(self.candidates) == len(self.names or self.texts):
            raise ValueError("as many candidate lists and names as prompts")
        gaps = ((name, text.count(GAP)) for name, text in self.named())
        problems.add_kind(
            f"{name}: {count or 'no'} {GAP}, exactly one is expected"
            for name, count in gaps
            if count != 1
        )
        problems.add_kind(
            f"{name}: no candidates"
            for (name, _), row in zip(self.named(), self.candidates, strict=True)
            if not row
        )
        problems.raise_if_any()

    def __len__(self) -> int:
        """Number of prompts."""
        return len(self.texts)

    @property
    def spaced(self) -> bool:
        """Whether the language writes spaces between words, so that masks have them too."""
        return self.language.split("-")[0] != "zh"

    def named(self) -> list[tuple[str, str]]:
        """(name, text) of every prompt."""
        names = self.names or [f"prompt {i + 1}" for i in range(len(self.texts))]
        return list(zip(names, self.texts, strict=False))

    def problems(self) -> Problems:
        """An empty list of problems of these prompts."""
        return Problems(f"prompts in {self.language}")


@dataclass(frozen=True)
class Scoring:
    """Which scores of the candidates."""

    scorer: Scorer = "left-to-right"
    """Of masked LMs; the others have one way each."""
    fill: Fill = "ids"
    """Of left-to-right."""
    calibration: Calibration = "calibrated"
    """Of all."""


@dataclass(frozen=True)
class Counts:
    """Sequences that went through the model, and through one that does one at a time."""

    done: int
    """A sequence through an encoder and one through a decoder count one each."""
    one_at_a_time: int
    """With one candidate of one prompt in a forward, and nothing shared."""

    @property
    def saved(self) -> int:
        """Forwards that were not needed."""
        return self.one_at_a_time - self.done


@dataclass(frozen=True)
class Scored:
    """What a scorer found."""

    scores: tuple[NDArray[np.float64], ...]
    """Per prompt [candidates]: mean negative log-probability of a piece, in nats; low is good."""
    counts: Counts


def means(values: NDArray[np.float64], sizes: Sequence[Sequence[int]]) -> list[NDArray[np.float64]]:
    """Means of runs of values.

    Args:
        values: [pieces], of all candidates of all prompts one after the other.
        sizes: per prompt and candidate, its pieces, one or more.

    Returns:
        Per prompt [candidates].
    """
    flat = np.array([size for row in sizes for size in row], dtype=np.int64)
    if not len(flat):
        return [np.empty(0) for _ in sizes]
    found = np.add.reduceat(values, np.cumsum(flat) - flat) / flat
    ends = np.cumsum([len(row) for row in sizes])
    return np.split(found, ends[:-1])
