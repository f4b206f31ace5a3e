"""A question-answering dataset: row i asks the same in every language that has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError


@dataclass(frozen=True)
class Answer:
    """A span of a context."""

    text: str
    """The answer as it stands in the context."""
    start: int
    """Its first character in the context."""


@dataclass(frozen=True)
class LanguageQa:
    """One language's side of the data; one entry per item in every part."""

    questions: tuple[str | None, ...]
    """None where the language does not have the item."""
    contexts: tuple[str | None, ...]
    """None where the language does not have the item."""
    answers: tuple[tuple[Answer, ...], ...]
    """The right answers in this language's context; empty where the language lacks the item."""

    def take(self, positions: Sequence[int]) -> LanguageQa:
        """The entries at these positions, in this order."""
        return LanguageQa(
            questions=tuple(self.questions[i] for i in positions),
            contexts=tuple(self.contexts[i] for i in positions),
            answers=tuple(self.answers[i] for i in positions),
        )


@dataclass(frozen=True)
class QaDataset:
    """Questions whose language, and whose context's language, can be chosen freely.

    An item may be asked in (question language, context language) if the first has its question and
    the second its context; TyDiQA's items have one language each, MLQA's several, XQuAD's all.
    """

    name: str
    """Short name of the benchmark or file, e.g. ``xquad``."""
    ids: tuple[str, ...]
    """One id per item, unique."""
    clusters: tuple[str, ...]
    """One article (or territory) per item: the unit of splitting and of resampling."""
    sides: Mapping[str, LanguageQa]
    """language -> its questions, contexts and answers."""
    source: Mapping[str, str] = field(default_factory=dict)
    """Files, seeds, counts of what was left out. Never an absolute path."""

    def __post_init__(self) -> None:
        """Check the lengths and the ids.

        Raises:
            UserError: one of them is wrong.
        """
        lengths = {"clusters": len(self.clusters)}
        for language, side in self.sides.items():
            lengths |= {
                f"{language} questions": len(side.questions),
                f"{language} contexts": len(side.contexts),
                f"{language} answers": len(side.answers),
            }
        wrong = [f"{part} has {n}" for part, n in lengths.items() if n != len(self.ids)]
        if wrong:
            raise UserError(f"{self.name}: {len(self.ids)} questions, but {', '.join(wrong)}")
        if len(set(self.ids)) != len(self.ids):
            raise UserError(f"{self.name}: question ids are not unique")

    def __len__(self) -> int:
        """Number of items (not multiplied by languages)."""
        return len(self.ids)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in order."""
        return tuple(self.sides)

    def has(self, item: int, question: str, context: str) -> bool:
        """Whether an item can be asked in this pair of languages."""
        asked = self.sides[question].questions[item]
        return asked is not None and self.sides[context].contexts[item] is not None

    def pairs(self) -> Iterator[tuple[str, str]]:
        """All pairs (question language, context language), row by row."""
        return ((asked, read) for asked in self.languages for read in self.languages)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything but name and source (16 hex digits)."""
        digest = hashlib.sha256(repr((self.ids, self.clusters)).encode())
        for language, side in self.sides.items():
            digest.update(repr((language, side)).encode())
        return digest.hexdigest()[:16]

    def take(self, indices: Sequence[int] | NDArray[np.integer]) -> QaDataset:
        """The items at these positions, in this order, in every language."""
        positions = [int(i) for i in indices]
        return replace(
            self,
            ids=tuple(self.ids[i] for i in positions),
            clusters=tuple(self.clusters[i] for i in positions),
            sides={language: side.take(positions) for language, side in self.sides.items()},
        )

    def in_languages(self, languages: Sequence[str]) -> QaDataset:
        """The same items in these languages only, in this order.

        Raises:
            UserError: a language is not in the dataset; the message lists those that are.
        """
        missing = [language for language in languages if language not in self.sides]
        if missing:
            raise UserError(
                f"{self.name} has no {', '.join(missing)}; it has {', '.join(self.languages)}"
            )
        return replace(self, sides={language: self.sides[language] for language in languages})
