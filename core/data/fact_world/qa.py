"""Extractive question answering over the fact world, any question language x any context language.

The context is a few statements about two territories; the answer is a span of it. Where the other
territory has a fact of the same relation, it is stated too: the question must be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from core.data.qa.dataset import Answer, LanguageQa, QaDataset

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


def qa_items(world: FactWorld, split: Split, wordings: WordingSet = "seen") -> tuple[QaItem, ...]:
    """What is asked and stated, one entry per fact of the split, without its words.

    Args:
        world: the world; its seed decides contexts and wordings.
        split: contexts state facts of this split only.
        wordings: which statement wordings the contexts use.
    """
    facts = world.split(split)
    groups = by_territory(facts)
    return tuple(
        _item(fact, groups, seeded("qa", world.seed, fact.id), split, wordings) for fact in facts
    )


def qa(world: FactWorld, split: Split, wordings: WordingSet = "seen") -> QaDataset:
    """One question per fact of the split; the territory asked about is the cluster.

    Args:
        world: the world; its seed decides contexts and wordings.
        split: contexts state facts of this split only.
        wordings: which statement wordings the contexts use.
    """
    facts = {fact.id: fact for fact in world.split(split)}
    items = qa_items(world, split, wordings)
    return QaDataset(
        name="fact-world",
        ids=tuple(item.id for item in items),
        clusters=tuple(item.territory for item in items),
        sides={language: _side(items, facts, language) for language in world.languages},
        source={
            "task": "qa",
            "split": split,
            "wordings": wordings,
            "seed": str(world.seed),
            "world": world.fingerprint,
        },
    )


def _side(items: Sequence[QaItem], facts: Mapping[str, Fact], language: str) -> LanguageQa:
    """Everything in one language."""
    rows = [_context(item, facts, language) for item in items]
    return LanguageQa(
        questions=tuple(ask(facts[item.fact], language, item.wording) for item in items),
        contexts=tuple(context for context, _ in rows),
        answers=tuple((answer,) for _, answer in rows),
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
