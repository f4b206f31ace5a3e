"""The best answers to questions: n-best spans over all windows, read off whole batches of logits.

Best starts and ends of a window are combined; an answer that is too long or ends before it starts
is none. What is listed are distinct texts, compared as they stand in the context (case and
punctuation included); of equal ones the best scored stays. Scores are start plus end logit and
compared across windows as they are. Equal scores: the earlier start comes first, then the shorter
answer. A span counts in the window in which its first token has most context.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from core.answering.features import Places, Windows
from core.data.qa.dataset import QaDataset
from core.data.qa.shown import NONE


class Spans(NamedTuple):
    """Candidates of n windows, best first."""

    scores: torch.Tensor
    """[n, candidates]: start plus end logit; -inf where there are no more."""
    starts: torch.Tensor
    """[n, candidates]: first token."""
    ends: torch.Tensor
    """[n, candidates]: last token."""


def best_spans(
    start: torch.Tensor,
    end: torch.Tensor,
    may_start: torch.Tensor,
    may_end: torch.Tensor,
    *,
    positions: int,
    tokens: int,
    most: int | None = None,
) -> Spans:
    """The answers that the best starts and ends of each window make, best first.

    Args:
        start: [n, L] logits; one that is no finite number stands for no answer.
        end: [n, L] logits; likewise.
        may_start: [n, L], tokens an answer may start with.
        may_end: [n, L], tokens an answer may end with.
        positions: so many starts and ends of each window; of equal logits the earlier ones.
        tokens: longest answer.
        most: candidates to return; all (positions²) if None.
    """
    start_logits, starts = _best(start, may_start, positions)
    end_logits, ends = _best(end, may_end, positions)
    scores = start_logits[:, :, None] + end_logits[:, None, :]
    longer = ends[:, None, :] - starts[:, :, None]
    scores = scores.masked_fill_((longer < 0) | (longer >= tokens), -torch.inf).flatten(1)
    # candidates stand in the order of their starts, then ends, which decides between equal scores
    order = highest(scores, scores.shape[1] if most is None else most)
    return Spans(
        scores.gather(1, order),
        starts.gather(1, order // ends.shape[1]),
        ends.gather(1, order % ends.shape[1]),
    )


def highest(values: torch.Tensor, most: int) -> torch.Tensor:
    """Columns of each row's highest values, the first columns where values are equal.

    As a stable sort has them, at a fraction of its time: a float's bits, read as an integer, and
    the column make keys that never tie.

    Args:
        values: [n, columns] float32.
        most: columns wanted of each row.

    Returns:
        [n, most], highest first; fewer if there are fewer columns.
    """
    columns = values.shape[1]
    bits = (values + 0.0).view(torch.int32)  # -0.0 becomes 0.0
    ascending = bits ^ ((bits >> 31) & 0x7FFFFFFF)
    backward = torch.arange(columns - 1, -1, -1, device=values.device)
    keys = ascending.long().mul_(columns).add_(backward)
    return keys.topk(min(most, columns), dim=1).indices


def _best(
    logits: torch.Tensor, allowed: torch.Tensor, most: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The highest allowed logits of each row and their places, both in the order of the places."""
    logits = logits.float()
    masked = logits.masked_fill(~(allowed & logits.isfinite()), -torch.inf)
    places = highest(masked, most).sort(dim=1).values
    return masked.gather(1, places), places


def distinct(text: str, spans: Iterable[tuple[int, int]], most: int) -> list[int]:
    """Positions of the first spans (first character, one after the last) that differ in text."""
    seen: dict[str, int] = {}
    for position, (first, stop) in enumerate(spans):
        seen.setdefault(text[first:stop], position)
        if len(seen) == most:
            break
    return list(seen.values())


@dataclass(frozen=True)
class Answers:
    """The best distinct answers to P questions, R at most, best first."""

    spans: NDArray[np.int32]
    """[P, R, 2]: first character and the one after the last, in the context; `NONE` where there
    are fewer."""
    scores: NDArray[np.float32]
    """[P, R]: start plus end logit; -inf where there are fewer."""
    probabilities: NDArray[np.float32]
    """[P, R]: start probability x end probability in the answer's window; 0 where there are
    fewer."""
    window: NDArray[np.int64]
    """[P]: the window that holds the best answer; the first one if there is none."""

    def texts(self, pair: int, context: str) -> list[str]:
        """The answers to a question, as they stand in its context."""
        return [context[first:stop] for first, stop in self.spans[pair].tolist() if first != NONE]


class Kept(NamedTuple):
    """What is kept of n windows, see `NBest`."""

    windows: NDArray[np.int64]
    """[n] positions."""
    spans: NDArray[np.int32]
    """[n, R, 2]."""
    scores: NDArray[np.float32]
    """[n, R]."""
    log_total: NDArray[np.float32]
    """[n] logarithm of the sum over all starts and ends."""


class NBest:
    """Collects the best answers of windows, batch by batch and in any order of them.

    What is kept of a window are its best distinct answers: the best of a question are among them.

    Args:
        windows: all there are.
        dataset: with the contexts.
        positions: starts and ends of each window that are combined.
        tokens: longest answer.
        ranks: distinct answers kept.
    """

    def __init__(
        self, windows: Windows, dataset: QaDataset, *, positions: int, tokens: int, ranks: int
    ) -> None:
        self._windows, self._limits = windows, {"positions": positions, "tokens": tokens}
        self._ranks = ranks
        self._texts = [
            dataset.sides[context].contexts[item] or "" for item, _, context in windows.asked
        ]
        self._spans = np.full((len(windows), ranks, 2), NONE, dtype=np.int32)
        self._scores = np.full((len(windows), ranks), -np.inf, dtype=np.float32)
        self._log_total = np.zeros(len(windows), dtype=np.float32)
        self._added: list[int] = []

    def add(self, positions: Sequence[int], start: torch.Tensor, end: torch.Tensor) -> None:
        """Read the answers of some windows off their logits.

        Args:
            positions: of the windows.
            start: [n, L] logits, a row for each, -inf at tokens that cannot be chosen.
            end: the same.
        """
        self._added += positions
        places = self._windows.places(positions)
        total = torch.logsumexp(start, dim=1) + torch.logsumexp(end, dim=1)
        self._log_total[list(positions)] = total.cpu().numpy()
        # few of the candidates nearly always make enough texts; where not, all are looked at
        few = self._keep(positions, places, start, end, most=3 * self._ranks)
        if few:
            some = [positions[row] for row in few]
            rest = Places(places.offsets[few], places.may_start[few], places.may_end[few])
            self._keep(some, rest, start[few], end[few], most=None)

    def _keep(
        self,
        positions: Sequence[int],
        places: Places,
        start: torch.Tensor,
        end: torch.Tensor,
        most: int | None,
    ) -> list[int]:
        """Keep each window's best distinct answers; the rows that may have more of them."""
        found = best_spans(
            start,
            end,
            torch.from_numpy(places.may_start).to(start.device),
            torch.from_numpy(places.may_end).to(start.device),
            most=most,
            **self._limits,
        )
        scores, starts, ends = (values.cpu().numpy() for values in found)
        rows = np.arange(len(positions))[:, None]
        spans = np.stack((places.offsets[rows, starts, 0], places.offsets[rows, ends, 1]), axis=-1)
        counts = np.isfinite(scores).sum(axis=1).tolist()
        kept = np.zeros((len(positions), self._ranks), dtype=np.int64)
        sizes = np.zeros(len(positions), dtype=np.int64)
        bounds = zip(spans[..., 0].tolist(), spans[..., 1].tolist(), counts, strict=True)
        for row, (first, stop, count) in enumerate(bounds):
            text = self._texts[self._windows.owner[positions[row]]]
            few = distinct(text, islice(zip(first, stop, strict=True), count), self._ranks)
            kept[row, : len(few)] = few
            sizes[row] = len(few)
        there = np.arange(self._ranks) < sizes[:, None]
        self._spans[list(positions)] = np.where(there[..., None], spans[rows, kept], NONE)
        self._scores[list(positions)] = np.where(there, scores[rows, kept], -np.inf)
        return [row for row, count in enumerate(counts) if count == most and not there[row, -1]]

    def kept(self) -> Kept:
        """What was kept of the windows that were added here, for another process."""
        own = np.array(self._added, dtype=np.int64)
        return Kept(own, self._spans[own], self._scores[own], self._log_total[own])

    def take(self, kept: Kept) -> None:
        """Know what was kept of windows that were added elsewhere."""
        own = kept.windows
        self._spans[own], self._scores[own] = kept.spans, kept.scores
        self._log_total[own] = kept.log_total

    def answers(self) -> Answers:
        """The best answers to every question, once all its windows were added."""
        owner, pairs = self._windows.owner, len(self._windows.asked)
        first = np.searchsorted(owner, np.arange(pairs))
        spans, scores, window = self._spans[first], self._scores[first], first.copy()
        log_total = np.repeat(self._log_total[first, None], self._ranks, axis=1)
        sizes = np.bincount(owner, minlength=pairs)
        for pair in np.flatnonzero(sizes > 1):
            own = slice(first[pair], first[pair] + sizes[pair])
            order = np.argsort(-self._scores[own].ravel(), kind="stable")
            order = order[np.isfinite(self._scores[own].ravel()[order])]
            every = self._spans[own].reshape(-1, 2)[order].tolist()
            kept = order[distinct(self._texts[pair], map(tuple, every), self._ranks)]
            spans[pair], scores[pair] = NONE, -np.inf
            spans[pair, : len(kept)] = self._spans[own].reshape(-1, 2)[kept]
            scores[pair, : len(kept)] = self._scores[own].ravel()[kept]
            log_total[pair, : len(kept)] = self._log_total[own][kept // self._ranks]
            window[pair] += kept[0] // self._ranks if len(kept) else 0
        probabilities = np.exp(scores.astype(np.float64) - log_total).astype(np.float32)
        return Answers(spans, scores, probabilities, window)
