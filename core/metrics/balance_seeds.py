"""Comparisons that differ in the seed only: mean MRR, and how far the seeds lie apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.metrics.balance_scores import BalanceScores
from core.metrics.bootstrap import Interval
from core.metrics.spread import Spread


@dataclass(frozen=True)
class SeedRanges:
    """From the least to the greatest seed: text, masks and weights are drawn anew by each."""

    by_seed: Mapping[int, BalanceScores]
    """Two seeds at least."""

    @property
    def title(self) -> str:
        """At the head of a column."""
        return f"range of {len(self.by_seed)} seeds"

    @property
    def note(self) -> str:
        """Below a figure."""
        return f"dots: mean of {len(self.by_seed)} seeds; lines: from the least to the greatest"

    @property
    def how(self) -> str:
        """How a verdict is reached."""
        return (
            f"A finding holds, or does not, where all {len(self.by_seed)} seeds say so; else it is "
            "undetermined. In brackets the least and the greatest seed."
        )

    def of(self, model: str, languages: Sequence[str], other: str | None = None) -> Interval | None:
        """The mean over languages of a model's MRR, less another model's, at every seed.

        Returns:
            None where a model was not asked in one of the languages.
        """
        found = self.spread(model, languages, other)
        if found is None:
            return None
        error = (found.deviation or 0.0) / math.sqrt(found.n)
        return Interval(found.low, found.high, found.mean, error)

    def spread(
        self, model: str, languages: Sequence[str], other: str | None = None
    ) -> Spread | None:
        """The same number at every seed; None where one does not have it."""
        names = [name for name in (model, other) if name is not None]
        for scores in self.by_seed.values():
            if any(x not in scores.mrr.get(name, {}) for name in names for x in languages):
                return None
        if not languages:
            return None
        return Spread(
            {
                seed: sum(
                    scores.mrr[model][x] - (0.0 if other is None else scores.mrr[other][x])
                    for x in languages
                )
                / len(languages)
                for seed, scores in self.by_seed.items()
            }
        )


def mean_scores(by_seed: Mapping[int, BalanceScores]) -> BalanceScores:
    """Mean MRR over the seeds, of the models that all of them have; groups as in the first one."""
    first, *others = by_seed.values()
    models = [name for name in first.mrr if all(name in one.mrr for one in others)]
    count = len(by_seed)

    def mean_size(sizes: Sequence[Mapping[str, int]]) -> dict[str, int]:
        return {x: round(sum(one.get(x, n) for one in sizes) / count) for x, n in sizes[0].items()}

    return BalanceScores(
        mrr={
            name: {x: sum(one.mrr[name][x] for one in by_seed.values()) / count for x in own}
            for name, own in first.mrr.items()
            if name in models
        },
        groups=first.groups,
        characters=mean_size([one.characters for one in by_seed.values()]),
        balanced=mean_size([one.balanced for one in by_seed.values()]),
    )
