"""Tiny random span models, one for each kind of tokenizer."""

from __future__ import annotations

import torch
from transformers import (
    AutoModelForQuestionAnswering,
    BertConfig,
    BertForQuestionAnswering,
    ModernBertConfig,
    ModernBertForQuestionAnswering,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    XLMRobertaConfig,
    XLMRobertaForQuestionAnswering,
)

from core.models.pretrained import quiet
from tests.answering.tokenizers import BUILT_IN, tokenizer_of

SIZE = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32}


def span_model(kind: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A model whose logits are wide enough apart to be compared, and its tokenizer."""
    quiet()
    torch.manual_seed(0)
    tokenizer = tokenizer_of(kind, 256)
    if kind == "built-in":
        model = AutoModelForQuestionAnswering.from_pretrained(BUILT_IN, dtype=torch.float32)
        torch.nn.init.normal_(model.classifier.weight, std=0.1)
        return model.eval(), tokenizer
    shared = {"vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id, **SIZE}
    if kind == "bert":
        model = BertForQuestionAnswering(
            BertConfig(intermediate_size=48, max_position_embeddings=256, **shared)
        )
    elif kind == "xlm-r":
        model = XLMRobertaForQuestionAnswering(
            XLMRobertaConfig(
                intermediate_size=48, max_position_embeddings=258, type_vocab_size=1, **shared
            )
        )
    else:
        ids = {"bos_token_id": 0, "cls_token_id": 0, "eos_token_id": 2, "sep_token_id": 2}
        model = ModernBertForQuestionAnswering(
            ModernBertConfig(
                intermediate_size=48,
                max_position_embeddings=256,
                layer_types=["full_attention", "sliding_attention"],
                **ids,
                **shared,
            )
        )
    for parameter in model.parameters():
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=0.3)
    return model.eval(), tokenizer
