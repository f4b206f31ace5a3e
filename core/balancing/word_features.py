"""What a frozen encoder makes of each word: the hidden state of its first sub-word."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.data.arrays import load_arrays
from core.data.tagging.dataset import TaggedSentences
from core.errors import UserError
from core.models.batches import batches, pad
from core.models.device import Device
from core.models.encode import Ids, word_start
from core.models.encoder import Encoder
from core.models.memory import Fitting
from core.models.ready import ready

UNLIMITED = 1 << 30
"""Pieces; tokenizers of models without a limit say a larger number."""
Tick = Callable[[int, int], None]
"""Told how many sentences are done, of how many."""


@dataclass(frozen=True)
class WordRows:
    """Sentences as token ids, and where each word begins."""

    ids: list[Ids]
    """Of each sentence, special tokens included, cut to the longest length."""
    starts: list[list[int]]
    """Of each sentence: the place of the first sub-word of each word that has one there."""
    words: list[list[int]]
    """Of each sentence: the numbers of those words."""

    @property
    def count(self) -> int:
        """Words with a sub-word."""
        return sum(map(len, self.starts))


@dataclass(frozen=True)
class WordFeatures:
    """The features of all words of some sentences, in their order."""

    values: NDArray[np.floating]
    """[words, hidden units]; float16, or float32 where the numbers are too large for it."""
    tags: NDArray[np.int64]
    """[words]"""
    sentences: NDArray[np.int64]
    """[words]: the number of each word's sentence."""
    lost: int
    """Words without a feature: beyond the longest length, or without a sub-word."""

    def save(self, path: Path) -> None:
        """Write one ``.npz`` (not packed: it is read soon), by a temporary file and a rename."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            with temporary.open("wb") as handle:
                np.savez(
                    handle,
                    allow_pickle=False,
                    values=self.values,
                    tags=self.tags,
                    sentences=self.sentences,
                    lost=np.array(self.lost),
                )
                handle.flush()
                os.fsync(handle.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)  # there only if something failed

    @classmethod
    def load(cls, path: Path) -> WordFeatures:
        """Read what :meth:`save` wrote."""
        found = load_arrays(path)
        return cls(found["values"], found["tags"], found["sentences"], int(found["lost"]))


def word_rows(
    encoder: Encoder, sentences: Sequence[Sequence[str]], max_length: int | None
) -> WordRows:
    """Cut sentences into sub-words, word by word.

    A word's first sub-word is the first piece that holds some of it: a bare word start, as
    SentencePiece puts one before Chinese words, is none.

    Args:
        encoder: whose tokenizer cuts.
        sentences: the words of each.
        max_length: in pieces, special ones included; the model's own limit if that is less.
    """
    tokenizer = encoder.tokenizer
    limit = min(tokenizer.model_max_length, UNLIMITED if max_length is None else max_length)
    lead = word_start(tokenizer)
    rows = WordRows([], [], [])
    if not sentences:
        return rows
    output = tokenizer(
        [list(words) for words in sentences],
        is_split_into_words=True,
        truncation=limit < UNLIMITED,
        max_length=limit if limit < UNLIMITED else None,
    )
    for number, ids in enumerate(output["input_ids"]):
        first: dict[int, int] = {}
        for place, word in enumerate(output.word_ids(number)):
            if word is not None and ids[place] != lead:
                first.setdefault(word, place)
        rows.ids.append(list(map(int, ids)))
        rows.words.append(sorted(first))
        rows.starts.append([first[word] for word in sorted(first)])
    return rows


@torch.no_grad()
def word_features(
    encoder: Encoder,
    part: TaggedSentences,
    device: Device,
    *,
    layer: int | None = None,
    max_length: int | None = None,
    fitting: Fitting | None = None,
    tick: Tick = lambda done, total: None,
) -> WordFeatures:
    """Read sentences once and keep the hidden state of each word's first sub-word.

    Args:
        encoder: frozen; moved to the device.
        part: the sentences with their tags.
        device: where to compute.
        layer: which layer's output: 0 the embeddings, None the last.
        max_length: in pieces, special ones included.
        fitting: how many sentences go through the model at once.
        tick: told about the progress.

    Raises:
        UserError: there is no such layer.
    """
    if layer is not None and layer > encoder.layers:
        raise UserError(f"--layer {layer}: the encoder has {encoder.layers} layers (0: embeddings)")
    model = ready(encoder.model, device)
    fitting = fitting or Fitting(64, "sentences")
    rows = word_rows(encoder, part.words, max_length)
    ends = np.cumsum([0, *map(len, rows.starts)])
    values: NDArray[np.floating] | None = None
    done = 0
    for positions in batches([len(ids) for ids in rows.ids], device.budget, max(fitting.size, 1)):

        def forward(size: int, chosen: list[int] = positions) -> torch.Tensor:
            parts = [chosen[i : i + size] for i in range(0, len(chosen), size)]
            return torch.cat([_states(model, rows, some, encoder, device, layer) for some in parts])

        found = fitting(forward).float().cpu().numpy()
        if values is None:
            values = np.zeros((rows.count, found.shape[1]), dtype=np.float32)
        values[np.concatenate([np.arange(ends[i], ends[i + 1]) for i in positions])] = found
        done += len(positions)
        tick(done, len(part))
    tags = [part.tags[i][word] for i, words in enumerate(rows.words) for word in words]
    numbers = np.repeat(np.arange(len(part)), [len(words) for words in rows.words])
    kept = np.zeros((0, 1), dtype=np.float32) if values is None else values
    small = not kept.size or float(np.abs(kept).max()) < float(np.finfo(np.float16).max)
    return WordFeatures(
        values=kept.astype(np.float16) if small else kept,
        tags=np.array(tags, dtype=np.int64),
        sentences=numbers.astype(np.int64),
        lost=part.word_count - rows.count,
    )


def _states(
    model: torch.nn.Module,
    rows: WordRows,
    chosen: Sequence[int],
    encoder: Encoder,
    device: Device,
    layer: int | None,
) -> torch.Tensor:
    """Hidden states at the words' first sub-words, sentence by sentence: [words, hidden units]."""
    pad_id = encoder.tokenizer.pad_token_id
    batch = pad([rows.ids[i] for i in chosen], 0 if pad_id is None else pad_id, device)
    with device.autocast():
        output = model(**batch, output_hidden_states=layer is not None)
    states = output.last_hidden_state if layer is None else output.hidden_states[layer]
    row = [r for r, i in enumerate(chosen) for _ in rows.starts[i]]
    place = [x for i in chosen for x in rows.starts[i]]
    found: torch.Tensor = states[torch.tensor(row), torch.tensor(place)]
    return found
