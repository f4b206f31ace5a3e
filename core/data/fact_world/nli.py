"""Natural language inference over the fact world: does one sentence follow from another?

Every premise is a true statement of the split. Entailment: the same fact in another wording.
Contradiction: the same territory and relation, another value. Neutral: the same territory, another
relation, right and wrong values in turn. All three labels get the same relations and values as far
as possible, so that neither the premise nor the hypothesis alone gives the label away.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from core.data.fact_world.coverage import seeded
from core.data.fact_world.facts import RELATIONS, Fact
from core.data.fact_world.wordings import WordingSet, state, wording_indices
from core.data.fact_world.world import FactWorld, Split, by_territory
from core.data.parallel import ParallelDataset
from core.errors import UserError

CLASS_NAMES = ("entailment", "neutral", "contradiction")
"""Class names in index order."""


def nli(
    world: FactWorld,
    split: Split,
    wordings: WordingSet = "seen",
    items: int | None = None,
) -> ParallelDataset:
    """Premise-hypothesis pairs about the facts of one split, parallel in all languages.

    Args:
        world: the world; its seed decides values and wordings.
        split: ``labelled``, ``unlabelled`` or ``test``; the clusters are the territories.
        wordings: statement wordings of both sentences; always two different ones.
        items: how many items, three per fact; all if None.

    Raises:
        UserError: `items` is not a positive multiple of 3, or more than there are.
    """
    facts = world.split(split)
    rng = seeded("nli", world.seed, split)
    wrong = _wrong_values(facts, rng)
    other = _other_relations(facts, wrong, rng)
    chosen = [fact for fact in facts if fact.id in wrong and fact.id in other]
    chosen = [chosen[i] for i in rng.permutation(len(chosen))]
    available = len(CLASS_NAMES) * len(chosen)
    if items is not None:
        if items % len(CLASS_NAMES) or not 0 < items <= available:
            raise UserError(f"items={items}: take a multiple of 3 from 3 to {available} ({split})")
        chosen = chosen[: items // len(CLASS_NAMES)]
    rng = seeded("nli wordings", world.seed, split, wordings)
    rows: list[tuple[str, Fact, int, Fact, int]] = []
    for fact in chosen:
        hypotheses = (fact, other[fact.id], wrong[fact.id])
        for label, hypothesis in zip(CLASS_NAMES, hypotheses, strict=True):
            first, second = (int(i) for i in rng.permutation(wording_indices("city", wordings))[:2])
            identifier = f"nli/{split}/{fact.id}/{label}/{first}-{second}"
            rows.append((identifier, fact, first, hypothesis, second))
    return ParallelDataset(
        name="fact-world",
        item_ids=tuple(identifier for identifier, *_ in rows),
        texts={
            language: tuple(
                (state(fact, language, first), state(hypothesis, language, second))
                for _, fact, first, hypothesis, second in rows
            )
            for language in world.languages
        },
        class_names=CLASS_NAMES,
        labels=np.tile(np.arange(len(CLASS_NAMES), dtype=np.int64), len(chosen)),
        clusters=tuple(fact.territory for _, fact, *_ in rows),
        source={
            "task": "nli",
            "split": split,
            "wordings": wordings,
            "seed": str(world.seed),
            "world": world.fingerprint,
        },
    )


def _wrong_values(facts: tuple[Fact, ...], rng: np.random.Generator) -> dict[str, Fact]:
    """Fact id -> the fact with the value of another territory.

    Within a relation the wrong values are a permutation of the right ones. That needs no value in
    more than half of the facts: those above are left out at random.
    """
    wrong: dict[str, Fact] = {}
    for relation in RELATIONS:
        group = [fact for fact in facts if fact.relation == relation]
        group = [group[i] for i in rng.permutation(len(group))]
        if not group:
            continue
        value, most = Counter(fact.value for fact in group).most_common(1)[0]
        surplus = most - min(most, len(group) - most)
        common = [fact for fact in group if fact.value == value][:surplus]
        group = [fact for fact in group if fact not in common]
        place = {value: int(rng.integers(1 << 30)) for value in sorted({f.value for f in group})}
        group.sort(key=lambda fact: place[fact.value])
        shift = max(Counter(fact.value for fact in group).values(), default=0)
        for i, fact in enumerate(group):
            value = group[(i + shift) % len(group)].value
            if value != fact.value:
                wrong[fact.id] = replace(fact, value=value)
    return wrong


def _other_relations(
    facts: tuple[Fact, ...], wrong: dict[str, Fact], rng: np.random.Generator
) -> dict[str, Fact]:
    """Fact id -> a statement about another relation of its territory, true for every second.

    Every fact of a territory serves once as another one's, so that relations stay balanced.
    """
    other: dict[str, Fact] = {}
    true_next = {relation: bool(rng.integers(2)) for relation in RELATIONS}
    for group in by_territory([fact for fact in facts if fact.id in wrong]).values():
        if len(group) < 2:
            continue
        shift = int(rng.integers(1, len(group)))
        for i, fact in enumerate(group):
            target = group[(i + shift) % len(group)]
            other[fact.id] = target if true_next[target.relation] else wrong[target.id]
            true_next[target.relation] = not true_next[target.relation]
    return other
