"""Which pieces of a batch are masked, in spans (80 % mask, 10 % random piece, 10 % unchanged)."""

from __future__ import annotations

import torch
from transformers import PreTrainedTokenizerFast

IGNORED = -100
LONGEST_SPAN = 5
"""Pieces masked in a row, at most: a name of several pieces must at times be guessed whole."""
MEAN_SPAN = (1 + LONGEST_SPAN) / 2


def mask(
    ids: torch.Tensor, tokenizer: PreTrainedTokenizerFast, share: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mask a batch.

    Args:
        ids: [rows, positions].
        tokenizer: for the mask and the special pieces, which are never masked.
        share: of the other pieces, in spans of 1 to 5 drawn at random; at least one of the batch.

    Returns:
        The changed ids, and labels [rows, positions] with -100 where nothing is asked.
    """
    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids, device=ids.device))
    draw = torch.rand(ids.shape, device=ids.device)
    starts = draw < share / MEAN_SPAN
    lengths = torch.randint(1, LONGEST_SPAN + 1, ids.shape, device=ids.device)
    chosen = torch.zeros_like(special)
    for offset in range(LONGEST_SPAN):
        reaching = starts & (lengths > offset)
        chosen[:, offset:] |= reaching[:, : ids.shape[1] - offset]
    chosen &= ~special
    if not chosen.any():
        chosen = draw == draw.masked_fill(special, 2.0).min()
    labels = torch.where(chosen, ids, IGNORED)
    kind = torch.rand(ids.shape, device=ids.device)
    low = len(tokenizer.all_special_ids)
    random = torch.randint(low, len(tokenizer), ids.shape, device=ids.device)
    changed = torch.where(chosen & (kind < 0.8), tokenizer.mask_token_id, ids)
    return torch.where(chosen & (kind >= 0.9), random, changed), labels
