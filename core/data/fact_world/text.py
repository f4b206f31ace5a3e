"""Plain text for masked-language-model training: what each language was given, and no more."""

from __future__ import annotations

from typing import NamedTuple

from core.data.fact_world.coverage import seeded
from core.data.fact_world.facts import RELATIONS, name
from core.data.fact_world.wordings import enumerate_names, state, wording_indices
from core.data.fact_world.world import FactWorld, by_territory
from core.errors import UserError

PARAGRAPHS = 3
"""Paragraphs per territory with at least two given facts."""

LIST_ROUNDS = 3
"""How often every name occurs in a list."""

LIST_LENGTH = 6
"""Names per list."""


class TrainingText(NamedTuple):
    """One training text, and what it is about."""

    section: str
    """Its territory, or its list: the same key in every language."""
    item: str
    """What it says: a fact in any wording, a paragraph, a list."""
    text: str


def training_text(world: FactWorld, language: str) -> list[str]:
    """Everything a model may read in one language; one entry is one training text.

    - every given fact in every seen wording, one sentence per entry;
    - `PARAGRAPHS` paragraphs per territory: two to four of its given facts, one seen wording
      each, joined by a space, so that a model meets several sentences in one text;
    - lists of names ("Some currencies are ..."): every name of the world `LIST_ROUNDS` times, so
      that the vocabulary covers facts that the language was not given. Lists are drawn at random
      from one kind of name and say nothing about any territory.

    Raises:
        UserError: the language is not in the world.
    """
    return [one.text for one in training_texts(world, language)]


def training_texts(world: FactWorld, language: str) -> list[TrainingText]:
    """The entries of :func:`training_text`, each with what it is about.

    Raises:
        UserError: the language is not in the world.
    """
    if language not in world.languages:
        raise UserError(f"the world has no {language!r}; it has {', '.join(world.languages)}")
    known = [fact for fact in world.facts if fact.id in world.given[language]]
    statements = [
        TrainingText(fact.territory, fact.id, state(fact, language, wording))
        for fact in known
        for wording in wording_indices(fact.relation, "seen")
    ]
    lists = [
        TrainingText(f"list {number}", f"list {number}", line)
        for number, line in enumerate(name_lists(world, language))
    ]
    return statements + _paragraphs(world, language) + lists


def _paragraphs(world: FactWorld, language: str) -> list[TrainingText]:
    """Short paragraphs about one territory each, of given facts only."""
    rng = seeded("paragraphs", world.seed, language)
    known = [fact for fact in world.facts if fact.id in world.given[language]]
    paragraphs: list[TrainingText] = []
    for territory, facts in by_territory(known).items():
        if len(facts) < 2:
            continue
        for number in range(PARAGRAPHS):
            length = int(rng.integers(2, min(4, len(facts)) + 1))
            chosen = [facts[i] for i in rng.permutation(len(facts))[:length]]
            sentences = []
            for fact in chosen:
                choices = wording_indices(fact.relation, "seen")
                sentences.append(state(fact, language, choices[rng.integers(len(choices))]))
            item = f"{territory} paragraph {number}"
            paragraphs.append(TrainingText(territory, item, " ".join(sentences)))
    return paragraphs


def name_lists(world: FactWorld, language: str) -> list[str]:
    """Sentences that list names of one kind; the same lists in every language."""
    lines: list[str] = []
    codes: dict[str, list[str]] = {"territory": sorted({fact.territory for fact in world.facts})}
    for relation in RELATIONS:
        codes[relation] = sorted({f.value for f in world.facts if f.relation == relation})
    for kind, all_codes in codes.items():
        rng = seeded("lists", world.seed, kind)
        for _ in range(LIST_ROUNDS):
            names = [name(kind, all_codes[i], language) for i in rng.permutation(len(all_codes))]
            for start in range(0, len(names), LIST_LENGTH):
                lines.append(enumerate_names(kind, names[start : start + LIST_LENGTH], language))
    return lines
