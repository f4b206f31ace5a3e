"""What a masked LM is pretrained on, as token ids, and the order in which it reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from core.data.parallel import Fields
from core.models.encode import Ids, encode_texts


@dataclass(frozen=True)
class Rows:
    """What a masked LM is pretrained on, as token ids."""

    masked: list[Ids]
    """Single texts and pairs of texts, to be masked."""
    parallel: list[tuple[Ids, Ids]]
    """The same text in two languages, for the contrast; may be empty."""


def tokenize(
    tokenizer: PreTrainedTokenizerFast,
    texts: Mapping[str, Sequence[str]],
    pairs: Sequence[tuple[str, str]],
    parallel: Sequence[tuple[Fields, Fields]],
    max_length: int,
) -> Rows:
    """Token ids of everything.

    Args:
        tokenizer: the model's.
        texts: language -> texts, each cut to ``max_length`` pieces.
        pairs: two texts in one sequence, up to twice as long; masking both at once is translation
            language modelling where they are in two languages (Conneau and Lample, 2019).
        parallel: the same one or two texts in two languages.
        max_length: in pieces.
    """
    singles = [(line,) for lines in texts.values() for line in lines]
    masked = encode_texts(singles, tokenizer, max_length)
    masked += encode_texts(pairs, tokenizer, 2 * max_length)
    sides: list[list[Ids]] = [[[] for _ in parallel] for _ in range(2)]
    for width in (1, 2):
        chosen = [i for i, (first, _) in enumerate(parallel) if len(first) == width]
        for side, rows in enumerate(sides):
            fields = [parallel[i][side] for i in chosen]
            for i, row in zip(chosen, encode_texts(fields, tokenizer, 2 * max_length), strict=True):
                rows[i] = row
    return Rows(masked, list(zip(*sides, strict=True)))


def batches(lengths: Sequence[int], size: int, seed: int) -> Iterator[list[int]]:
    """Positions in batches of similar length, in random order, epoch after epoch."""
    known = np.array(lengths)
    epoch = 0
    while True:
        yield from epoch_batches(known, size, np.random.default_rng((seed, epoch)))
        epoch += 1


def epoch_batches(
    lengths: NDArray[np.int64], size: int, rng: np.random.Generator
) -> Iterator[list[int]]:
    """Every position once, in batches of similar length, in random order."""
    order = np.argsort(lengths + rng.random(len(lengths)) * 4, kind="stable")
    for start in rng.permutation(np.arange(0, len(order), size)):
        yield order[start : start + size].tolist()
