"""How near the right place a teacher's best positions lie: the weight of its lessons (Eq. 5)."""

from __future__ import annotations

import torch

from core.data.qa.limits import k_too_large
from core.errors import UserError


@torch.no_grad()
def best_positions(scores: torch.Tensor, k: int) -> torch.Tensor:
    """The positions of the k highest scores; of equal ones the first.

    Args:
        scores: [..., tokens], minus infinity where an answer can't start or end.
        k: how many, at most.

    Returns:
        [..., min(k, tokens)], the best first; -1 where fewer are allowed.
    """
    ordered = scores.sort(dim=-1, descending=True, stable=True)
    positions = ordered.indices[..., :k]
    return positions.masked_fill(ordered.values[..., :k].isneginf(), -1)


@torch.no_grad()
def average_precision(best: torch.Tensor, gold: torch.Tensor, window: int) -> torch.Tensor:
    """The paper's AP@k: the precision at each rank that lies within gold ± Δ, summed, over 2Δ.

    Carrino et al., Eq. 5. It reaches 1 only where k = 2Δ and all k positions lie in the window,
    which holds 2Δ + 1 tokens; see `check_window`.

    Args:
        best: [..., k] of `best_positions`.
        gold: [...] the right position.
        window: Δ, in tokens.

    Returns:
        [...], between 0 and 1.
    """
    relevant = ((best - gold[..., None]).abs() <= window) & (best >= 0)
    ranks = torch.arange(1, best.shape[-1] + 1, device=best.device)
    precision = relevant.cumsum(-1) / ranks
    return (precision * relevant).sum(-1) / (2 * window)


@torch.no_grad()
def reciprocal_rank(best: torch.Tensor, gold: torch.Tensor, window: int) -> torch.Tensor:
    """What the public code takes: 1 / rank of the first position in [gold - Δ, gold + Δ - 1].

    Args:
        best: [..., k] of `best_positions`.
        gold: [...] the right position.
        window: Δ, in tokens.

    Returns:
        [...], between 0 and 1; 0 where none of the k positions lies in the window.
    """
    distance = best - gold[..., None]
    relevant = (distance >= -window) & (distance < window) & (best >= 0)
    ranks = torch.arange(1, best.shape[-1] + 1, device=best.device)
    return (relevant / ranks).amax(-1)


def check_window(k: int, window: int) -> None:
    """Eq. 5 can't exceed 1.

    Raises:
        UserError: k > 2Δ, with which it could.
    """
    if (problem := k_too_large(k, window)) is not None:
        raise UserError(f"--k: {problem}")
