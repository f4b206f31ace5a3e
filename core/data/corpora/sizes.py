"""How much text each language gets, as shares of the largest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from core.errors import UserError
from core.languages import canonical
from core.quoting import quote

TABLE_1 = "table-1"
PAPER: Mapping[str, float] = MappingProxyType(
    {
        "en": 1.0, "de": 1.0, "es": 0.5, "hu": 0.3, "vi": 0.2, "tr": 0.1, "eu": 0.1,
        "ru": 1.0, "ko": 0.5, "el": 0.3, "hi": 0.2, "te": 0.1, "ur": 0.1,
    }
)  # fmt: skip
"""Sizes of Limisiewicz et al., Table 1; 1 is 100 million characters."""
HIGH_SHARE = 0.5
"""A language of at least half the largest size is a high-resource one (Section 4.1)."""


def parse_sizes(given: Sequence[str]) -> dict[str, float]:
    """``("table-1", "fr:0.5")`` as language -> share of the largest size.

    Raises:
        UserError: an entry is neither ``table-1`` nor ``language:share``.
    """
    found: dict[str, float] = {}
    for entry in given:
        if entry == TABLE_1:
            found |= PAPER
            continue
        code, _, text = entry.partition(":")
        try:
            share = float(text)
        except ValueError:
            share = math.nan
        if not 0 < share < math.inf:
            raise UserError(
                f"'{quote(entry)}' is no size; write language:share with a share above 0, as in "
                f"de:1,eu:0.1, or {TABLE_1}"
            )
        found[canonical(code)] = share
    return found


def shares_of(given: Sequence[str], languages: Sequence[str]) -> dict[str, float]:
    """The share of every language; empty where none is given, and each then has all its text.

    Raises:
        UserError: a language has no share, or one that is not there has.
    """
    if not given:
        return {}
    found = parse_sizes(given)
    if missing := [language for language in languages if language not in found]:
        raise UserError(f"--sizes: no size for {', '.join(missing)}; say {missing[0]}:0.5")
    named = {canonical(entry.partition(":")[0]) for entry in given if entry != TABLE_1}
    if odd := sorted(named - set(languages)):
        raise UserError(f"--sizes: {', '.join(odd)} not among the languages {', '.join(languages)}")
    return {language: found[language] for language in languages}


def high_resource(sizes: Mapping[str, float]) -> tuple[str, ...]:
    """The languages of at least half the largest size."""
    most = max(sizes.values())
    return tuple(language for language, size in sizes.items() if size >= HIGH_SHARE * most)
