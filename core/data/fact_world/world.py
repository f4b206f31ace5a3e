"""The fact world: facts, who was given them, and which territories are for training or test."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from core.data.fact_world.coverage import DEFAULT_COVERAGE, check_coverage, given, seeded
from core.data.fact_world.facts import LANGUAGES, Fact, cldr_facts, territory_name, value_name
from core.data.fact_world.wordings import questions, statements
from core.errors import UserError

Split = Literal["labelled", "unlabelled", "test"]
"""For fine-tuning, for distillation without labels, for evaluation."""

SPLIT_SHARES: dict[str, float] = {"labelled": 0.45, "unlabelled": 0.25, "test": 0.30}
"""split -> share of the territories."""

GOLDEN = 0.6180339887498949
"""Steps of the golden ratio spread evenly: each region gets its share of each split."""


@dataclass(frozen=True)
class FactWorld:
    """Facts about territories, and a known answer to which language was given which."""

    seed: int
    """Seed of the coverage, the splits and every task made of this world."""
    languages: tuple[str, ...]
    """The languages, in order."""
    facts: tuple[Fact, ...]
    """All facts, sorted by id."""
    given: Mapping[str, frozenset[str]]
    """language -> ids of the facts in its training text."""
    splits: Mapping[str, tuple[Fact, ...]]
    """split -> its facts; two splits share no territory."""

    @classmethod
    def build(
        cls,
        seed: int = 0,
        languages: Sequence[str] = LANGUAGES,
        coverage: Mapping[str, float] | None = None,
    ) -> FactWorld:
        """Draw a world from CLDR's facts.

        Args:
            seed: decides coverage and splits; adding a language changes neither.
            languages: some of `LANGUAGES`.
            coverage: language -> share of the facts it is given outside its home regions;
                `DEFAULT_COVERAGE` if None.

        Raises:
            UserError: a language is unknown, or its rate is missing or not in [0, 1].
        """
        unknown = [language for language in languages if language not in LANGUAGES]
        if unknown:
            raise UserError(
                f"the fact world has no {', '.join(unknown)}; it has {', '.join(LANGUAGES)}"
            )
        rates = DEFAULT_COVERAGE if coverage is None else coverage
        check_coverage(rates, languages)
        facts = cldr_facts()
        truth = {language: given(facts, language, rates, seed) for language in languages}
        return cls(seed, tuple(languages), facts, truth, _split(facts, seed))

    def truth(self) -> dict[str, frozenset[str]]:
        """Ids of the facts each language was given: what its training text says, no more."""
        return dict(self.given)

    def split(self, name: Split) -> tuple[Fact, ...]:
        """The facts of one split, sorted by id.

        Raises:
            UserError: there is no such split; the message lists them.
        """
        if name not in self.splits:
            raise UserError(f"no split {name!r}; there are {', '.join(self.splits)}")
        return self.splits[name]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of facts, names, wordings, coverage and splits (16 hex digits)."""
        parts = {
            "seed": self.seed,
            "given": {lang: sorted(ids) for lang, ids in self.given.items()},
            "splits": {name: [fact.id for fact in facts] for name, facts in self.splits.items()},
            "facts": [
                [fact.id, fact.value, fact.region]
                + [n(fact, lang) for lang in self.languages for n in (territory_name, value_name)]
                for fact in self.facts
            ],
            "wordings": {
                lang: {
                    relation: statements(relation, lang) + questions(relation, lang)
                    for relation in sorted({fact.relation for fact in self.facts})
                }
                for lang in self.languages
            },
        }
        text = json.dumps(parts, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def by_territory(facts: Sequence[Fact]) -> dict[str, list[Fact]]:
    """Group facts by territory, in the order given."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.territory, []).append(fact)
    return found


def _split(facts: Sequence[Fact], seed: int) -> dict[str, tuple[Fact, ...]]:
    """Territories in random order within their region, dealt to the splits by share."""
    rng = seeded("split", seed)
    regions = {fact.territory: fact.region for fact in facts}
    places = sorted(regions)
    order = sorted(
        zip((regions[place] for place in places), rng.random(len(places)), places, strict=True)
    )
    offset = rng.random()
    where: dict[str, str] = {}
    for position, (_, _, place) in enumerate(order):
        point = (offset + position * GOLDEN) % 1
        for name, share in SPLIT_SHARES.items():
            where[place] = name
            point -= share
            if point < 0:
                break
    return {
        name: tuple(fact for fact in facts if where[fact.territory] == name)
        for name in SPLIT_SHARES
    }
