"""The losses of span prediction: right spans, a teacher's distributions, and their weights."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch.nn import functional

from core.answering.map_at_k import average_precision, best_positions, reciprocal_rank
from core.config.answering import WEIGHTED

ObjectiveName = Literal["ce", "kl", "kl-map", "skd", "skd-map"]
Coefficient = Literal["map", "reciprocal-rank"]


def cross_entropy(scores: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of the right start and end, averaged over both and over the windows (Eq. 2).

    Args:
        scores: [sides, windows, tokens], minus infinity at tokens that are not allowed.
        gold: [sides, windows] the right token, an allowed one.
    """
    return functional.cross_entropy(scores.flatten(0, 1), gold.flatten())


def divergence(student: torch.Tensor, teacher: torch.Tensor, temperature: float) -> torch.Tensor:
    """KL(teacher || student) x t^2, averaged over start and end and over the windows (Eq. 4).

    Args:
        student: [sides, windows, tokens], minus infinity at tokens that are not allowed.
        teacher: likewise, with the same tokens allowed; no gradient flows into it.
        temperature: t, of the softmax of both.
    """
    allowed = ~teacher.isneginf()
    log_q = functional.log_softmax(student / temperature, dim=-1)
    log_p = functional.log_softmax(teacher.detach() / temperature, dim=-1)
    difference = (log_p - log_q).masked_fill(~allowed, 0.0)
    return (log_p.exp() * difference).sum(-1).mean() * temperature**2


class Knowledge(NamedTuple):
    """How much a teacher knows of a batch, from 0 to 1; both ways to say it."""

    map_at_k: float
    """The paper's Eq. 5."""
    reciprocal_rank: float
    """What the public code computes."""

    @classmethod
    def of(cls, found: torch.Tensor) -> Knowledge:
        """The means over a batch of what `known_of_each` found, [2, windows]; 0 without windows."""
        means = found.mean(dim=1).tolist() if found.shape[1] else (0.0, 0.0)
        return cls(*means)


@torch.no_grad()
def known_of_each(teacher: torch.Tensor, gold: torch.Tensor, k: int, window: int) -> torch.Tensor:
    """Both coefficients of each window, averaged over start and end.

    Args:
        teacher: [sides, windows, tokens], minus infinity at tokens that are not allowed; the first
            token stands for no answer and is not looked at.
        gold: [sides, windows] the right token, of windows that hold an answer.
        k: best positions that are looked at.
        window: Δ, in tokens.

    Returns:
        [2, windows]: average precision (Eq. 5) and reciprocal rank.
    """
    in_context = teacher.clone()
    in_context[..., 0] = -torch.inf
    best = best_positions(in_context, k)
    found = (average_precision(best, gold, window), reciprocal_rank(best, gold, window))
    return torch.stack([values.mean(dim=0) for values in found])


class Weights(NamedTuple):
    """How much each part of the loss counts in a step."""

    ce: float
    kl: float
    """alpha_kl."""


def weigh(objective: ObjectiveName, coefficient: Coefficient, known: Knowledge) -> Weights:
    """The weights of cross-entropy and KL in a step (Eq. 4; alpha_kl of Eq. 5 in kl-map, skd-map).

    The paper's Table 5 has kl ("skd w/o ce") and kl-map ("skd, mAP@k w/o ce").
    """
    if objective == "ce":
        return Weights(1.0, 0.0)
    alpha = known.map_at_k if coefficient == "map" else known.reciprocal_rank
    return Weights(
        ce=0.0 if objective in ("kl", "kl-map") else 1.0,
        kl=alpha if objective in WEIGHTED else 1.0,
    )
