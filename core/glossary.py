"""What the project's terms mean, each with its source (``glossary.toml``): the one place for it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Term:
    """One entry of the glossary."""

    name: str
    meaning: str
    """One sentence or a few, which stand alone."""
    source: str
    """The paper and equation, or who says so."""
    url: str = ""
    """Of the paper, where it is free to read."""
    symbol: str = ""
    """How formulas and figures write it."""

    @property
    def title(self) -> str:
        """The name, with the symbol if there is one."""
        return f"{self.name} ({self.symbol})" if self.symbol else self.name


@cache
def glossary() -> Mapping[str, Term]:
    """All terms by name, in the order in which one meets them."""
    text = (resources.files(__package__) / "glossary.toml").read_text(encoding="utf-8")
    return {name: Term(name, **entry) for name, entry in tomllib.loads(text).items()}


def meaning(name: str) -> str:
    """What a term means, for a help text.

    Raises:
        KeyError: there is no such term (a misspelling in the code).
    """
    return glossary()[name].meaning
