"""Loading an encoder with a classification head."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers import logging as transformers_logging

from core.errors import UserError
from core.models.find import CONVERT, ModelSource, first_line


@dataclass(frozen=True)
class Classifier:
    """A sequence classifier and its tokenizer."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase

    @property
    def class_count(self) -> int:
        """Number of classes of the head."""
        return int(self.model.config.num_labels)


def load_classifier(
    source: ModelSource,
    class_names: tuple[str, ...],
    dropout: float,
    seed: int,
    *,
    gradient_checkpointing: bool = False,
) -> Classifier:
    """Load the encoder with a classification head of these classes.

    A head that is not in the checkpoint, or has another number of classes, is drawn from
    ``seed``. Every dropout field of the config is set to ``dropout``; it acts in training only.

    Args:
        source: of :func:`core.models.find.find_model`.
        class_names: names of the classes, in index order.
        dropout: share of units dropped.
        seed: of a new head.
        gradient_checkpointing: compute activations again in the backward pass to save memory.

    Raises:
        UserError: the weights or the tokenizer can't be loaded.
    """
    quiet()
    torch.manual_seed(seed)
    place: dict[str, Any] = {"revision": source.revision, "trust_remote_code": False}
    try:
        settings = AutoConfig.from_pretrained(source.location, **place)
        set_dropout(settings, dropout)
        settings.num_labels = len(class_names)
        settings.id2label = dict(enumerate(class_names))
        settings.label2id = {name: index for index, name in enumerate(class_names)}
        model = AutoModelForSequenceClassification.from_pretrained(
            source.location,
            config=settings,
            dtype=torch.float32,
            use_safetensors=True,
            ignore_mismatched_sizes=source.has_head and source.class_count != len(class_names),
            **place,
        )
    except Exception as error:  # many kinds, none of them the user's to read in full
        reason = first_line(error)
        hint = f" {CONVERT}" if "safetensors" in reason else ""
        if "deserializing" in reason:
            hint = ". Its *.safetensors file is damaged or cut off; copy or save it again"
        raise UserError(f"--model {source.given}: can't be loaded: {reason}{hint}") from error
    tokenizer = _tokenizer(source, place)
    if tokenizer.pad_token_id is None:
        raise UserError(f"--model {source.given}: its tokenizer has no padding token")
    tokenizer.model_max_length = min([tokenizer.model_max_length, *position_limits(model)])
    if gradient_checkpointing:
        _save_memory(model, source)
    return Classifier(model, tokenizer)


def _tokenizer(source: ModelSource, place: dict[str, Any]) -> PreTrainedTokenizerBase:
    try:
        return AutoTokenizer.from_pretrained(source.location, **place)
    except Exception as error:  # as above
        reason = first_line(error).removesuffix(" from one of:")
        raise UserError(
            f"--model {source.given}: its tokenizer can't be loaded ({reason}); tokenizer.json or "
            "a sentencepiece model is missing or damaged, so save the model's tokenizer there"
        ) from error


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


def _save_memory(model: PreTrainedModel, source: ModelSource) -> None:
    try:
        model.activation_checkpointing_enable({"use_reentrant": False})
    except ValueError as error:
        raise UserError(
            f"--model {source.given}: {first_line(error)} Leave out --gradient-checkpointing"
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
