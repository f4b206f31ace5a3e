"""Probing the fact world: a statement with its value masked, and candidates for the value.

The form of GeoMLAMA (Yin et al., 2022): which candidate does the model put in the gap?
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from core.data.fact_world.coverage import seeded
from core.data.fact_world.facts import RELATIONS, Fact, name
from core.data.fact_world.wordings import WordingSet, masked, wording_indices
from core.data.fact_world.world import FactWorld, Split
from core.data.probing import LanguageProbes, ProbingDataset

ProbeWordings = WordingSet | Literal["another"]
CANDIDATES = 6
"""Candidates per item, the gold one included; fewer where the relation has fewer values."""


@dataclass(frozen=True)
class ProbeItem:
    """One prompt; the candidates are codes, the same in every language."""

    id: str
    """``probe/<fact id>/<wording>``."""
    fact: str
    """Id of the fact, as in `FactWorld.truth`."""
    relation: str
    """One of `RELATIONS`."""
    territory: str
    """ISO 3166 code."""
    region: str
    """Region key of the territory."""
    wording: int
    """Index of the statement wording."""
    values: tuple[str, ...]
    """CLDR codes of the candidates, in random order."""
    gold: int
    """Index of the right candidate."""


@dataclass(frozen=True)
class ProbeDataset:
    """Probe items and their texts; row i and candidate j mean the same in every language."""

    items: tuple[ProbeItem, ...]
    """One entry per prompt."""
    prompts: Mapping[str, tuple[str, ...]]
    """language -> one prompt per item with exactly one `MASK`."""
    candidates: Mapping[str, tuple[tuple[str, ...], ...]]
    """language -> per item the candidates' names, aligned with `ProbeItem.values`."""
    source: Mapping[str, str]
    """Split, wordings, seed and world fingerprint."""

    def __len__(self) -> int:
        """Number of items (not multiplied by languages)."""
        return len(self.items)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in order."""
        return tuple(self.prompts)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of ids, gold candidates, prompts and candidates (16 hex digits)."""
        digest = hashlib.sha256(repr([(item.id, item.gold) for item in self.items]).encode())
        for language in self.languages:
            rows = (language, self.prompts[language], self.candidates[language])
            digest.update(repr(rows).encode())
        return digest.hexdigest()[:16]


def probe(
    world: FactWorld, split: Split | None = None, wordings: ProbeWordings = "seen"
) -> ProbeDataset:
    """One masked statement per fact.

    Distractors are drawn without replacement, each value as often as it is the right one
    elsewhere: a prior over values alone does not find the gold candidate.

    Args:
        world: the world; its seed decides wordings and candidates.
        split: facts of this split only; all facts if None.
        wordings: which statement wordings the prompts use, one drawn per fact; ``another`` is
            a seen one that ``seen`` does not draw for that fact.
    """
    facts = world.facts if split is None else world.split(split)
    pools = {
        relation: [fact.value for fact in world.facts if fact.relation == relation]
        for relation in RELATIONS
    }
    items = tuple(_item(fact, pools[fact.relation], world.seed, wordings) for fact in facts)
    return ProbeDataset(
        items=items,
        prompts={
            language: tuple(
                masked(fact, language, item.wording)
                for fact, item in zip(facts, items, strict=True)
            )
            for language in world.languages
        },
        candidates={
            language: tuple(
                tuple(name(item.relation, value, language) for value in item.values)
                for item in items
            )
            for language in world.languages
        },
        source={
            "task": "probe",
            "split": split or "all",
            "wordings": wordings,
            "seed": str(world.seed),
            "world": world.fingerprint,
        },
    )


def as_probing(data: ProbeDataset) -> ProbingDataset:
    """The same items in the form all probing shares.

    The region of an example is its territory's (``eastern-africa``): who is near should know it.
    Its group is the territory, the unit the world is split by: what is said of one territory in
    several relations is not independent. Every language lists the candidates in the same order,
    so the classes are their places.
    """
    gold = tuple((item.gold,) for item in data.items)
    classes = tuple(tuple(range(len(item.values))) for item in data.items)
    return ProbingDataset(
        name="fact-world",
        example_ids=tuple(item.id for item in data.items),
        groups=tuple(item.territory for item in data.items),
        regions=tuple(item.region for item in data.items),
        gold=gold,
        probes={
            language: LanguageProbes(
                data.prompts[language], data.candidates[language], classes, gold
            )
            for language in data.languages
        },
        source=data.source,
    )


def _item(fact: Fact, pool: list[str], seed: int, wordings: ProbeWordings) -> ProbeItem:
    """Draw the wording and the candidates; the candidates do not depend on the wording."""
    rng = seeded("probe", seed, fact.id)
    found = [fact.value]
    for i in rng.permutation(len(pool)):
        if len(found) == CANDIDATES:
            break
        if pool[i] not in found:
            found.append(pool[i])
    values = tuple(found[i] for i in rng.permutation(len(found)))
    choices = list(wording_indices(fact.relation, "seen" if wordings == "another" else wordings))
    wording = choices.pop(int(rng.integers(len(choices))))
    if wordings == "another":
        wording = choices[int(rng.integers(len(choices)))]
    return ProbeItem(
        id=f"probe/{fact.id}/{wording}",
        fact=fact.id,
        relation=fact.relation,
        territory=fact.territory,
        region=fact.region,
        wording=wording,
        values=values,
        gold=values.index(fact.value),
    )
