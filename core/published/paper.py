"""A paper whose numbers are in this package: its tables, and what its text states in numbers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from core.errors import UserError
from core.published.cells import Printed
from core.published.tables import PublishedTable, read_table

Bound = Literal["", "least", "most"]


@dataclass(frozen=True)
class Statement:
    """One sentence's numbers."""

    id: str
    section: str
    about: str
    """What they are about, in our words, with the unit."""
    labels: tuple[str, ...]
    """What each number is of."""
    numbers: tuple[Printed, ...]
    bound: Bound
    """Whether the sentence says ``at least`` or ``at most`` this much."""


@dataclass(frozen=True)
class Paper:
    """Where its numbers are, and how it is cited."""

    id: str
    """Name of its folder here, and part of the ids of its rows."""
    cited: str
    """In a label: the name of its method, or its authors."""
    name: str
    """Method, authors, year."""
    url: str
    submitted: str
    """Month, as its number at arXiv tells."""
    numbers: tuple[int, ...]
    """The tables whose numbers are kept."""

    @property
    def folder(self) -> Path:
        """Where its numbers are."""
        return Path(__file__).parent / self.id

    def table(self, number: int) -> PublishedTable:
        """One of its tables.

        Raises:
            UserError: no such table.
        """
        if number not in self.numbers:
            first, last = self.numbers[0], self.numbers[-1]
            raise UserError(f"{self.cited}: no published table {number}; choose {first} to {last}")
        return _table(self, number)

    def tables(self) -> tuple[PublishedTable, ...]:
        """All of them, in their order."""
        return tuple(self.table(number) for number in self.numbers)

    def statements(self) -> tuple[Statement, ...]:
        """What its running text states in numbers, in its order."""
        return _statements(self)

    def statement(self, name: str) -> Statement:
        """The statement with this id."""
        return next(one for one in self.statements() if one.id == name)


@cache
def _table(paper: Paper, number: int) -> PublishedTable:
    return read_table(_content(paper, f"table_{number}.toml"), paper.name)


@cache
def _statements(paper: Paper) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            id=one["id"],
            section=one["section"],
            about=one["about"],
            labels=tuple(one["labels"]),
            numbers=tuple(Printed.of(text) for text in one["numbers"].split()),
            bound=one.get("bound", ""),
        )
        for one in _content(paper, "statements.toml")["statements"]
    )


def _content(paper: Paper, name: str) -> dict[str, Any]:
    file = resources.files(__package__) / paper.id / name
    return tomllib.loads(file.read_text(encoding="utf-8"))
