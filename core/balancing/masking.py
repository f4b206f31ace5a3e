"""Which pieces of a batch are masked (80 % mask, 10 % random piece, 10 % unchanged)."""

from __future__ import annotations

import torch
from transformers import PreTrainedTokenizerFast

IGNORED = -100
LONGEST_SPAN = 5
"""Pieces masked in a row, at most: a name of several pieces must at times be guessed whole."""


def mask(
    ids: torch.Tensor,
    tokenizer: PreTrainedTokenizerFast,
    share: float,
    longest: int = LONGEST_SPAN,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mask a batch.

    Args:
        ids: [rows, positions].
        tokenizer: for the mask and the special pieces, which are never masked.
        share: of the other pieces, in spans drawn at random; at least one of the batch.
        longest: span; 1 masks every piece on its own (BERT).

    Returns:
        The changed ids, and labels [rows, positions] with -100 where nothing is asked.
    """
    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids, device=ids.device))
    draw = torch.rand(ids.shape, device=ids.device)
    starts = draw < share / ((1 + longest) / 2)
    lengths = torch.randint(1, longest + 1, ids.shape, device=ids.device)
    chosen = torch.zeros_like(special)
    for offset in range(longest):
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
