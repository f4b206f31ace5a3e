"""Tagged sentences: every word of a sentence has one of a few tags."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from core.errors import UserError

Task = Literal["pos", "ner"]
SPLITS = ("train", "dev", "test")


@dataclass(frozen=True)
class TaggedSentences:
    """Sentences of one language and split; one entry per sentence in every part."""

    ids: tuple[str, ...]
    """One id per sentence, unique."""
    words: tuple[tuple[str, ...], ...]
    """The words of each sentence; a word may hold spaces (Vietnamese)."""
    tags: tuple[tuple[int, ...], ...]
    """The tag of each word, an index into the dataset's tag names."""

    def __post_init__(self) -> None:
        """Check that all parts fit.

        Raises:
            UserError: they don't.
        """
        if not len(self.ids) == len(self.words) == len(self.tags):
            raise UserError(f"{len(self.ids)} sentences, but other numbers of words or tags")
        pairs = zip(self.ids, self.words, self.tags, strict=True)
        if wrong := [name for name, words, tags in pairs if len(words) != len(tags)]:
            raise UserError(f"sentence {wrong[0]} has other numbers of words and tags")

    def __len__(self) -> int:
        """Number of sentences."""
        return len(self.ids)

    @cached_property
    def word_count(self) -> int:
        """Words of all sentences together."""
        return sum(map(len, self.words))

    def take(self, positions: Iterable[int]) -> TaggedSentences:
        """The sentences at these positions, in this order."""
        chosen = list(positions)
        return TaggedSentences(
            ids=tuple(self.ids[i] for i in chosen),
            words=tuple(self.words[i] for i in chosen),
            tags=tuple(self.tags[i] for i in chosen),
        )


def joined(parts: Sequence[TaggedSentences]) -> TaggedSentences:
    """Several treebanks of one language and split, one after the other."""
    return TaggedSentences(
        ids=tuple(x for part in parts for x in part.ids),
        words=tuple(x for part in parts for x in part.words),
        tags=tuple(x for part in parts for x in part.tags),
    )


@dataclass(frozen=True)
class TaggingDataset:
    """The same tags in several languages; the sentences are each language's own."""

    name: str
    """Short name of the data, e.g. ``ud``."""
    task: Task
    tag_names: tuple[str, ...]
    """Names of the tags, in index order."""
    splits: Mapping[str, Mapping[str, TaggedSentences]]
    """language -> split (of `SPLITS`) -> its sentences."""
    source: Mapping[str, str] = field(default_factory=dict)
    """Files and what was left out. Never an absolute path."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in order."""
        return tuple(self.splits)

    def roles(self, language: str) -> tuple[str, str]:
        """The splits a probe is fitted on and tested on.

        Fitted on ``train``, without one on ``dev``; tested on ``test``, without one on ``dev``.

        Raises:
            UserError: the language has fewer than two splits.
        """
        there = [split for split in SPLITS if len(self.splits[language].get(split, ()))]
        if len(there) < 2:
            raise UserError(
                f"{self.name}: {language} has sentences in {' and '.join(there) or 'no split'} "
                "only; a probe is fitted on train (or dev) and tested on test (or dev). Add a "
                "file, or name the other languages (--languages)"
            )
        return there[0], there[-1]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all sentences, tags and ids (16 hex digits)."""
        digest = hashlib.sha256("\x1e".join((self.task, *self.tag_names)).encode())
        for language, splits in self.splits.items():
            for split, part in splits.items():
                digest.update(f"\x1d{language}\x1e{split}".encode())
                for name, words, tags in zip(part.ids, part.words, part.tags, strict=True):
                    line = "\x1e".join((name, *words, *map(str, tags)))
                    digest.update(f"\x1c{line}".encode())
        return digest.hexdigest()[:16]
