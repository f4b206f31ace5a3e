"""Model FLOPs utilisation: what a model had to compute, against what a GPU could have."""

from __future__ import annotations

import torch
from transformers import PreTrainedModel

PEAKS = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L40S": 362e12, "L4": 121e12}
"""GPU -> dense bfloat16 FLOPs a second, as its maker says."""


def flops(model: PreTrainedModel, lengths: list[int], *, training: bool = False) -> float:
    """FLOPs that sequences need, padding not counted: two a weight and token, and attention.

    Args:
        model: an encoder; embeddings look up and compute nothing.
        lengths: of the sequences, special tokens included.
        training: with the backward pass, which takes twice as many.
    """
    tables = {id(m.weight) for m in model.modules() if isinstance(m, torch.nn.Embedding)}
    weights = sum(p.numel() for p in model.base_model.parameters() if id(p) not in tables)
    settings = model.config
    attention = 4 * settings.num_hidden_layers * settings.hidden_size
    needed = sum(2 * weights * length + attention * length**2 for length in lengths)
    return (3 if training else 1) * float(needed)


def utilisation(needed: float, seconds: float) -> str:
    """FLOPs a second, and their share of the GPU's peak where that is known."""
    rate = needed / seconds
    text = f"{rate / 1e12:.2f} TFLOP/s over non-padding tokens"
    if not torch.cuda.is_available():
        return text
    name = torch.cuda.get_device_name()
    peak = next((value for key, value in PEAKS.items() if key in name), None)
    return text if peak is None else f"{text}, {rate / peak:.2f} of {peak / 1e12:.0f}"
