"""Exact match and F1 of answers against the right ones (Rajpurkar et al. 2016; MLQA's the same).

Both take the best of a question's right answers. F1 counts tokens that are in both, each as often
as in the one that has fewer; without one it is 0, so two texts that normalise to nothing match
exactly and have an F1 of 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import UserError
from core.metrics.qa_text import Normalization, normalizer


class Golds:
    """The right answers of many questions in one language, normalised once.

    Args:
        answers: of each question, in order; without one, every answer to it scores 0.
        language: BCP-47 key of the contexts.
        normalization: how answers are compared.
    """

    def __init__(
        self,
        answers: Sequence[Sequence[str]],
        language: str,
        normalization: Normalization = "mlqa",
    ) -> None:
        self._normalized = normalizer(language, normalization)
        self._texts = [{self._normalized(text) for text in each} for each in answers]
        self._tokens = [[Counter(text.split()) for text in each] for each in self._texts]

    def exact(self, question: int, answer: str) -> bool:
        """Whether an answer is one of the right ones to the question at this position."""
        return self._normalized(answer) in self._texts[question]

    def f1(self, question: int, answer: str) -> float:
        """F1 against the best of the right answers, 0 to 1."""
        normal = self._normalized(answer)
        if normal and normal in self._texts[question]:
            return 1.0
        found = Counter(normal.split())
        return max((_f1(found, gold) for gold in self._tokens[question]), default=0.0)

    def rank(self, question: int, answers: Sequence[str]) -> int:
        """Rank from 1 of the first exactly right one of these answers; 0: none is."""
        right = self._texts[question]
        for rank, answer in enumerate(answers, start=1):
            if self._normalized(answer) in right:
                return rank
        return 0


def exact_match(
    answer: str, golds: Sequence[str], language: str, normalization: Normalization = "mlqa"
) -> float:
    """1 if the normalised answer equals a normalised right one, else 0."""
    return float(Golds([golds], language, normalization).exact(0, answer))


def f1(
    answer: str, golds: Sequence[str], language: str, normalization: Normalization = "mlqa"
) -> float:
    """F1 of the tokens against the best of the right answers, 0 to 1."""
    return Golds([golds], language, normalization).f1(0, answer)


@dataclass(frozen=True)
class MatchScores:
    """How well a file of answers does."""

    exact_match: float
    """Percent."""
    f1: float
    """Percent."""
    total: int
    """Questions, whether answered or not."""
    missing: int
    """Questions without an answer; they score 0."""
    unknown: int
    """Answers to questions that are not asked; they don't count."""


def score(
    golds: Mapping[str, Sequence[str]],
    answers: Mapping[str, str],
    language: str,
    normalization: Normalization = "mlqa",
) -> MatchScores:
    """Score one answer a question.

    Args:
        golds: question id -> its right answers.
        answers: question id -> the answer given.
        language: BCP-47 key of the contexts.
        normalization: how answers are compared.

    Raises:
        UserError: there are no questions.
    """
    if not golds:
        raise UserError("there are no questions to score")
    right = Golds(list(golds.values()), language, normalization)
    given = [(i, answers[name]) for i, name in enumerate(golds) if name in answers]
    return MatchScores(
        exact_match=100 * sum(right.exact(i, text) for i, text in given) / len(golds),
        f1=100 * sum(right.f1(i, text) for i, text in given) / len(golds),
        total=len(golds),
        missing=len(golds) - len(given),
        unknown=len(answers.keys() - golds.keys()),
    )


def _f1(found: Mapping[str, int], gold: Mapping[str, int]) -> float:
    """Harmonic mean of precision and recall of two bags of tokens: 2 x common / all."""
    common = sum(min(count, gold.get(token, 0)) for token, count in found.items())
    return 2 * common / (sum(found.values()) + sum(gold.values())) if common else 0.0
