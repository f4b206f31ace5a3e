"""Which questions a model answers right, and which turned right or wrong by distillation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.probing_answers import ProbingAnswers
from core.errors import UserError
from core.metrics.probing import ALL, hits

RIGHT, WRONG = "right", "wrong"
TURNED_RIGHT, TURNED_WRONG = "turned right", "turned wrong"
STILL_RIGHT, STILL_WRONG = "still right", "still wrong"
CHANGES = (TURNED_RIGHT, TURNED_WRONG, STILL_RIGHT, STILL_WRONG)
STATES = (RIGHT, WRONG)


@dataclass(frozen=True)
class Outcome:
    """One question in one language."""

    example: str
    region: str
    language: str
    asked: int
    """Right answers there are."""
    before: int
    """Of those, found before."""
    after: int | None
    """Found after; None for a run that only asks."""

    @property
    def verdict(self) -> str:
        """One of `CHANGES`, or of `STATES` where nothing was taught.

        Turned right is to find more of the right answers than before, turned wrong fewer; right
        is to find all.
        """
        if self.after is None:
            return RIGHT if self.before == self.asked else WRONG
        if self.after != self.before:
            return TURNED_RIGHT if self.after > self.before else TURNED_WRONG
        return STILL_RIGHT if self.after == self.asked else STILL_WRONG


def outcomes(before: ProbingAnswers, after: ProbingAnswers | None = None) -> list[Outcome]:
    """Every question in every language, in the order of the examples.

    Raises:
        UserError: other examples or languages after than before.
    """
    if after is not None and (before.examples, before.languages) != (
        after.examples,
        after.languages,
    ):
        raise UserError("the answers before and after are not to the same questions")
    was = hits(before)
    now = hits(after) if after is not None else None
    return [
        Outcome(
            example=example,
            region=before.regions[i] or ALL,
            language=language,
            asked=len(before.gold[language][i]),
            before=int(was[language][i]),
            after=int(now[language][i]) if now is not None else None,
        )
        for i, example in enumerate(before.examples)
        for language in before.languages
    ]


def chosen(answers: ProbingAnswers, language: str, place: int) -> NDArray[np.bool_]:
    """[own candidates]: those among the k best, for k right answers; equal scores all are.

    Args:
        answers: of a model.
        language: which.
        place: of the example.
    """
    scores = answers.scores[language][place]
    listed = np.sort(scores[answers.distinct[language][place]])
    return scores <= listed[len(answers.gold[language][place]) - 1]


def counts(found: Iterable[Outcome]) -> dict[str, dict[str, int]]:
    """Language -> verdict -> questions, with every verdict there can be."""
    table: dict[str, dict[str, int]] = {}
    for outcome in found:
        verdicts = STATES if outcome.after is None else CHANGES
        row = table.setdefault(outcome.language, dict.fromkeys(verdicts, 0))
        row[outcome.verdict] += 1
    return table
