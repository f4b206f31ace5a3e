"""The models of a comparison: BERT with a tied decoder, equal weights at the start."""

from __future__ import annotations

import torch
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

from core.config.balance import ShapeConfig

SPECIAL_IDS = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
"""Of `core.balancing.tokenizer`."""


def architecture(shape: ShapeConfig, vocabulary: int) -> BertConfig:
    """BERT of this shape (Limisiewicz et al., Appendix E.1).

    Args:
        shape: layers and widths.
        vocabulary: pieces that the tokenizer has.
    """
    return BertConfig(
        vocab_size=vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.ffn,
        max_position_embeddings=shape.positions,
        hidden_dropout_prob=shape.dropout,
        attention_probs_dropout_prob=shape.dropout,
        tie_word_embeddings=True,
        **SPECIAL_IDS,
    )


def fresh_model(
    shape: ShapeConfig, tokenizer: PreTrainedTokenizerFast, seed: int
) -> BertForMaskedLM:
    """A model with random weights; the same ones for the same seed, whatever it is trained on."""
    torch.manual_seed(seed)
    return BertForMaskedLM(architecture(shape, len(tokenizer)))


def parameters(model: torch.nn.Module) -> int:
    """Weights of a model, the tied ones counted once."""
    return sum(one.numel() for one in model.parameters())
