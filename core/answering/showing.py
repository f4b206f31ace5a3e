"""What is kept of a few questions to be looked at: their best spans, start and end curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from core.answering.decoding import Answers
from core.answering.features import Windows
from core.data.qa.dataset import QaDataset
from core.data.qa.shown import NONE, ShownAnswers, drawable
from core.metrics.qa_match import Golds

Curve = tuple[NDArray[np.float16], NDArray[np.float16]]
"""Start and end probabilities of a window's context tokens."""


def shown_items(dataset: QaDataset, count: int, seed: int) -> tuple[int, ...]:
    """Positions of the items to show, in order: drawn from those that most languages have.

    Args:
        dataset: all there are.
        count: how many, at most.
        seed: of the draw.
    """
    asked = np.array(
        [
            sum(dataset.has(item, question, context) for question, context in dataset.pairs())
            for item in range(len(dataset))
        ]
    )
    shuffled = np.random.default_rng(seed).permutation(len(dataset))
    chosen = shuffled[np.argsort(-asked[shuffled], kind="stable")][:count]
    return tuple(sorted(chosen.tolist()))


class Curves:
    """Collects the curves of the questions to show, batch by batch.

    Args:
        windows: all there are.
        items: positions of the items to show.
    """

    def __init__(self, windows: Windows, items: Sequence[int]) -> None:
        self.windows, self.items = windows, tuple(items)
        shown = np.isin([asked.item for asked in windows.asked], self.items)
        self.pairs = np.flatnonzero(shown)
        """Positions of the asked pairs to show."""
        self._wanted = shown[windows.owner]
        self.kept: dict[int, Curve] = {}
        """Window -> start and end probabilities of its context tokens."""

    def add(self, positions: Sequence[int], start: torch.Tensor, end: torch.Tensor) -> None:
        """Keep what is wanted of some windows.

        Args:
            positions: of the windows.
            start: [n, L] logits, a row for each, -inf at tokens that cannot be chosen.
            end: the same.
        """
        rows = np.flatnonzero(self._wanted[list(positions)]).tolist()
        if not rows:
            return
        starts, ends = (
            drawable(torch.softmax(logits[rows], dim=1).cpu().numpy()) for logits in (start, end)
        )
        for number, row in enumerate(rows):
            context = slice(*self.windows.context_places(positions[row]))
            self.kept[positions[row]] = (starts[number, context], ends[number, context])

    def of(self, window: int) -> Curve:
        """Start and end probabilities of one window's context tokens, as its scores have them."""
        return self.kept[window]


def shown_answers(
    answers: Answers, curves: Curves, dataset: QaDataset, golds: Mapping[str, Golds]
) -> ShownAnswers:
    """Put together what is shown; the curves are those of the window with the best answer.

    Args:
        answers: to all asked pairs.
        curves: of the items to show.
        dataset: with the contexts.
        golds: language of the context -> the right answers of all items.
    """
    windows, languages = curves.windows, dataset.languages
    shape = (len(languages), len(languages), len(curves.items))
    ranks = answers.scores.shape[1]
    spans = np.full((*shape, ranks, 2), NONE, dtype=np.int32)
    probabilities = np.zeros((*shape, ranks), dtype=np.float32)
    right = np.zeros((*shape, ranks), dtype=bool)
    curve = np.zeros((*shape, 2), dtype=np.int64)
    gold = np.full((*shape, 2), NONE, dtype=np.int32)
    offsets, starts, ends, tokens = [], [], [], 0
    for pair in curves.pairs.tolist():
        item, question, context = windows.asked[pair]
        cell = (languages.index(question), languages.index(context), curves.items.index(item))
        window = int(answers.window[pair])
        texts = answers.texts(pair, dataset.sides[context].contexts[item] or "")
        spans[cell], probabilities[cell] = answers.spans[pair], answers.probabilities[pair]
        right[cell][: len(texts)] = [golds[context].exact(item, text) for text in texts]
        start, end = curves.of(window)
        curve[cell] = tokens, tokens + len(start)
        tokens += len(start)
        cut = windows.cuts[window]
        offsets.append(windows.contexts[pair].offsets[cut.first : cut.stop])
        starts.append(start)
        ends.append(end)
        if windows.answered[window]:
            first, _ = windows.context_places(window)
            gold[cell] = windows.start[window] - first, windows.end[window] - first
    return ShownAnswers(
        questions=languages,
        contexts=languages,
        ids=tuple(dataset.ids[item] for item in curves.items),
        spans=spans,
        probabilities=probabilities,
        right=right,
        curve=curve,
        offsets=np.concatenate([np.empty((0, 2), dtype=np.int32), *offsets]),
        start=np.concatenate([np.empty(0, dtype=np.float16), *starts]),
        end=np.concatenate([np.empty(0, dtype=np.float16), *ends]),
        gold=gold,
    )
