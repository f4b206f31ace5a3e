"""What decides the scores of a model on some rows, as hashes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedTokenizerBase

from core.models.device import Device
from core.models.find import ANSWER_HEAD
from core.models.heads.spec import READING

SCORING = 1
"""Raised when a change of the code lets the same model give other scores."""
AT_ONCE = 4096
"""Rows that are written down at one time."""


def weights_fingerprint(model: nn.Module) -> str:
    """SHA-256 of all weights as they are now, with their names and shapes (16 hex digits)."""
    digest = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        flat = tensor.detach().cpu().contiguous().view(-1)
        digest.update(flat.view(torch.uint8).numpy() if flat.numel() else b"")
    return digest.hexdigest()[:16]


def model_fingerprint(model: nn.Module, head: object, device: Device) -> str:
    """Everything but the rows: weights, head, arithmetic and the code's own version.

    Args:
        model: as it is now; after a training step it is another one.
        head: what reads its answers, of ``core.models.heads``.
        device: where it computes, and in which precision.
    """
    parts = [
        SCORING,
        READING,
        weights_fingerprint(model),
        type(head).__name__,
        getattr(head, "class_names", ()),
        getattr(getattr(model, "config", None), ANSWER_HEAD, None),
        device.place.type,
        str(device.dtype),
    ]
    return _hash(parts)


def tokenizer_fingerprint(tokenizer: PreTrainedTokenizerBase) -> str:
    """Of how a tokenizer cuts texts, and of its special tokens."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    rules = backend.to_str() if backend is not None else tokenizer.get_vocab()
    return _hash([type(tokenizer).__name__, rules, str(tokenizer.special_tokens_map)])


def rows_fingerprint(rows: Sequence[Any]) -> str:
    """Of tokenized rows of any head: the pieces themselves, so texts, tokenizer and length count.

    Args:
        rows: lists of ids, arrays of ids, or data classes of these.
    """
    digest = hashlib.sha256(b"[")
    for start in range(0, len(rows), AT_ONCE):
        text = _json(list(rows[start : start + AT_ONCE]))
        digest.update(f"{', ' if start else ''}{text[1:-1]}".encode())
    digest.update(b"]")
    return digest.hexdigest()[:32]


def _hash(parts: object) -> str:
    return hashlib.sha256(_json(parts).encode()).hexdigest()[:32]


def _json(parts: object) -> str:
    return json.dumps(parts, default=_plain, sort_keys=True)


def _plain(value: Any) -> Any:
    """What JSON can hold of a data class, an array or a tensor."""
    if dataclasses.is_dataclass(value):
        return [getattr(value, field.name) for field in dataclasses.fields(value)]
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"no fingerprint of {type(value).__name__}")
