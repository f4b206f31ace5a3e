"""Which texts a multilingual model reads in which step: every batch in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.balancing.rows import batches, epoch_batches

Batch = tuple[str, list[int]]
"""A language and positions among its texts."""


def epoch_steps(counts: Mapping[str, int], size: int) -> int:
    """Batches that hold every text once."""
    return sum(-(-count // size) for count in counts.values())


def language_batches(lengths: Mapping[str, Sequence[int]], size: int, seed: int) -> Iterator[Batch]:
    """Batches of one language each, epoch after epoch; in an epoch every text comes once.

    Args:
        lengths: language -> pieces of each text; batches hold texts of similar length.
        size: texts of a batch, at most.
        seed: of the order. A language's batches depend on its own texts alone.
    """
    known = {language: np.array(own) for language, own in lengths.items()}
    epoch = 0
    while True:
        found: list[Batch] = []
        for language, own in known.items():
            rng = np.random.default_rng([seed, epoch, *language.encode()])
            found += [(language, chosen) for chosen in epoch_batches(own, size, rng)]
        for place in np.random.default_rng([seed, epoch]).permutation(len(found)):
            yield found[place]
        epoch += 1


def sampled_batches(
    lengths: Mapping[str, Sequence[int]], size: int, seed: int, temperature: float
) -> Iterator[Batch]:
    """Batches whose language is drawn with probability ~ pieces ** (1 / temperature).

    Exponentially smoothed sampling (Devlin et al. 2019; Conneau et al. 2020); each language goes
    through its own texts again and again.
    """
    languages = list(lengths)
    weights = np.array([float(sum(lengths[x])) for x in languages]) ** (1 / temperature)
    endless = {language: batches(lengths[language], size, seed) for language in languages}
    rng = np.random.default_rng([seed, 0])
    while True:
        language = languages[int(rng.choice(len(languages), p=weights / weights.sum()))]
        yield language, next(endless[language])
