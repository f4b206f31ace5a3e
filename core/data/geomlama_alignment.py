"""GeoMLAMA's candidates aligned by meaning: a table of indexes, and what follows from it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

COUNTRIES = ("US", "CN", "IN", "IR", "KE")
"""The countries, in the order of the files' rows."""
LANGUAGES = ("en", "zh", "hi", "fa", "sw")
"""The languages; each is native to the country at its place."""
GROUPS = 25
PARAPHRASES = 4
"""Further prompts beside the base prompt of each group and country."""


@dataclass(frozen=True)
class Group:
    """One question, asked about five countries."""

    classes: dict[str, tuple[int, ...]]
    """language -> per candidate, in the file's order, its class."""
    gold: tuple[tuple[int, ...], ...]
    """Per country the right classes, ascending."""
    exchanged: frozenset[str]
    """Languages whose file calls the other answers right (their two answers are exchanged)."""


@cache
def alignment() -> tuple[Group, ...]:
    """The 25 groups of ``geomlama_alignment.toml``.

    In Hindi the right answers of the groups 13, 14 and 15 are exchanged: where the other four
    languages say "rare", the Hindi file says the word for "common", in all five countries. The
    public scorer counts by each file, and so do we; what the languages say together (vote, gold
    classes) is by meaning.
    """
    name = "geomlama_alignment.toml"
    table = tomllib.loads((resources.files(__package__) / name).read_text(encoding="utf-8"))
    exchanged: dict[str, list[int]] = table["exchanged_gold"]
    return tuple(
        Group(
            classes={language: tuple(row[language]) for language in LANGUAGES},
            gold=tuple(tuple(classes) for classes in row["gold"]),
            exchanged=frozenset(lang for lang, groups in exchanged.items() if i in groups),
        )
        for i, row in enumerate(table["groups"])
    )


def totals() -> dict[str, int]:
    """Right answers per country over base prompts and paraphrases, the accuracy's denominator."""
    asked = 1 + PARAPHRASES
    return {
        country: asked * sum(len(group.gold[place]) for group in alignment())
        for place, country in enumerate(COUNTRIES)
    }


def chance() -> dict[str, float]:
    """Accuracy of a random pick per country (0..1): of n candidates with k right, k*k/n of k."""
    found = {}
    for place, country in enumerate(COUNTRIES):
        right = [len(group.gold[place]) for group in alignment()]
        listed = [len(group.classes[LANGUAGES[0]]) for group in alignment()]
        expected = sum(k * k / n for k, n in zip(right, listed, strict=True))
        found[country] = expected / sum(right)
    return found
