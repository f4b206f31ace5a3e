"""Loading an encoder alone, without any head: what its words look like inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from tokenizers import pre_tokenizers
from transformers import AutoConfig, AutoModel, PreTrainedModel, PreTrainedTokenizerBase

from core.errors import UserError
from core.models.find import CONVERT, ModelSource, first_line
from core.models.load import load_tokenizer
from core.models.pretrained import position_limits, quiet

UNUSED = ("pooler", "decoder", "lm_head", "cls.")
"""Parts of a checkpoint that an encoder's hidden states do not depend on."""


@dataclass(frozen=True)
class Encoder:
    """A frozen encoder and its tokenizer."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase

    @property
    def layers(self) -> int:
        """Number of layers; hidden states are counted from 0, the embeddings, to this."""
        settings = self.model.config.get_text_config()
        return int(getattr(settings, "num_hidden_layers", None) or settings.num_layers)

    @property
    def longest(self) -> int:
        """The longest text it reads, in pieces; a very large number where it has no limit."""
        return int(self.tokenizer.model_max_length)


def load_encoder(source: ModelSource) -> Encoder:
    """Load the encoder of a model; of an encoder-decoder the encoder.

    Args:
        source: of :func:`core.models.find.find_model`.

    Raises:
        UserError: the weights or the tokenizer can't be loaded, weights of the encoder are
            missing, or the tokenizer can't tell which pieces belong to which word.
    """
    quiet()
    place: dict[str, Any] = {"revision": source.revision, "trust_remote_code": False}
    try:
        settings = AutoConfig.from_pretrained(source.location, **place)
        model, report = AutoModel.from_pretrained(
            source.location,
            config=settings,
            dtype=torch.float32,
            use_safetensors=True,
            output_loading_info=True,
            **place,
        )
    except Exception as error:  # many kinds, none of them the user's to read in full
        reason = first_line(error)
        hint = f" {CONVERT}" if "safetensors" in reason else ""
        raise UserError(f"--model {source.given}: can't be loaded: {reason}{hint}") from error
    if missing := sorted(x for x in report["missing_keys"] if not any(y in x for y in UNUSED)):
        raise UserError(
            f"--model {source.given}: its file lacks {len(missing)} weights of the encoder "
            f"({', '.join(missing[:3])}); it was saved from something else"
        )
    if settings.is_encoder_decoder:
        model = model.get_encoder()
    tokenizer = load_tokenizer(source)
    if not tokenizer.is_fast:
        raise UserError(
            f"--model {source.given}: its tokenizer can't tell which pieces belong to which word; "
            "save it as a fast tokenizer (tokenizer.json)"
        )
    _space_before_words(tokenizer)
    tokenizer.model_max_length = min([tokenizer.model_max_length, *position_limits(model)])
    return Encoder(model.eval().requires_grad_(False), tokenizer)


def _space_before_words(tokenizer: PreTrainedTokenizerBase) -> None:
    """Let a byte-level tokenizer cut words that come one by one as it cuts them in a text."""
    cutter = tokenizer.backend_tokenizer.pre_tokenizer
    if isinstance(cutter, pre_tokenizers.ByteLevel):
        cutter.add_prefix_space = True
