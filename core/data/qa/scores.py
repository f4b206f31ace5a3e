"""How well questions were answered in every pair of languages: the input of the QA analysis."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.data.arrays import load_arrays, save_arrays
from core.errors import UserError

UNASKED = -1
"""Rank of an item that a pair of languages does not have."""


@dataclass(frozen=True)
class QaScores:
    """One model's answers, scored; texts are not kept."""

    questions: tuple[str, ...]
    """Languages of the questions, in order."""
    contexts: tuple[str, ...]
    """Languages of the contexts, in order."""
    ids: tuple[str, ...]
    """One id per item."""
    clusters: tuple[str, ...]
    """One article (or territory) per item: the unit of resampling."""
    f1: NDArray[np.float32]
    """[question languages, context languages, items]: of the best answer, 0 to 1; NaN: unasked."""
    exact: NDArray[np.float32]
    """[question languages, context languages, items]: 0 or 1; NaN: unasked."""
    rank: NDArray[np.int8]
    """[question languages, context languages, items]: rank of the first exactly right answer among
    the distinct ones, from 1; 0: none of them; `UNASKED`."""
    ranks: int
    """Distinct answers looked at, at most."""
    normalization: Literal["mlqa", "squad"]
    """How answers were compared."""

    def __post_init__(self) -> None:
        """Check the shapes.

        Raises:
            UserError: they differ.
        """
        shape = (len(self.questions), len(self.contexts), len(self.ids))
        for name in ("f1", "exact", "rank"):
            if getattr(self, name).shape != shape:
                raise UserError(f"{name} is {getattr(self, name).shape}, not {shape}")
        if len(self.clusters) != len(self.ids):
            raise UserError(f"{len(self.clusters)} clusters for {len(self.ids)} questions")

    def save(self, path: Path) -> None:
        """Write the scores to an npz file."""
        save_arrays(
            path,
            {
                "questions": np.array(self.questions),
                "contexts": np.array(self.contexts),
                "ids": np.array(self.ids),
                "clusters": np.array(self.clusters),
                "f1": self.f1.astype(np.float32),
                "exact": self.exact.astype(np.float32),
                "rank": self.rank.astype(np.int8),
                "ranks": np.array(self.ranks),
                "normalization": np.array(self.normalization),
            },
        )

    @classmethod
    def load(cls, path: Path) -> QaScores:
        """Read what `save` wrote.

        Raises:
            UserError: the file is missing, damaged, or holds something else.
        """
        try:
            found = load_arrays(path)
            return cls(
                questions=tuple(str(x) for x in found["questions"]),
                contexts=tuple(str(x) for x in found["contexts"]),
                ids=tuple(str(x) for x in found["ids"]),
                clusters=tuple(str(x) for x in found["clusters"]),
                f1=found["f1"],
                exact=found["exact"],
                rank=found["rank"],
                ranks=int(found["ranks"]),
                normalization=_known(str(found["normalization"])),
            )
        except Exception as error:
            raise UserError(f"{path.name} can't be read as scores of questions: {error}") from error


def _known(name: str) -> Literal["mlqa", "squad"]:
    if name == "mlqa":
        return "mlqa"
    if name == "squad":
        return "squad"
    raise ValueError(f"unknown normalization {name}")
