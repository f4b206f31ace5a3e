"""Probes of one model in every (source, target) pair: fitted once a source, asked everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.balancing.linear_probe import fit_probe
from core.balancing.word_features import WordFeatures
from core.data.tagging.dataset import Task
from core.metrics.tagging import macro_f1, tag_accuracy

FeaturesOf = Callable[[str], WordFeatures]
"""Language -> its features; read anew each time, so that one language is held at a time."""


@dataclass(frozen=True)
class Measure:
    """How tags are scored."""

    task: Task
    tags: int
    """How many there are."""

    @property
    def name(self) -> str:
        """In words."""
        return "accuracy" if self.task == "pos" else "macro-F1"

    def score(self, gold: NDArray[np.int64], predicted: NDArray[np.int64]) -> float:
        """Accuracy of POS, macro-F1 of NER, in percent; both [words]."""
        if self.task == "pos":
            return tag_accuracy(gold, predicted)
        return macro_f1(gold, predicted, self.tags)

    def majority(self, given: NDArray[np.int64], gold: NDArray[np.int64]) -> float:
        """What always saying the commonest tag of the fitting words scores.

        Args:
            given: [words], tags of the fitting words.
            gold: [words], tags of the test words.
        """
        commonest = int(np.bincount(given, minlength=self.tags).argmax())
        return self.score(gold, np.full_like(gold, commonest))


@dataclass(frozen=True)
class Fit:
    """How probes are fitted."""

    seeds: int
    share: float
    """Of the fitting sentences that one seed draws."""
    strength: float
    iterations: int
    seed: int
    """Of all draws; probe r of it draws with (seed, r)."""
    place: torch.device


def drawn(features: WordFeatures, share: float, seed: Sequence[int]) -> NDArray[np.int64]:
    """The words of a share of the sentences, drawn without replacement: places in the features."""
    sentences = np.unique(features.sentences)
    count = max(1, round(share * len(sentences)))
    chosen = np.random.default_rng(list(seed)).permutation(sentences)[:count]
    return np.flatnonzero(np.isin(features.sentences, chosen))


def probe_scores(
    measure: Measure,
    fit: Fit,
    sources: Sequence[str],
    targets: Sequence[str],
    fitting: FeaturesOf,
    testing: FeaturesOf,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> NDArray[np.float64]:
    """Scores of every pair at every seed.

    Args:
        measure: how they are scored.
        fit: how they are fitted.
        sources: languages whose words the probes are fitted on.
        targets: languages whose words they are tested on.
        fitting: features to fit on.
        testing: features to test on.
        tick: told how many probes are fitted, of how many.

    Returns:
        [seeds, sources, targets] in percent.
    """
    found = np.zeros((fit.seeds, len(sources), len(targets)))
    for i, source in enumerate(sources):
        given = fitting(source)
        probes = []
        for r in range(fit.seeds):
            places = drawn(given, fit.share, (fit.seed, r))
            probes.append(
                fit_probe(
                    given.values[places],
                    given.tags[places],
                    measure.tags,
                    strength=fit.strength,
                    iterations=fit.iterations,
                    seed=fit.seed * 1000 + r,
                    place=fit.place,
                )
            )
            tick(i * fit.seeds + r + 1, fit.seeds * len(sources))
        for j, target in enumerate(targets):
            asked = testing(target)
            for r, probe in enumerate(probes):
                found[r, i, j] = measure.score(asked.tags, probe.predict(asked.values))
    return found
