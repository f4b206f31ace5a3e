"""Texts to token ids, and token ids to tightly padded batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core.data.parallel import Fields
from core.models.device import Device

Ids = list[int]
LEAD = "▁"
"""SentencePiece's word start as a piece of its own, as XLM-R cuts Chinese words."""


@dataclass(frozen=True)
class Encoded:
    """Rows of every item in every language: ``rows[language][item]``, of one head's kind."""

    languages: tuple[str, ...]
    rows: tuple[tuple[Sized, ...], ...]

    def __len__(self) -> int:
        """Number of items."""
        return len(self.rows[0]) if self.rows else 0

    def flat(self, items: Sequence[int] | range) -> list[Sized]:
        """Rows of these items, language by language: ``[languages * items]``."""
        return [row[item] for row in self.rows for item in items]


def encode_texts(
    texts: Sequence[Fields], tokenizer: PreTrainedTokenizerBase, max_length: int | None
) -> list[Ids]:
    """Token ids of each text, special tokens included; not cut if there is no length."""
    if not texts:
        return []
    first = [fields[0] for fields in texts]
    second = [fields[1] for fields in texts] if len(texts[0]) == 2 else None
    limit = None if max_length is None else min(max_length, tokenizer.model_max_length)
    output = tokenizer(first, second, truncation=limit is not None, max_length=limit)
    return [list(map(int, ids)) for ids in output["input_ids"]]


def buckets(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    """Positions grouped by length, at most ``size`` each, so that little is padded."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    for start in range(0, len(order), size):
        yield order[start : start + size]


def pad(rows: Sequence[Ids], pad_id: int, device: Device) -> dict[str, torch.Tensor]:
    """One padded batch: ``input_ids`` and ``attention_mask``, both [rows, longest]."""
    longest = max(len(row) for row in rows)
    ids = torch.full((len(rows), longest), pad_id, dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for position, row in enumerate(rows):
        ids[position, : len(row)] = torch.tensor(row)
        mask[position, : len(row)] = 1
    return {"input_ids": ids.to(device.place), "attention_mask": mask.to(device.place)}


def segments(ids: torch.Tensor, separator: int) -> torch.Tensor:
    """Token types of BERT-like models: 0 up to the first separator, 1 after it; [rows, longest]."""
    is_separator = (ids == separator).long()
    return (is_separator.cumsum(-1) - is_separator).clamp(max=1)


def wants_types(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether the model tells the two texts of a pair apart by token types."""
    types = getattr(model.config, "type_vocab_size", 0)
    return types > 1 and "token_type_ids" in tokenizer.model_input_names


def bucketed(
    rows: Sequence[Sized],
    size: int,
    device: Device,
    forward: Callable[[list[int]], torch.Tensor],
) -> torch.Tensor:
    """The forward passes of rows in buckets of similar length, put back in the rows' order.

    Args:
        rows: of any kind.
        size: of a bucket at most.
        device: of the result.
        forward: told the positions of some rows; returns one entry for each.
    """
    parts, order = [], []
    for positions in buckets([len(row) for row in rows], size):
        parts.append(forward(positions))
        order.extend(positions)
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(parts)[back.to(device.place)]


def class_logits(
    model: PreTrainedModel,
    rows: Sequence[Ids],
    tokenizer: PreTrainedTokenizerBase,
    device: Device,
    bucket: int = 32,
    *,
    stacked: bool = False,
) -> torch.Tensor:
    """Logits [rows, labels] of a sequence classifier in float32, each row encoded exactly once.

    The rows go through the model in buckets of similar length; gradients flow as in one batch.
    Models that tell the two sentences of a pair apart get their token types.

    Args:
        model: the classifier.
        rows: token ids.
        tokenizer: which made them.
        device: where the model is.
        bucket: rows in one forward pass at most.
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

    return bucketed(rows, bucket, device, forward)


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
