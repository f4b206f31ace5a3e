"""Cross-lingual contrast: the same text in two languages should have one representation."""

from __future__ import annotations

import torch
from torch.nn import functional
from transformers import PreTrainedModel

from core.models.batches import pad
from core.models.device import Device
from core.models.encode import Ids

TEMPERATURE = 0.05


def contrast(
    encoder: PreTrainedModel, pairs: list[tuple[Ids, Ids]], pad_id: int, device: Device
) -> torch.Tensor:
    """Contrastive loss of parallel texts (XLCo of InfoXLM, Chi et al. 2021; in-batch negatives).

    Args:
        encoder: gives ``last_hidden_state`` [rows, positions, hidden].
        pairs: token ids of a text in one language and in another.
        pad_id: id of the padding piece.
        device: where to compute.

    Returns:
        Mean over both directions, in nats.
    """
    rows = [first for first, _ in pairs] + [second for _, second in pairs]
    batch = pad(rows, pad_id, device)
    with device.autocast():
        hidden = encoder(**batch).last_hidden_state
    means = mean_over_positions(hidden.float(), batch["attention_mask"])
    return contrast_loss(means[: len(pairs)], means[len(pairs) :])


def mean_over_positions(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """[rows, hidden] mean of [rows, positions, hidden] over the positions that are not padding."""
    weights = mask.unsqueeze(-1)
    return (hidden * weights).sum(1) / weights.sum(1)


def contrast_loss(
    first: torch.Tensor, second: torch.Tensor, temperature: float = TEMPERATURE
) -> torch.Tensor:
    """Cross-entropy of finding each text's translation by cosine, both ways.

    Args:
        first: [texts, hidden].
        second: [texts, hidden]; row i translates row i of ``first``.
        temperature: divides the cosines.
    """
    cosines = functional.normalize(first, dim=-1) @ functional.normalize(second, dim=-1).T
    right = torch.arange(len(first), device=first.device)
    scores = cosines / temperature
    return (functional.cross_entropy(scores, right) + functional.cross_entropy(scores.T, right)) / 2
