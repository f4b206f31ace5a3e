"""Padding-free encoders: the sequences of a batch one behind the other, each attending to itself.

Nothing of the rest changes: hooks around the encoder take the padding out of what it is given and
put it back into what it returns, so that every head and every stage reads the shape it knows.
Attention runs over the lengths themselves: on CUDA by flash attention for varying lengths, as
torch has it built in, elsewhere by batches of equal length. Which models can do it is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple
from weakref import WeakSet

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.attention.varlen import varlen_attn
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from core.models.batches import lengths_of
from core.models.device import Device

NAME = "padding_free"
"""Of the attention, where transformers keeps its kinds."""
TRIED = (5, 3, 2)
"""Lengths of the sequences that a model is tried on."""
REFUSED: WeakSet[PreTrainedModel] = WeakSet()
"""Models that were tried and can't."""


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


def pack(model: PreTrainedModel, device: Device) -> bool:
    """Let a model on its device run without padding from now on, where it can and may.

    Args:
        model: any; what is no bidirectional encoder stays as it is.
        device: that says whether padding is to be taken out.

    Returns:
        Whether the model runs without padding.
    """
    if not device.packed or model in REFUSED:
        return False
    if model.config._attn_implementation == NAME:
        return True
    encodes = model.config.model_type not in _causal() and not model.config.is_encoder_decoder
    if encodes and getattr(model.base_model, "_supports_attention_backend", False):
        _register()
        if _tried(model, model.base_model, device):
            return True
    REFUSED.add(model)
    return False


@cache
def _register() -> None:
    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, _mask)


def _causal() -> frozenset[str]:
    """Kinds of models that read from left to right: they have no encoder."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as causal
    from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES as masked

    return frozenset(causal) - frozenset(masked)


def _tried(model: PreTrainedModel, body: nn.Module, device: Device) -> bool:
    """Hook the model, and take the hooks off again if its hidden states are not the same."""
    before, was_training = model.config._attn_implementation, model.training
    model.eval()
    ids = torch.arange(sum(TRIED)) % int(model.config.get_text_config().vocab_size)
    mask = torch.arange(max(TRIED)) < torch.tensor(TRIED)[:, None]
    rows = torch.zeros(mask.shape, dtype=torch.long)
    rows[mask] = ids + 5
    inputs = {"input_ids": device.take(rows), "attention_mask": device.take(mask.long())}

    def states() -> torch.Tensor:
        with torch.no_grad(), device.autocast():
            found: torch.Tensor = body(**inputs).last_hidden_state
        return found[inputs["attention_mask"].bool()].float()

    expected = states()
    ahead = body.register_forward_pre_hook(_take_out, with_kwargs=True)
    behind = body.register_forward_hook(_put_back, with_kwargs=True)
    try:
        model.set_attn_implementation(NAME)
        found = states()
        limit = (5e-2 if device.dtype == torch.bfloat16 else 1e-3) * float(expected.abs().max())
        same = bool((found - expected).abs().max() <= limit)
    except (RuntimeError, TypeError, ValueError, AttributeError, KeyError, NotImplementedError):
        same = False  # an architecture of another build
    if not same:
        ahead.remove()
        behind.remove()
        model.set_attn_implementation(before)
    model.train(was_training)
    return same


def _take_out(
    body: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Before the encoder: [rows, longest] inputs as [1, tokens] ones."""
    names = ("input_ids", "attention_mask")
    kwargs = {**dict(zip(names, args, strict=False)), **kwargs}
    ids, mask = kwargs["input_ids"], kwargs.get("attention_mask")
    lengths = [ids.shape[1]] * len(ids) if mask is None else lengths_of(mask)
    packed = packed_of(lengths, ids.shape[1], ids.device)
    for name in ("input_ids", "token_type_ids"):
        if kwargs.get(name) is not None:
            kwargs[name] = kwargs[name].reshape(-1)[packed.places][None]
    positions = packed.places % ids.shape[1] + _first_position(body)
    kwargs |= {"attention_mask": None, "position_ids": positions[None], "packed": packed}
    return (), kwargs


def _put_back(body: nn.Module, _args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> Any:
    """After the encoder: its [1, tokens, hidden] states as [rows, longest, hidden]."""
    packed: Packed = kwargs["packed"]
    output.last_hidden_state = packed.unpacked(output.last_hidden_state)
    if output.get("hidden_states") is not None:
        output.hidden_states = tuple(map(packed.unpacked, output.hidden_states))
    if output.get("pooler_output") is not None:
        pooler: Any = body.pooler
        output.pooler_output = pooler(output.last_hidden_state)
    return output


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


def _first_position(body: nn.Module) -> int:
    """Learned positions of RoBERTa start after its padding index, all others at 0."""
    for name, module in body.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding):
            return 0 if module.padding_idx is None else module.padding_idx + 1
    return 0


def _mask(attention_mask: torch.Tensor | None = None, **kwargs: Any) -> torch.Tensor | None:
    """No mask: hooks have taken the padding out."""
    return None if attention_mask is None else sdpa_mask(attention_mask=attention_mask, **kwargs)


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
