"""What every loading of a pretrained model shares: its limits, dropout, memory and silence."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn
from transformers import PreTrainedModel
from transformers import logging as transformers_logging

from core.errors import UserError
from core.models.find import CONVERT, ModelSource, first_line


@contextmanager
def loading(source: ModelSource) -> Iterator[None]:
    """Around the loading of an encoder with a head: whatever goes wrong becomes one message.

    Raises:
        UserError: something did; with the model's name and what to do about it.
    """
    try:
        yield
    except Exception as error:  # many kinds, none of them the user's to read in full
        reason = first_line(error)
        hint = f" {CONVERT}" if "safetensors" in reason else ""
        if "deserializing" in reason:
            hint = ". Its *.safetensors file is damaged or cut off; copy or save it again"
        raise UserError(f"--model {source.given}: can't be loaded: {reason}{hint}") from error


def position_limits(model: nn.Module) -> list[int]:
    """Longest sequence each table of learned positions allows; none for relative positions.

    RoBERTa's positions start after its padding index: 514 rows are 512 positions.
    """
    tables = [
        module
        for name, module in model.named_modules()
        if isinstance(module, nn.Embedding) and name.endswith(("position_embeddings", "wpe"))
    ]
    return [
        table.num_embeddings - (0 if table.padding_idx is None else table.padding_idx + 1)
        for table in tables
    ]


def save_memory(model: PreTrainedModel, given: str) -> None:
    """Let the model compute activations again in the backward pass.

    Raises:
        UserError: its architecture can't.
    """
    try:
        model.activation_checkpointing_enable({"use_reentrant": False})
    except ValueError as error:
        raise UserError(
            f"--model {given}: {first_line(error)} Leave out --gradient-checkpointing"
        ) from error


def set_dropout(settings: Any, dropout: float) -> None:
    """Set every dropout field of a model config, whatever the architecture calls it.

    Not ``layerdrop``: leaving out whole layers is something else.
    """
    for name, value in settings.to_dict().items():
        number = isinstance(value, float | int) and not isinstance(value, bool)
        if "drop" in name and "layerdrop" not in name and (value is None or number):
            setattr(settings, name, dropout)


def quiet() -> None:
    """Keep transformers' notices (new head, progress bars) off stderr."""
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    logging.getLogger("transformers").setLevel(logging.ERROR)
