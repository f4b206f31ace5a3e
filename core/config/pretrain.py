"""A small masked language model from scratch."""

from __future__ import annotations

from pydantic import Field

from core.config.base import EngineConfig, Names


class PretrainConfig(EngineConfig):
    """Train a small multilingual masked language model on the fact world's text."""

    languages: Names = Field((), description="Languages; empty means all twelve.")
    vocabulary: int = Field(6000, ge=300, description="Pieces of the shared tokenizer.")
    layers: int = Field(4, ge=1, description="Transformer layers.")
    hidden: int = Field(128, ge=16, description="Width of the encoder.")
    heads: int = Field(4, ge=1, description="Attention heads.")
    steps: int = Field(2000, ge=1, description="Training steps.")
    batch: int = Field(96, ge=1, description="Masked sequences in one step.")
    learning_rate: float = Field(2e-3, gt=0, description="Peak learning rate.")
    masked_share: float = Field(0.25, gt=0, lt=1, description="Share of the pieces masked.")
    max_length: int = Field(64, ge=16, description="Longest text, in tokens; pairs: twice that.")
    restatements: int = Field(
        12000,
        ge=0,
        description="Sentence pairs that say one fact twice, in one language or two (facts of the "
        "labelled split only).",
    )
    name_pairs: int = Field(6000, ge=0, description="Pairs of the same few names in two languages.")
    parallel_texts: int = Field(
        60000,
        ge=0,
        description="Texts in two languages for the contrast (facts of the labelled split only).",
    )
    contrast: float = Field(
        1.0,
        ge=0,
        description="Weight of the contrast that draws a text and its translation together; 0 "
        "turns it off.",
    )
    contrast_batch: int = Field(48, ge=2, description="Parallel texts in one contrast.")
