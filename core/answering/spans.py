"""A span head on an encoder: each token's score as the start and as the end of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import (
    AutoConfig,
    AutoModelForQuestionAnswering,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from core.answering.features import Reader, Windows
from core.models.batches import bucketed
from core.models.device import Device
from core.models.encode import wants_types
from core.models.find import ANSWER_HEAD, ModelSource
from core.models.load import padded_tokenizer
from core.models.pretrained import loading, quiet, save_memory, set_dropout

LOADER = "AutoModelForQuestionAnswering"
"""The class of transformers that loads such a model once it is saved."""
Positions = Sequence[int] | NDArray[np.int64]
"""Of windows."""


@dataclass(frozen=True)
class SpanModel:
    """A model with a span head, and its tokenizer."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase

    def reader(self, max_length: int, stride: int) -> Reader:
        """What makes windows for it.

        Raises:
            UserError: its tokenizer does not tell where its tokens stand in the text.
        """
        typed = wants_types(self.model, self.tokenizer)
        return Reader(self.tokenizer, max_length, stride, typed=typed)


def load_spans(
    source: ModelSource, dropout: float, seed: int, *, gradient_checkpointing: bool = False
) -> SpanModel:
    """Load an encoder with a span head; one that is not in the checkpoint is drawn from ``seed``.

    Args:
        source: of :func:`core.models.find.find_model`, for question answering.
        dropout: share of units dropped in training, in every dropout field of the configuration.
        seed: of a new head.
        gradient_checkpointing: compute activations again in the backward pass to save memory.

    Raises:
        UserError: the weights or the tokenizer can't be loaded.
    """
    quiet()
    place: dict[str, Any] = {"revision": source.revision, "trust_remote_code": False}
    torch.manual_seed(seed)
    with loading(source):
        settings = AutoConfig.from_pretrained(source.location, **place)
        set_dropout(settings, dropout)
        settings.num_labels = 2  # start and end, however many classes it had
        if hasattr(settings, ANSWER_HEAD):
            delattr(settings, ANSWER_HEAD)
        model = AutoModelForQuestionAnswering.from_pretrained(
            source.location, config=settings, dtype=torch.float32, use_safetensors=True, **place
        )
    if gradient_checkpointing:
        save_memory(model, source.given)
    return SpanModel(model, padded_tokenizer(source, model))


def span_scores(
    model: PreTrainedModel,
    windows: Windows,
    positions: Positions,
    device: Device,
) -> torch.Tensor:
    """Logits of start and end in float32; gradients flow as in one batch.

    Only the tokens of the context can be in an answer (Eq. 1), and the first token of the window,
    which stands for "not in this window".

    Args:
        model: on the device.
        windows: of `core.answering.features.Reader`.
        positions: which of them.
        device: where to compute, and how many tokens at once.

    Returns:
        [2 sides, windows, longest], minus infinity at all other tokens.
    """
    longest = int(windows.lengths[list(positions)].max())

    def forward(places: list[int]) -> torch.Tensor:
        some = [int(positions[place]) for place in places]
        inputs = windows.inputs(some, device)
        with device.autocast():
            output = model(**inputs)
        scores = torch.stack((output.start_logits, output.end_logits), dim=1).float()
        barred = torch.from_numpy(~_allowed(windows, some, scores.shape[-1]))
        scores = scores.masked_fill(barred[:, None].to(device.place), -torch.inf)
        return functional.pad(scores, (0, longest - scores.shape[-1]), value=-torch.inf)

    rows = [range(length) for length in windows.lengths[list(positions)]]
    return bucketed(rows, device, forward).transpose(0, 1)


def right_tokens(windows: Windows, positions: Positions, device: Device) -> torch.Tensor:
    """The right start and end of windows, [2 sides, windows]; 0 where they do not hold it."""
    chosen = list(positions)
    found = np.stack((windows.start[chosen], windows.end[chosen]))
    return torch.from_numpy(found).to(device.place)


def _allowed(windows: Windows, positions: Positions, longest: int) -> np.ndarray:
    """[windows, longest]: the first token and those of the context."""
    allowed = np.zeros((len(positions), longest), dtype=bool)
    allowed[:, 0] = True
    for row, position in enumerate(positions):
        first, stop = windows.context_places(position)
        allowed[row, first:stop] = True
    return allowed
