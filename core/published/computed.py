"""A printed number worked out from others, and the parts of tables that rules are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.published.paper import Statement
from core.published.rounding import Rounded
from core.published.tables import AVERAGE, PublishedRow

TEXT = "text"
"""Measure of what the running text states."""


@dataclass(frozen=True)
class Computed:
    """A number that the paper prints, worked out from others."""

    row: str
    measure: str
    column: str
    number: Rounded
    rule: str
    part: str = "number"
    """``number``, or ``change`` for the one in parentheses."""
    others: Mapping[str, Rounded] = field(default_factory=dict)
    """Other ways in which it may have come about, by their names."""
    note: str = ""
    """What explains a deviation where no other way does."""


def stated(
    statement: Statement,
    label: str,
    number: Rounded,
    rule: str,
    *,
    others: Mapping[str, Rounded] | None = None,
    note: str = "",
) -> Computed:
    """What the tables give for one of a statement's numbers."""
    return Computed(statement.id, TEXT, label, number, rule, others=others or {}, note=note)


def numbers(row: PublishedRow, measure: str) -> dict[str, Rounded]:
    """One line of a row by column; placeholders and the average are left out."""
    return {
        column: Rounded.of(cell.number)
        for column, cell in row.lines[measure].items()
        if cell.number is not None and not cell.placeholder and column != AVERAGE
    }


def number_of(row: PublishedRow, measure: str, column: str) -> Rounded:
    """The number of one cell.

    Raises:
        ValueError: it prints none.
    """
    number = row.lines[measure][column].number
    if number is None:
        raise ValueError(f"{row.id} prints no {measure} for {column}")
    return Rounded.of(number)
