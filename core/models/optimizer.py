"""AdamW with linear warm-up and decay, the same for every kind of training."""

from __future__ import annotations

import torch
from torch import nn


def adamw(model: nn.Module, learning_rate: float, weight_decay: float) -> torch.optim.AdamW:
    """AdamW, one kernel for all parameters of a kind; biases and norms are not decayed."""
    decayed = [p for p in model.parameters() if p.requires_grad and p.ndim > 1]
    rest = [p for p in model.parameters() if p.requires_grad and p.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": weight_decay},
        {"params": rest, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=(0.9, 0.98), eps=1e-8, fused=True)


def learning_rate_at(step: int, steps: int, peak: float, warmup: float) -> float:
    """Rate of step 0..steps-1: linear up over ``warmup * steps``, then linear down towards 0."""
    rising = max(1, round(warmup * steps))
    if step < rising:
        return peak * (step + 1) / rising
    return peak * max(0.0, (steps - step) / max(1, steps - rising))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the rate of every parameter group."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def take_step(model: nn.Module, optimizer: torch.optim.Optimizer, rate: float, clip: float) -> None:
    """One optimizer step from the gradients of a whole batch.

    Args:
        model: whose gradients are clipped together.
        optimizer: of its parameters.
        rate: learning rate of this step.
        clip: largest norm of all gradients.
    """
    set_learning_rate(optimizer, rate)
    torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimizer.step()
