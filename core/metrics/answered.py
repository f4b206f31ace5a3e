"""Answers of a model at one moment or two, one a language and example, and the vote on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.accuracy import correct
from core.metrics.disagreement import vote_confidence

Verdict = Literal[
    "all", "turned right", "turned wrong", "still right", "still wrong", "right", "wrong",
    "answer changed", "answer kept",
]  # fmt: skip
Moment = Literal["before", "after"]
ANY: Final = "all"


@dataclass(frozen=True)
class Answered:
    """One moment's answers to all examples in all languages."""

    chosen: NDArray[np.int64]
    """[languages, examples]: the most probable class."""
    probability: NDArray[np.float64]
    """[languages, examples]: that class's probability."""
    right: NDArray[np.bool_] | None
    """[languages, examples]: whether it is a right one; None without gold."""
    vote: NDArray[np.int64]
    """[examples]: the majority's class (ALSACE, Eq. 1)."""
    votes: NDArray[np.int64]
    """[examples]: languages that gave it."""
    vote_right: NDArray[np.bool_] | None
    """[examples]: whether the majority is right."""
    vote_confidence: NDArray[np.float64]
    """[examples]: mean over the languages of the probability of the majority's class."""

    @classmethod
    def of(cls, predictions: Predictions, vote: NDArray[np.int64]) -> Answered:
        """The answers in predictions.

        Args:
            predictions: of one moment.
            vote: [examples], the majority's class (`core.selection.vote`).

        Raises:
            UserError: there is no example, or the vote is on others.
        """
        if not predictions.examples or vote.shape != (len(predictions.examples),):
            raise UserError(f"a vote on {vote.size} of {len(predictions.examples)} examples")
        chosen = predictions.chosen
        best = np.take_along_axis(predictions.probabilities, chosen[:, :, None], axis=2)[:, :, 0]
        places = np.arange(len(predictions.examples))
        gold = predictions.gold
        return cls(
            chosen=chosen,
            probability=best.astype(np.float64),
            right=None if gold is None else correct(predictions),
            vote=vote,
            votes=(chosen == vote).sum(axis=0),
            vote_right=None if gold is None else gold[places, vote],
            vote_confidence=vote_confidence(predictions, vote),
        )


@dataclass(frozen=True)
class Examples:
    """The answers of one run, before and after it taught (one of them may be unknown)."""

    languages: tuple[str, ...]
    examples: tuple[str, ...]
    before: Answered | None
    after: Answered | None

    def __post_init__(self) -> None:
        """Both moments hold an answer of every language to every example."""
        shape = (len(self.languages), len(self.examples))
        known = [x for x in (self.before, self.after) if x is not None]
        if not known:
            raise UserError("there are no answers to look at")
        if any(x.chosen.shape != shape for x in known):
            raise UserError("before and after must have the same examples and languages")

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Those that are known, in order."""
        named: tuple[tuple[Moment, Answered | None], ...] = (
            ("before", self.before),
            ("after", self.after),
        )
        return tuple(when for when, x in named if x is not None)

    @property
    def last(self) -> Answered:
        """The latest answers."""
        return self.at(self.moments[-1])

    def at(self, when: Moment) -> Answered:
        """The answers of a moment.

        Raises:
            UserError: they are not known.
        """
        found = self.before if when == "before" else self.after
        if found is None:
            raise UserError(f"the answers {when} are not known")
        return found

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Those that can be told apart here, the least common ones first."""
        both, gold = len(self.moments) == 2, self.last.right is not None
        if both and gold:
            return ("turned right", "turned wrong", "still right", "still wrong", ANY)
        if both:
            return ("answer changed", "answer kept", ANY)
        return ("wrong", "right", ANY) if gold else (ANY,)
