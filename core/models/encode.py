"""Texts to token ids, and token ids to a classifier's logits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core.data.parallel import Fields
from core.models.batches import Row, bucketed, pad
from core.models.device import Device
from core.models.token_cache import Rows, cached

Ids = list[int]

LEAD = "▁"
"""SentencePiece's word start as a piece of its own, as XLM-R cuts Chinese words."""
AT_ONCE = 1024
"""Texts whose ids are lists at one time."""


@dataclass(frozen=True)
class Encoded:
    """Rows of every item in every language: ``rows[language][item]``, of one head's kind."""

    languages: tuple[str, ...]
    rows: tuple[Sequence[Sized], ...]

    def __len__(self) -> int:
        """Number of items."""
        return len(self.rows[0]) if self.rows else 0

    def flat(self, items: Sequence[int] | range) -> list[Sized]:
        """Rows of these items, language by language: ``[languages * items]``."""
        return [row[item] for row in self.rows for item in items]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of every row, as `flat` has them: ``[languages * items]``."""
        found = [np.fromiter(map(len, rows), np.int64, len(rows)) for rows in self.rows]
        return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def encode_texts(
    texts: Sequence[Fields], tokenizer: PreTrainedTokenizerBase, max_length: int | None
) -> list[Ids]:
    """Token ids of each text, special tokens included; not cut if there is no length."""
    return [row.tolist() for row in encode_rows(texts, tokenizer, max_length)]


def encode_rows(
    texts: Sequence[Fields], tokenizer: PreTrainedTokenizerBase, max_length: int | None
) -> Rows:
    """The same as arrays, which many texts have on the disk (`core.models.token_cache`)."""
    limit = None if max_length is None else min(max_length, tokenizer.model_max_length)

    def tokenize() -> Iterator[list[Ids]]:
        for start in range(0, len(texts), AT_ONCE):
            some = texts[start : start + AT_ONCE]
            first = [fields[0] for fields in some]
            second = [fields[1] for fields in some] if len(some[0]) == 2 else None
            yield tokenizer(first, second, truncation=limit is not None, max_length=limit)[
                "input_ids"
            ]

    return cached(texts, tokenizer, limit, tokenize)


def segments(ids: torch.Tensor, separator: int) -> torch.Tensor:
    """Token types of BERT-like models: 0 up to the first separator, 1 after it; [rows, longest]."""
    is_separator = (ids == separator).long()
    return (is_separator.cumsum(-1) - is_separator).clamp(max=1)


def wants_types(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether the model tells the two texts of a pair apart by token types."""
    types = getattr(model.config, "type_vocab_size", 0)
    return types > 1 and "token_type_ids" in tokenizer.model_input_names


def class_logits(
    model: PreTrainedModel,
    rows: Sequence[Row],
    tokenizer: PreTrainedTokenizerBase,
    device: Device,
    *,
    stacked: bool = False,
) -> torch.Tensor:
    """Logits [rows, labels] of a sequence classifier in float32, each row encoded exactly once.

    The rows go through the model in batches of similar length; gradients flow as in one batch.
    Models that tell the two sentences of a pair apart get their token types.

    Args:
        model: the classifier.
        rows: token ids.
        tokenizer: which made them.
        device: where the model is, and how many tokens go through it at once.
        stacked: the model wants [rows, choices, length], as those for multiple choice do; it
            gets one choice.
    """
    typed = wants_types(model, tokenizer) and tokenizer.sep_token_id is not None

    def forward(positions: list[int]) -> torch.Tensor:
        batch = pad([rows[i] for i in positions], tokenizer.pad_token_id, device)
        if typed:
            types = segments(batch["input_ids"], tokenizer.sep_token_id)
            batch["token_type_ids"] = types * batch["attention_mask"]
        if stacked:
            batch = {name: values[:, None] for name, values in batch.items()}
        with device.autocast():
            return model(**batch).logits.float()

    return bucketed(rows, device, forward)


def word_start(tokenizer: PreTrainedTokenizerBase) -> int | None:
    """The id of SentencePiece's word start alone; None where the tokenizer has no such piece."""
    found = tokenizer.convert_tokens_to_ids(LEAD)
    if found is None or found == tokenizer.unk_token_id:
        return None
    return int(found)


def started(tokenizer: PreTrainedTokenizerBase, ids: tuple[int, ...]) -> tuple[int, ...]:
    """The ids with the tokenizer's start token, where it has one and has not put it itself."""
    start = tokenizer.bos_token_id
    if start is None or (ids and ids[0] in tokenizer.all_special_ids):
        return ids
    return (int(start), *ids)
