"""Loading a model with the head that a run reads its answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForMultipleChoice,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from core.data.templates.wording import Templates
from core.errors import UserError
from core.models.find import ANSWER_HEAD, ModelSource, first_line
from core.models.heads.base import Head
from core.models.heads.causal import causal_head
from core.models.heads.classification import ClassificationHead
from core.models.heads.first_step import first_step_head
from core.models.heads.multiple_choice import MultipleChoiceHead
from core.models.heads.prompt import prompt_head
from core.models.heads.spec import LOADERS, HeadSpec
from core.models.language_model import LanguageModel, load_language_model
from core.models.pretrained import loading, position_limits, quiet, save_memory, set_dropout

SCORE = ("score",)
"""The single label of a model that scores choices."""
ASKERS: dict[str, Callable[[LanguageModel, Templates, str], Head]] = {
    "prompt": prompt_head,
    "first-step": first_step_head,
    "causal": causal_head,
}


@dataclass(frozen=True)
class Classifier:
    """A model, its tokenizer, and how its answers are read."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    head: Head
    loader: str = "AutoModelForSequenceClassification"
    """The class of transformers that loads it once it is saved."""

    @property
    def class_count(self) -> int:
        """Number of classes."""
        return len(self.head.class_names)


def load_classifier(
    source: ModelSource,
    spec: HeadSpec,
    dropout: float,
    seed: int,
    *,
    gradient_checkpointing: bool = False,
) -> Classifier:
    """Load a model with a head.

    A classification or multiple-choice head that is not in the checkpoint, or has another number
    of labels, is drawn from ``seed``. Every dropout field of the config is set to ``dropout``; it
    acts in training only. The head is noted in the model's configuration.

    Args:
        source: of :func:`core.models.find.find_model`.
        spec: which head, for which classes.
        dropout: share of units dropped.
        seed: of a new head.
        gradient_checkpointing: compute activations again in the backward pass to save memory.

    Raises:
        UserError: the weights or the tokenizer can't be loaded, or do not fit the head.
    """
    torch.manual_seed(seed)
    if spec.templates is None:
        model, tokenizer = _classifying(source, spec, dropout)
        if gradient_checkpointing:
            save_memory(model, source.given)
        head: Head = ClassificationHead(tokenizer, spec.class_names)
        if spec.kind == "multiple-choice":
            head = MultipleChoiceHead(tokenizer, spec.class_names, stacked=source.chooses)
    else:
        found = load_language_model(source, dropout, gradient_checkpointing=gradient_checkpointing)
        model, tokenizer = found.model, found.tokenizer
        head = ASKERS[spec.kind](found, spec.templates, source.given)
        setattr(model.config, ANSWER_HEAD, spec.to_json())
    chooser = spec.kind == "multiple-choice" and source.chooses
    return Classifier(
        model, tokenizer, head, "AutoModelForMultipleChoice" if chooser else LOADERS[spec.kind]
    )


def _classifying(
    source: ModelSource, spec: HeadSpec, dropout: float
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The encoder with a classifier of these classes, or of one score for each choice."""
    quiet()
    place: dict[str, Any] = {"revision": source.revision, "trust_remote_code": False}
    choosing = spec.kind == "multiple-choice"
    names = SCORE if choosing else spec.class_names
    loader = encoder_loader(source, spec)
    with loading(source):
        settings = _settings(source, spec, names, dropout, place)
        model = loader.from_pretrained(
            source.location,
            config=settings,
            dtype=torch.float32,
            use_safetensors=True,
            ignore_mismatched_sizes=source.has_head and source.class_count != len(names),
            **place,
        )
    return model, padded_tokenizer(source, model)


def encoder_loader(source: ModelSource, spec: HeadSpec) -> Any:
    """What loads an encoder with a head of labels, or of choices."""
    if spec.kind == "multiple-choice" and source.chooses:
        return AutoModelForMultipleChoice
    return AutoModelForSequenceClassification


def _settings(
    source: ModelSource,
    spec: HeadSpec,
    names: tuple[str, ...],
    dropout: float,
    place: dict[str, Any],
) -> Any:
    """The model's configuration with these labels and dropout, and the head noted."""
    settings = AutoConfig.from_pretrained(source.location, **place)
    set_dropout(settings, dropout)
    settings.num_labels = len(names)
    settings.id2label = dict(enumerate(names))
    settings.label2id = {name: index for index, name in enumerate(names)}
    if note := spec.to_json():
        setattr(settings, ANSWER_HEAD, note)
    elif hasattr(settings, ANSWER_HEAD):
        delattr(settings, ANSWER_HEAD)
    return settings


def padded_tokenizer(source: ModelSource, model: PreTrainedModel) -> PreTrainedTokenizerBase:
    """The model's tokenizer, which then knows how many pieces the model reads at most.

    Raises:
        UserError: it is missing or damaged, or has no padding token.
    """
    tokenizer = load_tokenizer(source)
    if tokenizer.pad_token_id is None:
        raise UserError(f"--model {source.given}: its tokenizer has no padding token")
    tokenizer.model_max_length = min([tokenizer.model_max_length, *position_limits(model)])
    return tokenizer


def load_tokenizer(source: ModelSource) -> PreTrainedTokenizerBase:
    """The model's tokenizer.

    Raises:
        UserError: it is missing or damaged.
    """
    place: dict[str, Any] = {"revision": source.revision, "trust_remote_code": False}
    try:
        return AutoTokenizer.from_pretrained(source.location, **place)
    except Exception as error:  # as above
        reason = first_line(error).removesuffix(" from one of:")
        raise UserError(
            f"--model {source.given}: its tokenizer can't be loaded ({reason}); tokenizer.json or "
            "a sentencepiece model is missing or damaged, so save the model's tokenizer there"
        ) from error
