"""Probes of one model: IN-LANG and ZERO-SHOT scores by language and group, with their spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MeanSd = dict[str, float | None]
"""``mean`` and ``sd`` over the seeds (n - 1; None with one seed), in percent."""


@dataclass(frozen=True)
class PairScores:
    """Scores of every pair at every seed."""

    sources: tuple[str, ...]
    """Languages the probes were fitted in."""
    targets: tuple[str, ...]
    """Languages they were tested in."""
    values: NDArray[np.float64]
    """[seeds, sources, targets] in percent."""

    def pairs(self) -> dict[str, dict[str, MeanSd]]:
        """By source and target."""
        return {
            source: {target: mean_sd(self.values[:, i, j]) for j, target in enumerate(self.targets)}
            for i, source in enumerate(self.sources)
        }

    def in_language(self) -> dict[str, MeanSd]:
        """By language: the score of the probe fitted in it."""
        return {x: mean_sd(self._own(x)) for x in self.targets if x in self.sources}

    def zero_shot(self) -> dict[str, MeanSd]:
        """By target: the mean over the probes of all other languages; none without another."""
        return {x: mean_sd(self._others(x)) for x in self.targets if set(self.sources) - {x}}

    def of_group(self, group: Sequence[str]) -> dict[str, MeanSd]:
        """``in_lang`` and ``zero_shot``: means over the languages of a group as targets.

        A zero-shot score averages over the group's targets and all sources, whether of the group
        or not, a language itself left out (as the paper's Table 3).
        """
        asked = [x for x in group if x in self.targets]
        own = [self._own(x) for x in asked if x in self.sources]
        across = [self._others(x) for x in asked if set(self.sources) - {x}]
        found = {"in_lang": own, "zero_shot": across}
        return {name: mean_sd(np.mean(rows, axis=0)) for name, rows in found.items() if rows}

    def _own(self, language: str) -> NDArray[np.float64]:
        """Of the probe fitted in the language: [seeds]."""
        i, j = self.sources.index(language), self.targets.index(language)
        return np.asarray(self.values[:, i, j])

    def _others(self, target: str) -> NDArray[np.float64]:
        """Mean over the other sources: [seeds]."""
        others = [i for i, source in enumerate(self.sources) if source != target]
        return np.asarray(self.values[:, others, self.targets.index(target)].mean(axis=1))


def mean_sd(values: NDArray[np.float64]) -> MeanSd:
    """Mean and standard deviation of one number at several seeds."""
    sd = float(values.std(ddof=1)) if len(values) > 1 else None
    return {"mean": float(values.mean()), "sd": sd}
