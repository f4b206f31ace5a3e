"""Sequence classification: an encoder's own head, one label a class."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core.data.parallel import ParallelDataset
from core.models.batches import Row
from core.models.device import Device
from core.models.encode import Encoded, class_logits, encode_rows


@dataclass(frozen=True)
class ClassificationHead:
    """A sequence classifier; two text fields are a sentence pair."""

    tokenizer: PreTrainedTokenizerBase
    class_names: tuple[str, ...]

    def encode(self, data: ParallelDataset, max_length: int) -> Encoded:
        """Token ids of the texts; longer ones are cut."""
        rows = (encode_rows(data.texts[x], self.tokenizer, max_length) for x in data.languages)
        return Encoded(data.languages, tuple(rows))

    def check(self, data: ParallelDataset, max_length: int) -> None:
        """Any text can be read."""

    def logits(self, model: PreTrainedModel, rows: Sequence[Row], device: Device) -> torch.Tensor:
        """The classifier's logits [rows, classes]."""
        return class_logits(model, rows, self.tokenizer, device)

    def encodings(self, rows: Sequence[Sized]) -> int:
        """One sequence a row."""
        return len(rows)
