"""On which examples the languages disagree, and whether their vote is right there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.collapse import entropy


@dataclass(frozen=True)
class Disagreement:
    """How the votes of the languages are split, example by example."""

    answers: NDArray[np.int64]
    """[languages, examples]: class index each language answers."""
    vote: NDArray[np.int64]
    """[examples]: class index voted for."""
    agreeing: NDArray[np.int64]
    """[examples]: languages that answer as the vote."""
    entropy: NDArray[np.float64]
    """[examples]: of the votes, 0 (all say one thing) to 1 (as split as can be)."""
    right: NDArray[np.bool_] | None
    """[examples]: whether the vote is right; None without gold."""
    confidence: NDArray[np.float64]
    """[examples]: mean over the languages of the vote's probability."""

    @property
    def languages(self) -> int:
        """How many vote."""
        return len(self.answers)

    @property
    def unanimous(self) -> float:
        """Share of the examples on which all languages say the same."""
        return float((self.agreeing == self.languages).mean())

    def most_split(self, count: int) -> NDArray[np.int64]:
        """Places of the examples with the largest entropy, of equal ones the earlier first."""
        return np.argsort(-self.entropy, kind="stable")[:count]


@dataclass(frozen=True)
class VoteSize:
    """The examples on which so many languages answer as the vote."""

    agreeing: int
    examples: int
    right: int | None
    """Of them, those whose vote is right; None without gold."""
    entropy: float
    """Mean over them."""


def disagreement(predictions: Predictions, pseudo_labels: NDArray[np.integer]) -> Disagreement:
    """The split of the votes on every example.

    The entropy is that of the shares of the classes among the languages' answers, over the largest
    it can be: log(min(languages, classes of the example)).

    Args:
        predictions: one model's answers in every language.
        pseudo_labels: [examples], the vote (Eq. 1).

    Raises:
        UserError: there are no examples, or as many labels as there are not examples.
    """
    languages, examples, classes = predictions.probabilities.shape
    if not examples:
        raise UserError("disagreement needs at least one example")
    if pseudo_labels.shape != (examples,):
        raise UserError(f"labels have shape {pseudo_labels.shape}, expected ({examples},)")
    chosen = predictions.chosen
    cells = chosen + classes * np.arange(examples)
    counts = np.bincount(cells.ravel(), minlength=examples * classes).reshape(examples, classes)
    mask, gold = predictions.class_mask, predictions.gold
    present = np.full(examples, classes) if mask is None else mask.sum(axis=1)
    most = np.log(np.maximum(np.minimum(present, languages), 2))
    everyone = np.arange(examples)
    return Disagreement(
        answers=chosen,
        vote=np.asarray(pseudo_labels, dtype=np.int64),
        agreeing=counts[everyone, pseudo_labels],
        entropy=np.clip(entropy(counts / languages) / most, 0, 1),
        right=None if gold is None else gold[everyone, pseudo_labels],
        confidence=vote_confidence(predictions, pseudo_labels),
    )


def vote_confidence(predictions: Predictions, vote: NDArray[np.integer]) -> NDArray[np.float64]:
    """Mean over the languages of the probability each gives to the vote.

    Args:
        predictions: of all languages that voted.
        vote: [examples], a class index each.

    Returns:
        [examples], 0 to 1, in float64.
    """
    voted = predictions.probabilities[:, np.arange(len(predictions.examples)), vote]
    return voted.mean(axis=0, dtype=np.float64)


def by_vote_size(found: Disagreement) -> tuple[VoteSize, ...]:
    """The examples by how many languages answer as the vote: those sizes that occur, ascending."""
    sizes = []
    for agreeing in np.unique(found.agreeing):
        inside = found.agreeing == agreeing
        right = None if found.right is None else int(found.right[inside].sum())
        mean = float(found.entropy[inside].mean())
        sizes.append(VoteSize(int(agreeing), int(inside.sum()), right, mean))
    return tuple(sizes)
