"""A model's size, read from its configuration, and what a text costs in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GATED = ("modernbert", "t5gemma", "qwen2", "qwen3", "llama", "mistral", "gemma", "gemma2", "gemma3")
"""Architectures whose feed-forward layers have three matrices instead of two."""
TRAINING = 3
"""A backward pass takes twice the operations of its forward pass (Kaplan et al. 2020, 2.1)."""


@dataclass(frozen=True)
class Shape:
    """The sizes that decide what a text costs."""

    layers: int
    """Of the encoder, or of the whole of a model with a decoder alone."""
    hidden: int
    inner: int
    """Of the feed-forward layers."""
    vocabulary: int
    matrices: int = 2
    """Of a feed-forward layer."""
    attention: int = 0
    """Width of queries and keys together over all heads, where it is not the hidden width."""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Shape:
        """The shape in a ``config.json``, whatever the architecture calls its sizes.

        Raises:
            KeyError: a size is not there.
        """

        def first(*names: str) -> int:
            for name in names:
                if settings.get(name) is not None:
                    return int(settings[name])
            raise KeyError(names[0])

        kind = str(settings.get("model_type", ""))
        hidden = first("hidden_size", "d_model", "dim", "n_embd")
        gated = kind in GATED or str(settings.get("feed_forward_proj", "")).startswith("gated")
        heads = settings.get("num_heads") or settings.get("num_attention_heads") or 0
        inner = settings.get("intermediate_size") or settings.get("d_ff")
        return cls(
            layers=first("num_hidden_layers", "num_layers", "n_layers", "n_layer"),
            hidden=hidden,
            inner=int(inner or settings.get("hidden_dim") or 4 * hidden),
            vocabulary=first("vocab_size"),
            matrices=3 if gated else 2,
            attention=int(settings.get("d_kv") or 0) * int(heads),
        )

    @property
    def weights(self) -> int:
        """Parameters, without biases, norms and heads."""
        return self.vocabulary * self.hidden + self.layers * self._of_layer

    @property
    def _of_layer(self) -> int:
        width = self.attention or self.hidden
        return 4 * self.hidden * width + self.matrices * self.hidden * self.inner

    def forward(self, tokens: float) -> float:
        """Floating-point operations of one text of so many tokens; a multiply-add is two."""
        width = self.attention or self.hidden
        return self.layers * (2 * self._of_layer * tokens + 4 * width * tokens**2)

    def logits(self, positions: float) -> float:
        """Operations of a masked language model's head at so many positions."""
        return 2 * positions * self.hidden * (self.hidden + self.vocabulary)
