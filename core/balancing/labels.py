"""Hard and soft labels of masked pieces: losses that see the vocabulary at these positions only.

Limisiewicz et al., Eq. 1 and 2. Logits never exist for all masked positions at once: as many
positions as fit into `CELLS` are taken at a time, and their logits are computed again in the
backward pass.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

CELLS = 1 << 25
"""Logits (positions times vocabulary) of one side that exist at a time; 128 MiB in float32."""
Head = Callable[[torch.Tensor], torch.Tensor]
"""Hidden states [positions, hidden] to logits [positions, vocabulary]."""


def hard_loss(
    head: Head, hidden: torch.Tensor, gold: torch.Tensor, vocabulary: int
) -> torch.Tensor:
    """Cross-entropy with the masked pieces (Eq. 1).

    Args:
        head: the model's.
        hidden: [masked, hidden], the encoder's at the masked positions.
        gold: [masked], ids of the pieces that stood there.
        vocabulary: number of pieces.

    Returns:
        Mean over the masked positions, in nats.
    """

    def part(hidden: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(head(hidden).float(), gold, reduction="sum")

    return _in_chunks(part, (hidden, gold), vocabulary) / len(gold)


def soft_loss(
    head: Head,
    hidden: torch.Tensor,
    teacher_head: Head,
    teacher_hidden: torch.Tensor,
    vocabulary: int,
) -> torch.Tensor:
    """KL(teacher || student) over the vocabulary, temperature 1, no hard labels (Eq. 2).

    Args:
        head: the student's.
        hidden: [masked, hidden], the student's at the masked positions.
        teacher_head: of the teacher of the batch's language.
        teacher_hidden: [masked, hidden of the teacher], at the same positions.
        vocabulary: number of pieces, which student and teacher share.

    Returns:
        Mean over the masked positions, in nats; gradients reach the student only.
    """

    def part(hidden: torch.Tensor, teacher_hidden: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            target = teacher_head(teacher_hidden).float().log_softmax(-1)
        found = head(hidden).float().log_softmax(-1)
        return functional.kl_div(found, target, reduction="sum", log_target=True)

    return _in_chunks(part, (hidden, teacher_hidden), vocabulary) / len(hidden)


def _in_chunks(
    part: Callable[..., torch.Tensor], tensors: tuple[torch.Tensor, ...], vocabulary: int
) -> torch.Tensor:
    """The sum of a loss over positions, so many at once that their logits fit into `CELLS`."""
    size = max(1, CELLS // vocabulary)
    if len(tensors[0]) <= size:
        return part(*tensors)
    chunks = zip(*(tensor.split(size) for tensor in tensors), strict=True)
    losses = [checkpoint(part, *chunk, use_reentrant=False) for chunk in chunks]
    return torch.stack(losses).sum()
