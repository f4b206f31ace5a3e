"""The one way rows go through a model: by length, as many as a budget of tokens holds.

Inference cuts its rows into batches of similar length (`batches`); a training step keeps its rows
and splits them into parts whose gradients add up (`parts`). Both count tokens, not rows: memory
and time grow with tokens.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence, Sized
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from core.models.device import Device

Row = Sequence[int] | NDArray[np.int32]
"""Token ids of one sequence."""


LENGTHS = "_row_lengths"
"""Of a mask: an attribute that holds the lengths of its rows."""


class Span(NamedTuple):
    """Consecutive places of a list: from ``start`` up to ``stop``."""

    start: int
    stop: int


def by_length(lengths: Sequence[int] | NDArray[np.integer]) -> NDArray[np.int64]:
    """Positions, longest first; of equal lengths the earlier one first."""
    return np.argsort(-np.asarray(lengths, dtype=np.int64), kind="stable")


def spans(
    lengths: Sequence[int],
    tokens: int,
    rows: int | None = None,
    weights: Sequence[int] | None = None,
    most: int = 0,
) -> list[Span]:
    """Cut rows into batches that hold at most so many tokens with their padding.

    A row with more tokens than that is a batch of its own.

    Args:
        lengths: of the rows, in the order of the batches.
        tokens: of a batch, rows times the longest of them, at most.
        rows: of a batch at most; no limit if None.
        weights: something else that each row adds to a batch, such as logits.
        most: of it in a batch.
    """
    found, start, longest, weight = [], 0, 0, 0
    for place, length in enumerate(lengths):
        count, own = place - start, 0 if weights is None else weights[place]
        longest = max(longest, length)
        full = (count + 1) * longest > tokens or count == rows
        if count and (full or (weights is not None and weight + own > most)):
            found.append(Span(start, place))
            start, longest, weight = place, length, 0
        weight += own
    return [*found, Span(start, len(lengths))] if lengths else []


def batches(lengths: Sequence[int], tokens: int, rows: int | None = None) -> list[list[int]]:
    """Every position once, in batches of similar length, longest first; see `spans`."""
    return [positions.tolist() for positions in buckets(np.array(lengths), tokens, rows)]


def buckets(
    lengths: NDArray[np.integer], tokens: int, rows: int | None = None
) -> list[NDArray[np.int64]]:
    """The same as views of one array, for very many rows."""
    order = by_length(lengths)
    cuts = spans(lengths[order].tolist(), tokens, rows)
    return [order[cut.start : cut.stop] for cut in cuts]


def parts(
    chosen: NDArray[np.int64],
    most: int,
    tokens: int | None = None,
    lengths: NDArray[np.int64] | None = None,
) -> list[NDArray[np.int64]]:
    """A training batch in equal consecutive parts, as few as the limits allow.

    Args:
        chosen: the batch, or this process's share of it; of none there are no parts.
        most: of it in one part.
        tokens: of a part at most, where one entry has not more by itself; no limit if None.
        lengths: [chosen] tokens of each entry; read where there is such a limit.
    """
    if not len(chosen):
        return []
    count = math.ceil(len(chosen) / most)
    if tokens is None or lengths is None:
        return np.array_split(chosen, count)
    count = min(len(chosen), max(count, math.ceil(int(lengths.sum()) / tokens)))
    while count < len(chosen) and max(map(np.sum, np.array_split(lengths, count))) > tokens:
        count += 1
    return np.array_split(chosen, count)


def pad(rows: Sequence[Row], pad_id: int, device: Device) -> dict[str, torch.Tensor]:
    """One padded batch: ``input_ids`` and ``attention_mask``, both [rows, longest]."""
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.full(mask.shape, pad_id, dtype=np.int64)
    ids[mask] = np.concatenate([np.asarray(row, dtype=np.int64) for row in rows])
    return {
        "input_ids": device.take(torch.from_numpy(ids)),
        "attention_mask": marked(device.take(torch.from_numpy(mask.astype(np.int64))), lengths),
    }


def marked(mask: torch.Tensor, lengths: NDArray[np.int64]) -> torch.Tensor:
    """The mask, which then knows how long its rows are, so that nobody asks a GPU for it."""
    setattr(mask, LENGTHS, lengths)
    return mask


def lengths_of(mask: torch.Tensor) -> NDArray[np.int64]:
    """[rows] tokens of the rows of a mask that pads on the right."""
    known: NDArray[np.int64] | None = getattr(mask, LENGTHS, None)
    return mask.sum(-1).cpu().numpy() if known is None else known


def bucketed(
    rows: Sequence[Sized], device: Device, forward: Callable[[list[int]], torch.Tensor]
) -> torch.Tensor:
    """The forward passes of rows in batches of similar length, put back in the rows' order.

    Args:
        rows: of any kind.
        device: of the result; it says how many tokens go through at once.
        forward: told the positions of some rows; returns one entry for each.
    """
    found = batches([len(row) for row in rows], device.budget)
    order = torch.tensor([place for positions in found for place in positions])
    back = torch.empty_like(order)
    back[order] = torch.arange(len(order))
    return torch.cat([forward(positions) for positions in found])[device.take(back)]
