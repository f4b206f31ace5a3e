"""An inconsistency in plain words, and the deviating numbers that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.published.recompute import TEXT, Place, Recomputation


@dataclass(frozen=True)
class Finding:
    """One inconsistency."""

    id: str
    tables: tuple[int, ...]
    """0 stands for the running text."""
    cell: str
    """Row and column in words."""
    printed: str
    recomputed: str
    """What follows from the other numbers; of a caution, what the printed ones are set beside."""
    effect: str
    """What a reader would take from the paper wrongly, in one or two sentences."""
    covers: frozenset[Place] = frozenset()
    """The printed numbers it is about that do not follow from the others."""

    @property
    def where(self) -> str:
        """The tables in words."""
        return place_name(*self.tables)


def place_name(*tables: int) -> str:
    """``Tables 2 and 11``, ``Table 6``, ``Text``, ``Text and Table 2``."""
    numbered = [str(number) for number in tables if number != TEXT]
    if not numbered:
        return "Text"
    *first, last = numbered
    named = f"Tables {', '.join(first)} and {last}" if first else f"Table {last}"
    return f"Text and {named}" if TEXT in tables else named


def places(found: Iterable[Recomputation]) -> frozenset[Place]:
    """Where they are printed."""
    return frozenset(one.place for one in found)


def at(found: Iterable[Recomputation], row: str, column: str) -> Recomputation:
    """The first of a row and a column."""
    return next(one for one in found if (one.row, one.column) == (row, column))
