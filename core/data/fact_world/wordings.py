"""The project's own sentences around the names: ``wordings.toml``, loaded and filled in.

The same wording index means the same sentence in every language. The last `HELD_OUT` statements
of every relation occur in no training text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any, Literal

from core.data.fact_world.facts import LANGUAGES, Fact, territory_name, value_name
from core.errors import UserError

HELD_OUT = 2
"""How many statement wordings of each relation are never trained on: the last ones."""

MASK = "<mask>"
"""Stands for the value in a probe prompt; replace it by the model's own mask token(s)."""

WordingSet = Literal["seen", "held-out"]
"""Which statement wordings: those of the training text, or those kept from it."""


@cache
def _table() -> dict[str, Any]:
    """The parsed ``wordings.toml``: language -> relation or "lists" -> wordings."""
    text = (resources.files(__package__) / "wordings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def statements(relation: str, language: str) -> tuple[str, ...]:
    """The statement wordings, with one {territory} and one {value} slot each."""
    return tuple(_table()[language][relation]["statements"])


def questions(relation: str, language: str) -> tuple[str, ...]:
    """The question wordings, with one {territory} slot each; the answer is the value."""
    return tuple(_table()[language][relation]["questions"])


def wording_indices(relation: str, wordings: WordingSet) -> tuple[int, ...]:
    """Positions in `statements` of the seen or of the held-out wordings.

    Raises:
        UserError: the set is neither ``seen`` nor ``held-out``.
    """
    count = len(statements(relation, LANGUAGES[0]))
    if wordings == "seen":
        return tuple(range(count - HELD_OUT))
    if wordings == "held-out":
        return tuple(range(count - HELD_OUT, count))
    raise UserError(f"wordings are 'seen' or 'held-out', not {wordings!r}")


def _fill(wording: str, slots: dict[str, str]) -> str:
    """The wording with its slots filled; names may contain braces."""
    for slot, text in slots.items():
        before, after = wording.split("{" + slot + "}")
        wording = f"{before}{text}{after}"
    return wording


def state(fact: Fact, language: str, wording: int) -> str:
    """The fact in one of the `statements`."""
    slots = {"territory": territory_name(fact, language), "value": value_name(fact, language)}
    return _fill(statements(fact.relation, language)[wording], slots)


def state_span(fact: Fact, language: str, wording: int) -> tuple[str, int]:
    """The fact in one of the `statements`, and the character at which its value starts."""
    template = statements(fact.relation, language)[wording]
    place = territory_name(fact, language)
    start = template.replace("{territory}", place).index("{value}")
    return state(fact, language, wording), start


def masked(fact: Fact, language: str, wording: int) -> str:
    """The same statement with `MASK` in place of the value."""
    slots = {"territory": territory_name(fact, language), "value": MASK}
    return _fill(statements(fact.relation, language)[wording], slots)


def ask(fact: Fact, language: str, wording: int) -> str:
    """One of the `questions` whose answer is the fact's value."""
    slots = {"territory": territory_name(fact, language)}
    return _fill(questions(fact.relation, language)[wording], slots)


def enumerate_names(kind: str, names: Sequence[str], language: str) -> str:
    """A sentence that lists names of one kind and says nothing else about them."""
    lists = _table()[language]["lists"]
    return _fill(lists[kind], {"names": lists["separator"].join(names)})
