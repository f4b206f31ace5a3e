"""Facts about territories, and what they are called in every language.

Names, currencies, official languages, first weekdays and time-zone cities come from Unicode CLDR
through ``babel``; the regions are those of the UN M49 standard (``regions.toml``).
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from babel import Locale, localedata
from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

from core.errors import UserError

LANGUAGES = ("en", "fr", "es", "de", "ru", "tr", "ar", "zh", "hi", "fa", "sw", "vi")
"""The languages of the fact world, in order; CLDR keys."""

RELATIONS = ("currency", "language", "region", "weekday", "city")
"""What is said of a territory. ``city`` is the one that gives its only time zone its name."""

LATIN_SCRIPT = frozenset({"en", "fr", "es", "de", "tr", "sw", "vi"})
"""Where CLDR names no city of a zone, these languages use the one in the zone's own name."""

MIN_FACTS = 3
"""A territory with fewer facts is left out."""


@dataclass(frozen=True, order=True)
class Fact:
    """One relation of one territory and its only value."""

    id: str
    """Relation and territory, e.g. ``currency/KE``."""
    relation: str
    """One of `RELATIONS`."""
    territory: str
    """ISO 3166 code, e.g. ``KE``."""
    value: str
    """CLDR code of the value: ``KES``, ``sw``, an M49 code, 0-6 (Monday-Sunday) or a zone."""
    region: str
    """Key of the territory's region in ``regions.toml``, e.g. ``eastern-africa``."""


@cache
def regions() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Region key -> (M49 code, ISO 3166 codes of its territories)."""
    text = (resources.files(__package__) / "regions.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {key: (row["code"], tuple(row["territories"].split())) for key, row in table.items()}


@cache
def _locale(language: str) -> Locale:
    """CLDR's data of one of `LANGUAGES`."""
    if language not in LANGUAGES:
        raise UserError(f"the fact world has no {language!r}; it has {', '.join(LANGUAGES)}")
    return Locale.parse(language)


def _city(zone: str, language: str) -> str | None:
    """CLDR's exemplar city of a time zone; None where the language has no name for it."""
    city = _locale(language).time_zones.get(zone, {}).get("city")
    if city is None and language in LATIN_SCRIPT:
        return zone.rsplit("/", 1)[-1].replace("_", " ")
    return city


_NAMES: dict[str, Callable[[str, str], str | None]] = {
    "territory": lambda code, language: _locale(language).territories.get(code),
    "currency": lambda code, language: _locale(language).currencies.get(code),
    "language": lambda code, language: _locale(language).languages.get(code),
    "region": lambda code, language: _locale(language).territories.get(code),
    "weekday": lambda code, language: _locale(language).days["stand-alone"]["wide"].get(int(code)),
    "city": _city,
}


@cache
def _name(kind: str, code: str, language: str) -> str | None:
    """The name, or None where CLDR has none or gives back the code."""
    found = _NAMES[kind](code, language)
    return None if found is None or found == code else found


def name(kind: str, code: str, language: str) -> str:
    """CLDR's name of a territory or of a value.

    Args:
        kind: ``territory`` or one of `RELATIONS`.
        code: the CLDR code (`Fact.territory` or `Fact.value`).
        language: one of `LANGUAGES`.

    Raises:
        UserError: the kind or language is unknown, or CLDR has no name for the code.
    """
    if kind not in _NAMES:
        raise UserError(f"no names of kind {kind!r}; there are {', '.join(_NAMES)}")
    found = _name(kind, code, language)
    if found is None:
        raise UserError(f"CLDR has no {language} name of the {kind} {code!r}")
    return found


def _distinct(kind: str, codes: Iterable[str]) -> set[str]:
    """The codes with a name in every language that no other of these codes shares."""
    good = {code for code in codes if all(_name(kind, code, lang) for lang in LANGUAGES)}
    shared: set[str] = set()
    for language in LANGUAGES:
        count = Counter(name(kind, code, language).casefold() for code in good)
        shared |= {code for code in good if count[name(kind, code, language).casefold()] > 1}
    return good - shared


def _currency(territory: str) -> set[str]:
    """The legal tenders of a territory today."""
    return set(get_territory_currencies(territory))


def _language(territory: str) -> set[str]:
    """The official languages, de facto ones included, without their scripts."""
    return {code.split("_")[0] for code in get_official_languages(territory, de_facto=True)}


@cache
def _weekdays() -> dict[str, set[str]]:
    """Territory -> the first weekday CLDR lists for it, Monday = 0; the world's default is not."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for identifier in localedata.locale_identifiers():
        territory = identifier.rsplit("_", 1)[-1]
        if len(territory) != 2 or not territory.isupper():
            continue
        own = localedata.load(identifier, merge_inherited=False)
        first_day = own.get("week_data", {}).get("first_day")
        if first_day is not None:
            found[territory].add(str(first_day))
    return found


def _zone(territory: str) -> set[str]:
    """The time zones, unless a city's name and the territory's contain each other."""
    zones = set(get_global("territory_zones").get(territory, ()))
    for zone in zones:
        for language in LANGUAGES:
            city, place = _city(zone, language), name("territory", territory, language)
            if city is None:
                return set()
            city, place = city.casefold(), place.casefold()
            if city in place or place in city:
                return set()
    return zones


@cache
def cldr_facts() -> tuple[Fact, ...]:
    """Every fact that CLDR settles and can name in all `LANGUAGES`, sorted by id.

    Single-gold rule: a relation with several values in a territory (two official languages, two
    time zones, locales that disagree on the first weekday) is skipped there. Also skipped: a name
    that two values of the relation share in some language, and a city that the territory's own
    name gives away. Territories left with fewer than `MIN_FACTS` facts are dropped.
    """
    places = {place: (key, code) for key, (code, all_) in regions().items() for place in all_}
    known = _distinct("territory", places)
    values: dict[tuple[str, str], set[str]] = {}
    for place in known:
        values["currency", place] = _currency(place)
        values["language", place] = _language(place)
        values["region", place] = {places[place][1]}
        values["weekday", place] = _weekdays().get(place, set())
        values["city", place] = _zone(place)
    single = {key: next(iter(found)) for key, found in values.items() if len(found) == 1}
    for relation in RELATIONS:
        good = _distinct(relation, {code for key, code in single.items() if key[0] == relation})
        single = {key: code for key, code in single.items() if key[0] != relation or code in good}
    count = Counter(place for _, place in single)
    return tuple(
        sorted(
            Fact(f"{relation}/{place}", relation, place, value, places[place][0])
            for (relation, place), value in single.items()
            if count[place] >= MIN_FACTS
        )
    )


def value_name(fact: Fact, language: str) -> str:
    """The name of the fact's value, e.g. "Kenyan Shilling"."""
    return name(fact.relation, fact.value, language)


def territory_name(fact: Fact, language: str) -> str:
    """The name of the fact's territory, e.g. "Kenya"."""
    return name("territory", fact.territory, language)


def region_name(region: str, language: str) -> str:
    """The name of a region key, e.g. ``eastern-africa`` -> "Eastern Africa"."""
    return name("region", regions()[region][0], language)
