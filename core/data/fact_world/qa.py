"""Extractive question answering over the fact world, any question language x any context language.

The context is a few statements about two territories; the answer is a span of it. Where the other
territory has a fact of the same relation, it is stated too: the question must be read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.data.fact_world.coverage import seeded
from core.data.fact_world.facts import Fact, value_name
from core.data.fact_world.wordings import (
    WordingSet,
    ask,
    questions,
    state_span,
    wording_indices,
)
from core.data.fact_world.world import FactWorld, Split, by_territory

SENTENCES = (3, 6)
"""Fewest and most statements in a context."""


@dataclass(frozen=True)
class QaItem:
    """One question, the same in every language."""

    id: str
    """``qa/<split>/<fact id>/<question wording>``."""
    fact: str
    """Id of the fact asked for."""
    relation: str
    """One of `RELATIONS`."""
    territory: str
    """ISO 3166 code of the territory asked about; the cluster of the item."""
    region: str
    """Region key of the territory."""
    statements: tuple[tuple[str, int], ...]
    """(fact id, wording) of the context's statements, in order."""
    wording: int
    """Index of the question wording."""


@dataclass(frozen=True)
class Answer:
    """A span of the context in the same language."""

    text: str
    """The answer as it stands in the context."""
    start: int
    """Its first character in the context."""


@dataclass(frozen=True)
class QaDataset:
    """Questions, contexts and answers; row i means the same in every language."""

    items: tuple[QaItem, ...]
    """One entry per question."""
    contexts: Mapping[str, tuple[str, ...]]
    """language -> one context per item."""
    questions: Mapping[str, tuple[str, ...]]
    """language -> one question per item."""
    answers: Mapping[str, tuple[Answer, ...]]
    """language of the context -> one answer per item."""
    source: Mapping[str, str]
    """Split, wordings, seed and world fingerprint."""

    def __len__(self) -> int:
        """Number of items (not multiplied by languages)."""
        return len(self.items)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in order."""
        return tuple(self.contexts)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of ids, contexts, questions and answers (16 hex digits)."""
        digest = hashlib.sha256(repr([item.id for item in self.items]).encode())
        for language in self.languages:
            spans = [(answer.text, answer.start) for answer in self.answers[language]]
            rows = (language, self.contexts[language], self.questions[language], spans)
            digest.update(repr(rows).encode())
        return digest.hexdigest()[:16]


def qa(world: FactWorld, split: Split, wordings: WordingSet = "seen") -> QaDataset:
    """One question per fact of the split.

    Args:
        world: the world; its seed decides contexts and wordings.
        split: contexts state facts of this split only.
        wordings: which statement wordings the contexts use.
    """
    facts = {fact.id: fact for fact in world.split(split)}
    groups = by_territory(tuple(facts.values()))
    items = tuple(
        _item(fact, groups, seeded("qa", world.seed, fact.id), split, wordings)
        for fact in facts.values()
    )
    contexts: dict[str, tuple[str, ...]] = {}
    answers: dict[str, tuple[Answer, ...]] = {}
    for language in world.languages:
        rows = [_context(item, facts, language) for item in items]
        contexts[language] = tuple(context for context, _ in rows)
        answers[language] = tuple(answer for _, answer in rows)
    return QaDataset(
        items=items,
        contexts=contexts,
        questions={
            language: tuple(ask(facts[item.fact], language, item.wording) for item in items)
            for language in world.languages
        },
        answers=answers,
        source={
            "task": "qa",
            "split": split,
            "wordings": wordings,
            "seed": str(world.seed),
            "world": world.fingerprint,
        },
    )


def _item(
    fact: Fact,
    groups: Mapping[str, Sequence[Fact]],
    rng: np.random.Generator,
    split: str,
    wordings: WordingSet,
) -> QaItem:
    """Draw the statements around the one that is asked for."""
    others = [place for place in groups if place != fact.territory]
    rival = groups[others[int(rng.integers(len(others)))]]
    twin = [f for f in rival if f.relation == fact.relation and f.value != fact.value]
    wanted = int(rng.integers(SENTENCES[0], SENTENCES[1] + 1))
    # Neither territory may state the same value twice: the answer would have two places.
    rest = [
        f
        for f in (*groups[fact.territory], *rival)
        if f not in twin and (f.relation, f.value) != (fact.relation, fact.value)
    ]
    chosen = [fact, *twin, *(rest[i] for i in rng.permutation(len(rest)))][:wanted]
    choices = wording_indices(fact.relation, wordings)
    lines = [
        (chosen[i].id, int(choices[rng.integers(len(choices))]))
        for i in rng.permutation(len(chosen))
    ]
    wording = int(rng.integers(len(questions(fact.relation, "en"))))
    return QaItem(
        id=f"qa/{split}/{fact.id}/{wording}",
        fact=fact.id,
        relation=fact.relation,
        territory=fact.territory,
        region=fact.region,
        statements=tuple(lines),
        wording=wording,
    )


def _context(item: QaItem, facts: Mapping[str, Fact], language: str) -> tuple[str, Answer]:
    """The statements joined by spaces, and the answer's place among them."""
    context, start = "", 0
    for identifier, wording in item.statements:
        sentence, offset = state_span(facts[identifier], language, wording)
        if identifier == item.fact:
            start = len(context) + offset
        context += sentence + " "
    return context.rstrip(), Answer(value_name(facts[item.fact], language), start)
