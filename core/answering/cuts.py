"""How a context that is too long is cut into windows, and which window counts for which token."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np


class Cut(NamedTuple):
    """One window's part of a context; in tokens, every stop is the one after the last."""

    first: int
    stop: int
    best_first: int
    """From here on this is the window in which a token has most context ..."""
    best_stop: int
    """... up to here. The windows of a context share its tokens out among them."""


@lru_cache(maxsize=4096)
def cuts(tokens: int, room: int, stride: int) -> tuple[Cut, ...]:
    """Windows of a context, cut as the fast tokenizers do: equally long but for the last.

    A token has as much context as stands on its poorer side; where two windows give it equally
    much, the longer one counts, then the first (as in BERT's ``run_squad``).

    Args:
        tokens: of the context.
        room: tokens that fit in one window.
        stride: tokens that two neighbours share; at most half of ``room``.
    """
    starts = np.arange(0, max(1, tokens - stride), room - stride)
    stops = np.minimum(starts + room, tokens)
    place = np.arange(tokens)
    context = np.minimum(place - starts[:, None], stops[:, None] - 1 - place)
    score = np.where(context >= 0, 100 * context + (stops - starts)[:, None], -1)
    bounds = np.searchsorted(score.argmax(axis=0), np.arange(len(starts) + 1))
    return tuple(
        Cut(int(starts[i]), int(stops[i]), int(bounds[i]), int(bounds[i + 1]))
        for i in range(len(starts))
    )
