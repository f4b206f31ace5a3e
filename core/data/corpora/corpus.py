"""Text of each language, in sections that mean the same in every language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.errors import UserError


@dataclass(frozen=True)
class Passage:
    """One text a model reads at once: a sentence, a verse, a paragraph."""

    section: str
    """What a split keeps whole (a chapter, a document); the same key in every language."""
    item: str
    """What it says; passages of one item in two languages or translations say the same."""
    text: str


@dataclass(frozen=True)
class Corpus:
    """Passages of each language, those of its first translation first."""

    name: str
    passages: Mapping[str, tuple[Passage, ...]]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in order."""
        return tuple(self.passages)

    def shared_sections(self) -> list[str]:
        """Keys of the sections that every language has, sorted."""
        found = [{one.section for one in passages} for passages in self.passages.values()]
        return sorted(set.intersection(*found))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all that is read (16 hex digits)."""
        digest = hashlib.sha256()
        for language, passages in self.passages.items():
            digest.update(f"\x1e{language}\x1e".encode())
            for one in passages:
                digest.update(f"{one.section}\x1f{one.item}\x1f{one.text}\x1e".encode())
        return digest.hexdigest()[:16]


def characters(passages: Iterable[Passage]) -> int:
    """Characters of the texts, the measure of size of the paper's Table 1."""
    return sum(len(one.text) for one in passages)


def unique_items(passages: Iterable[Passage]) -> int:
    """How many different things are said: a second translation says nothing new."""
    return len({one.item for one in passages})


def check_filled(name: str, passages: Mapping[str, Sequence[Passage]]) -> None:
    """Every language has text.

    Raises:
        UserError: one has none.
    """
    if empty := [language for language, found in passages.items() if not found]:
        raise UserError(f"{name} has no text in {', '.join(empty)}; leave it out of --languages")
