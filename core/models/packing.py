"""Padding-free encoders: the sequences of a batch one behind the other, each attending to itself.

Nothing of the rest changes: hooks around the encoder take the padding out of what it is given and
put it back into what it returns, so that every head and every stage reads the shape it knows.
Which models can do it is tried.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from weakref import WeakSet

import torch
from torch import nn
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.masking_utils import sdpa_mask

from core.models.batches import lengths_of
from core.models.device import Device
from core.models.packed_attention import Packed, attend, packed_of

NAME = "padding_free"
"""Of the attention, where transformers keeps its kinds."""
TRIED = (5, 3, 2)
"""Lengths of the sequences that a model is tried on."""
REFUSED: WeakSet[PreTrainedModel] = WeakSet()
"""Models that were tried and can't."""


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


def _first_position(body: nn.Module) -> int:
    """Learned positions of RoBERTa start after its padding index, all others at 0."""
    for name, module in body.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding):
            return 0 if module.padding_idx is None else module.padding_idx + 1
    return 0


def _mask(attention_mask: torch.Tensor | None = None, **kwargs: Any) -> torch.Tensor | None:
    """No mask: hooks have taken the padding out."""
    return None if attention_mask is None else sdpa_mask(attention_mask=attention_mask, **kwargs)
