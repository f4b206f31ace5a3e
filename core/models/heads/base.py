"""The seam between a model and whoever needs P(class | text), whatever the head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from transformers import PreTrainedModel

from core.data.parallel import ParallelDataset
from core.models.device import Device
from core.models.encode import Encoded


class Head(Protocol):
    """Turns items into rows of its own kind, and rows into class scores."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, in index order."""

    def encode(self, data: ParallelDataset, max_length: int) -> Encoded:
        """Tokenize a dataset; texts that are too long are cut.

        Args:
            data: the items.
            max_length: in pieces.

        Returns:
            Rows that only this head reads; the length of one is that of its longest sequence.

        Raises:
            UserError: an item can't be asked this way.
        """

    def check(self, data: ParallelDataset, max_length: int) -> None:
        """Refuse items that `encode` would refuse, without tokenizing all their texts.

        Raises:
            UserError: an item can't be asked this way.
        """

    def logits(self, model: PreTrainedModel, rows: Sequence[Any], device: Device) -> torch.Tensor:
        """Scores [rows, classes] in float32 whose softmax is P(class | text).

        Each row goes through the model once, in batches of similar length; gradients flow as in
        one batch.

        Args:
            model: in training or not, on its device.
            rows: of `encode`.
            device: where it is, and how many tokens go through it at once.
        """

    def encodings(self, rows: Sequence[Any]) -> int:
        """How many sequences the model reads for these rows."""
