"""Which language is given which facts: a rate per language, and home regions it knows better."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np

from core.data.fact_world.facts import Fact
from core.errors import UserError

DEFAULT_COVERAGE: Mapping[str, float] = MappingProxyType(
    {
        "en": 0.90,
        "fr": 0.75,
        "es": 0.75,
        "de": 0.70,
        "ru": 0.65,
        "zh": 0.60,
        "ar": 0.55,
        "tr": 0.50,
        "vi": 0.45,
        "fa": 0.40,
        "hi": 0.35,
        "sw": 0.30,
    }
)
"""language -> share of the facts outside its home regions that it is given."""

AFFINITY = 0.95
"""Share of the facts of its home regions that a language is given (or its rate, if higher)."""

HOME_REGIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": ("northern-america", "australasia"),
        "fr": ("western-africa", "middle-africa"),
        "es": ("central-america", "south-america"),
        "de": ("western-europe",),
        "ru": ("eastern-europe", "central-asia"),
        "tr": ("western-asia",),
        "ar": ("northern-africa", "western-asia"),
        "zh": ("eastern-asia",),
        "hi": ("southern-asia",),
        "fa": ("western-asia", "northern-africa"),
        "sw": ("eastern-africa",),
        "vi": ("south-eastern-asia",),
    }
)
"""language -> keys of the regions it knows better than its rate."""


def seeded(*parts: object) -> np.random.Generator:
    """A generator that depends on these parts only, the same in every process."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def _uniform(*parts: object) -> float:
    """A number in [0, 1) that depends on these parts only."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def check_coverage(coverage: Mapping[str, float], languages: Iterable[str]) -> None:
    """Check that every language has a rate in [0, 1].

    Raises:
        UserError: with every language whose rate is missing or out of range.
    """
    wrong = [lang for lang in languages if not 0 <= coverage.get(lang, -1) <= 1]
    if wrong:
        raise UserError(f"coverage needs a rate between 0 and 1 for {', '.join(wrong)}")


def rate(language: str, region: str, coverage: Mapping[str, float]) -> float:
    """The chance that the language is given a fact of this region."""
    home = region in HOME_REGIONS.get(language, ())
    return max(coverage[language], AFFINITY) if home else coverage[language]


def given(
    facts: Iterable[Fact], language: str, coverage: Mapping[str, float], seed: int
) -> frozenset[str]:
    """Ids of the facts the language is given: each drawn on its own, by a hash of seed and id.

    Raising a rate only ever adds facts, so worlds of one seed and different rates are nested.
    """
    return frozenset(
        fact.id
        for fact in facts
        if _uniform("coverage", seed, language, fact.id) < rate(language, fact.region, coverage)
    )
