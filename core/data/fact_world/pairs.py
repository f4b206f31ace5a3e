"""Pairs of texts that mean the same, to pretrain a multilingual encoder on.

No pair reveals a fact to a language that was not given it, and none states a fact of the
``unlabelled`` or ``test`` split: what a model does with those is never rehearsed here. As in real
corpora, a language with little text has even less text with a translation: languages are drawn in
proportion to a power (`SCARCITY`) of the share of the facts they were given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.data.fact_world.coverage import seeded
from core.data.fact_world.facts import RELATIONS, Fact, name
from core.data.fact_world.wordings import state, wording_indices
from core.data.fact_world.world import FactWorld, by_territory
from core.data.parallel import Fields
from core.errors import UserError

SCARCITY = 6
"""Power of a language's share of the facts that its share of the pairs is proportional to."""
LONGEST_LIST = 3
"""Names in one name pair, at most."""
NAMES_SHARE, PAIRS_SHARE = 0.2, 0.5
"""Of the parallel texts: lists of names, and pairs of statements; the rest is one statement."""


def restatements(world: FactWorld, count: int) -> list[tuple[str, str]]:
    """One fact in two wordings, half of the time in one language.

    Args:
        world: the world.
        count: how many.

    Raises:
        UserError: no language was given a fact to restate.
    """
    rng = seeded("restatements", world.seed, *world.languages)
    knowing = {
        fact: languages
        for fact in world.split("labelled")
        if (languages := [lang for lang in world.languages if fact.id in world.given[lang]])
    }
    if not knowing:
        raise UserError("no language of the world was given a fact of the labelled split")
    facts, weights = list(knowing), _weights(world)
    pairs: list[tuple[str, str]] = []
    for _ in range(count):
        fact = facts[rng.integers(len(facts))]
        first = _draw(knowing[fact], 1, weights, rng)[0]
        second = first if rng.random() < 0.5 else _draw(knowing[fact], 1, weights, rng)[0]
        one, other = rng.permutation(wording_indices(fact.relation, "seen"))[:2]
        pairs.append((state(fact, first, int(one)), state(fact, second, int(other))))
    return pairs


def name_pairs(world: FactWorld, count: int) -> list[tuple[str, str]]:
    """The same one to three names in two languages: a dictionary that says nothing else.

    Raises:
        UserError: the world has one language only.
    """
    _need_two(world)
    rng = seeded("name pairs", world.seed, *world.languages)
    draw = _names(world, rng)
    return [next(draw) for _ in range(count)]


def parallel_texts(world: FactWorld, count: int) -> list[tuple[Fields, Fields]]:
    """The same text in two languages: a statement, two about one territory, or a few names.

    Two statements are two fields, as a premise and a hypothesis are; half of the time they are
    one fact in two wordings, else two facts. Both languages were given every fact stated.

    Raises:
        UserError: the world has one language only.
    """
    _need_two(world)
    rng = seeded("parallel texts", world.seed, *world.languages)
    names, weights = _names(world, rng), _weights(world)
    territories = list(by_territory(world.split("labelled")).values())
    found: list[tuple[Fields, Fields]] = []
    while len(found) < count:
        kind = rng.random()
        if kind < NAMES_SHARE:
            first, second = next(names)
            found.append(((first,), (second,)))
            continue
        group = territories[rng.integers(len(territories))]
        sentences = 2 if kind < NAMES_SHARE + PAIRS_SHARE else 1
        text = _statements(world, group, sentences, weights, rng)
        if text is not None:
            found.append(text)
    return found


def _need_two(world: FactWorld) -> None:
    if len(world.languages) < 2:
        raise UserError(f"pairs across languages need two languages; there is {world.languages[0]}")


def _statements(
    world: FactWorld,
    group: list[Fact],
    count: int,
    weights: Mapping[str, float],
    rng: np.random.Generator,
) -> tuple[Fields, Fields] | None:
    """One or two statements about a territory in two languages; None if only one knows them."""
    chosen = [group[i] for i in rng.permutation(len(group))[:count]]
    if count == 2 and rng.random() < 0.5:
        chosen = [chosen[0], chosen[0]]
    knowing = [
        lang for lang in world.languages if all(fact.id in world.given[lang] for fact in chosen)
    ]
    if len(chosen) < count or len(knowing) < 2:
        return None
    wordings = rng.permutation(wording_indices("city", "seen"))[:count]
    languages = _draw(knowing, 2, weights, rng)
    one, other = (
        tuple(state(fact, lang, int(k)) for fact, k in zip(chosen, wordings, strict=True))
        for lang in languages
    )
    return one, other


def _names(world: FactWorld, rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    codes = {"territory": sorted({fact.territory for fact in world.facts})}
    for relation in RELATIONS:
        codes[relation] = sorted({f.value for f in world.facts if f.relation == relation})
    kinds, weights = list(codes), _weights(world)
    while True:
        kind = kinds[int(rng.integers(len(kinds)))]
        length = int(rng.integers(1, LONGEST_LIST + 1))
        chosen = [codes[kind][i] for i in rng.permutation(len(codes[kind]))[:length]]
        languages = _draw(world.languages, 2, weights, rng)
        one, other = (", ".join(name(kind, code, lang) for code in chosen) for lang in languages)
        yield one, other


def _weights(world: FactWorld) -> dict[str, float]:
    """How often each language is drawn, relative to the others; never 0."""
    return {lang: (1 + len(given)) ** SCARCITY for lang, given in world.given.items()}


def _draw(
    languages: Sequence[str], count: int, weights: Mapping[str, float], rng: np.random.Generator
) -> list[str]:
    """Different languages, drawn by their weights."""
    p = np.array([weights[language] for language in languages], dtype=np.float64)
    return [str(x) for x in rng.choice(languages, count, replace=False, p=p / p.sum())]
