"""Loading a language model with its trained head: masked, encoder-decoder or causal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from core.errors import UserError
from core.models.find import ModelSource, first_line
from core.models.load import position_limits, quiet, set_dropout

Family = Literal["encoder-decoder", "masked", "causal"]

LOADERS: dict[Family, Any] = {
    "encoder-decoder": AutoModelForSeq2SeqLM,
    "masked": AutoModelForMaskedLM,
    "causal": AutoModelForCausalLM,
}
"""In the order they are tried: transformers lists some encoder-decoders as masked LMs too."""


@dataclass(frozen=True)
class LanguageModel:
    """A language model and its tokenizer."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase

    @cached_property
    def family(self) -> Family:
        """What kind of language model it is.

        Raises:
            UserError: it is none.
        """
        name = type(self.model).__name__
        for family in _families(self.model.config):
            if _class_name(family, self.model.config) == name:
                return family
        raise UserError(f"{name} is no masked, encoder-decoder or causal language model")

    @property
    def vocabulary(self) -> int:
        """Logits at one place."""
        return int(self.model.get_output_embeddings().weight.shape[0])

    @property
    def pad_id(self) -> int:
        """What fills short rows; any piece will do where the tokenizer has none for it."""
        found = (self.tokenizer.pad_token_id, getattr(self.model.config, "pad_token_id", None), 0)
        return next(int(i) for i in found if i is not None)


def load_language_model(source: ModelSource, dropout: float | None = None) -> LanguageModel:
    """Load a language model as what its configuration says it was saved as.

    Args:
        source: of :func:`core.models.find.find_model` with ``head="language model"``.
        dropout: share of units dropped in training; unset: as the model's configuration says.

    Raises:
        UserError: the weights or the tokenizer can't be loaded, the head has no weights, or a
            masked model's tokenizer has no mask.
    """
    quiet()
    place: dict[str, Any] = {"revision": source.revision, "trust_remote_code": False}
    loader = None
    try:
        settings = AutoConfig.from_pretrained(source.location, **place)
        if dropout is not None:
            set_dropout(settings, dropout)
        loader = LOADERS[_saved_as(settings)]
        model, report = loader.from_pretrained(
            source.location,
            config=settings,
            dtype=torch.float32,
            use_safetensors=True,
            output_loading_info=True,
            **place,
        )
        tokenizer = AutoTokenizer.from_pretrained(source.location, **place)
    except Exception as error:  # many kinds, none of them the user's to read in full
        reason = first_line(error)
        hint = ""
        if "safetensors" in reason and loader is not None:
            hint = f" Convert: {loader.__name__}.from_pretrained(folder).save_pretrained(folder)"
        raise UserError(f"--model {source.given}: can't be loaded: {reason}{hint}") from error
    _check_head(source, settings, report["missing_keys"])
    tokenizer.model_max_length = min([tokenizer.model_max_length, *position_limits(model)])
    found = LanguageModel(model, tokenizer)
    if found.family == "masked" and tokenizer.mask_token_id is None:
        raise UserError(
            f"--model {source.given}: a masked language model whose tokenizer has no mask token; "
            "name it in tokenizer_config.json (mask_token)"
        )
    return found


def _families(settings: Any) -> list[Family]:
    """The families transformers has a model of this configuration for."""
    wanted = [family for family in LOADERS if type(settings) in LOADERS[family]._model_mapping]
    return [f for f in wanted if (f == "encoder-decoder") == bool(settings.is_encoder_decoder)]


def _class_name(family: Family, settings: Any) -> str:
    return str(LOADERS[family]._model_mapping[type(settings)].__name__)


def _saved_as(settings: Any) -> Family:
    """The family of the class that saved it; the likeliest where that is no language model."""
    families = _families(settings)
    names = settings.architectures or ()
    saved = [family for family in families if _class_name(family, settings) in names]
    for family in (*saved, *families):
        return family
    raise UserError(f"{settings.model_type} models have no language model head")


def _check_head(source: ModelSource, settings: Any, missing: set[str]) -> None:
    if missing:
        some = ", ".join(sorted(missing)[:3])
        kind = ", ".join(settings.architectures or ["?"])
        raise UserError(
            f"--model {source.given}: saved as {kind}, without the weights of a language model "
            f"head ({len(missing)} missing: {some}); probe the model it was trained from"
        )
