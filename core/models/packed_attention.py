"""Attention within each sequence of a batch whose sequences lie one behind the other.

On CUDA by flash attention for varying lengths, as torch has it built in, elsewhere by batches of
equal length.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.attention.varlen import varlen_attn
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from core.models.device import Device


class Packed(NamedTuple):
    """Where the sequences of a batch lie once its padding is out."""

    lengths: tuple[int, ...]
    ends: torch.Tensor
    """[rows + 1] int32: where each sequence begins, and where the last one ends."""
    places: torch.Tensor
    """[tokens] of each token in the padded batch, row after row."""
    shape: tuple[int, int]
    """Of the padded batch: rows, longest."""

    def unpacked(self, hidden: torch.Tensor) -> torch.Tensor:
        """[1, tokens, hidden] as [rows, longest, hidden], zero at the padding."""
        rows, longest = self.shape
        whole = hidden.new_zeros((rows * longest, hidden.shape[-1]))
        return whole.index_copy(0, self.places, hidden[0]).view(rows, longest, -1)


class How(NamedTuple):
    """How attention is computed."""

    dropout: float
    """Share of the weights dropped."""
    scaling: float | None
    """Of the scores; None: one over the root of the width."""
    window: int | None
    """Tokens seen to each side; None: all."""


def packed_of(lengths: Any, longest: int, place: torch.device) -> Packed:
    """Where sequences of these lengths, padded on the right, lie.

    Args:
        lengths: of the sequences; known to the CPU.
        longest: columns of the padded batch.
        place: of the tensors.
    """
    counts = np.asarray(lengths, dtype=np.int64)
    places = np.flatnonzero(np.arange(longest) < counts[:, None])
    ends = np.concatenate([[0], counts.cumsum()]).astype(np.int32)
    device = Device(place, torch.float32)
    return Packed(
        tuple(counts.tolist()),
        device.take(torch.from_numpy(ends)),
        device.take(torch.from_numpy(places)),
        (len(counts), longest),
    )


def attend(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """Attention within each sequence, as transformers calls it.

    Args:
        module: the layer.
        query: [1, heads, tokens, width].
        key: likewise.
        value: likewise.
        attention_mask: read only where nothing is packed.
        dropout: share of the attention weights dropped.
        scaling: of the scores; unset: one over the root of the width.
        kwargs: ``packed``, where the sequences lie; ``sliding_window``, one more than the tokens
            seen to each side; what other kinds of attention read.

    Returns:
        [1, tokens, heads, width], and no weights.
    """
    packed: Packed | None = kwargs.pop("packed", None)
    if packed is None:  # not called by way of the hooks
        return sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout, scaling, **kwargs
        )
    window = kwargs.get("sliding_window")
    how = How(dropout, scaling, None if window is None else window - 1)
    flash = query.is_cuda and query.dtype in (torch.bfloat16, torch.float16)
    rows = [one[0].transpose(0, 1) for one in (query, key, value)]
    return (_by_flash if flash else _by_length)(rows, packed, how)[None], None


def _by_flash(rows: Sequence[torch.Tensor], packed: Packed, how: How) -> torch.Tensor:
    """[tokens, heads, width] by flash attention for varying lengths."""
    query, key, value = rows
    dropout, scaling, window = how
    ends, longest = packed.ends, max(packed.lengths)
    side = -1 if window is None else window
    if not dropout:  # which the public function has not
        found: torch.Tensor = varlen_attn(
            query, key, value, ends, ends, longest, longest,
            scale=scaling, window_size=(side, side),
        )  # type: ignore[assignment]  # fmt: skip
        return found
    dropped: torch.Tensor = torch.ops.aten._flash_attention_forward(
        query, key, value, ends, ends, longest, longest, dropout, False, False,
        scale=scaling, window_size_left=side, window_size_right=side,
    )[0]  # fmt: skip
    return dropped


def _by_length(rows: Sequence[torch.Tensor], packed: Packed, how: How) -> torch.Tensor:
    """[tokens, heads, width] by one attention for each run of sequences of equal length."""
    parts, token = [], 0
    for length, run in groupby(packed.lengths):
        count = len(list(run))
        query, key, value = (
            one[token : token + count * length].unflatten(0, (count, length)).transpose(1, 2)
            for one in rows
        )
        token += count * length
        mask = None
        if how.window is not None and length > how.window + 1:
            places = torch.arange(length, device=query.device)
            mask = (places[:, None] - places).abs() <= how.window
        found = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, dropout_p=how.dropout, scale=how.scaling
        )
        parts.append(found.transpose(1, 2).flatten(0, 1))
    return torch.cat(parts)
