"""Randomly initialised encoders of known shapes, and texts of random pieces: speed is the same."""

from __future__ import annotations

import numpy as np
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)

from core.models.encode import Ids

SHAPES = {"small": (4, 192, 768, 6000), "base": (12, 768, 3072, 250_002)}
SHAPES["large"] = (24, 1024, 4096, 250_002)
"""Name -> layers, width, width of the feed-forward layers, pieces; base and large are XLM-R's."""
TOKENIZER = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(WordLevel({"<s>": 0, "<pad>": 1}, unk_token="<s>")),
    pad_token="<pad>",
)


def random_model(shape: str, classes: int = 3) -> PreTrainedModel:
    """XLM-R of a shape with random weights and without dropout, in training mode."""
    layers, hidden, ffn, vocabulary = SHAPES[shape]
    torch.manual_seed(0)
    config = XLMRobertaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        intermediate_size=ffn,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 64,
        max_position_embeddings=514,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        num_labels=classes,
        pad_token_id=1,
    )
    return XLMRobertaForSequenceClassification(config).train()


def random_rows(count: int, shortest: int, longest: int, seed: int = 0) -> list[Ids]:
    """Token ids of so many texts, of uniformly drawn lengths from the shortest to the longest."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(shortest, longest + 1, count)
    return [rng.integers(5, 6000, size).tolist() for size in sizes]
