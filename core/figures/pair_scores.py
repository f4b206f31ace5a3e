"""Scores of every pair of question and context language, as the cells of a table with its means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

BEFORE, AFTER, NOW, CHANGE = "before", "after", "now", "change"
"""Panels; ``now`` is that of a model that was only evaluated."""
MEAN = "mean"
"""Row and column of the means."""
Cells = NDArray[np.floating]


@dataclass(frozen=True)
class PairScores:
    """Scores of every pair of languages, and what they are."""

    questions: tuple[str, ...]
    """Languages of the questions, row by row."""
    contexts: tuple[str, ...]
    """Languages of the contexts, column by column."""
    panels: Mapping[str, Cells]
    """One of the panels above -> [question languages, context languages]: percent, or points; NaN
    where nothing was asked."""
    measure: str
    """``F1`` or ``EM``."""

    def only(self, *panels: str) -> PairScores:
        """With these panels alone, as far as there."""
        return replace(self, panels={x: y for x, y in self.panels.items() if x in panels})


def cells_of(shown: PairScores) -> list[dict[str, Any]]:
    """One record a cell; means over the pairs that were asked, and their mean in the corner."""
    questions, contexts, found = shown.questions, shown.contexts, []
    for panel, cells in shown.panels.items():
        known = np.asarray(cells, float)
        whole = np.full((len(questions) + 1, len(contexts) + 1), np.nan)
        whole[:-1, :-1] = known
        for i in range(len(questions)):
            whole[i, -1] = _mean(known[i])
        for j in range(len(contexts)):
            whole[-1, j] = _mean(known[:, j])
        whole[-1, -1] = _mean(known)
        for i, question in enumerate([*questions, MEAN]):
            for j, context in enumerate([*contexts, MEAN]):
                value = float(whole[i, j])
                if math.isfinite(value):
                    found.append(
                        {
                            "panel": panel,
                            "question": question,
                            "context": context,
                            "value": value,
                            "row": f"{question} {panel}",
                            "same": question == context != MEAN,
                            "mean": MEAN in (question, context),
                        }
                    )
    return found


def _mean(cells: NDArray[np.float64]) -> float:
    asked = cells[np.isfinite(cells)]
    return float(asked.mean()) if asked.size else math.nan
