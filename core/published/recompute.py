"""Every number of a paper that follows from others, recomputed and set beside what is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from core.published.cells import Printed, PublishedCell
from core.published.computed import Computed, numbers
from core.published.paper import Bound, Paper, Statement
from core.published.tables import PublishedTable

TEXT = 0
"""Number of the table of what the running text states."""
SLACK = 1e-9
"""Of a double."""
Rule = Callable[[PublishedTable], Iterator[Computed]]
StatedRule = Callable[[Statement], Iterator[Computed]]


class Place(NamedTuple):
    """Where a paper prints a number."""

    table: int
    """0: in the running text."""
    row: str
    measure: str
    column: str
    part: str = "number"
    """``number``, or ``change`` for one in parentheses, or ``spread`` for one behind ±."""


class Repeat(NamedTuple):
    """A row that prints the measurements of another table once more."""

    table: int
    row: str
    first: int
    """The table that has them first."""
    other: str
    """The row there."""
    measures: tuple[str, ...] = ("accuracy",)


@dataclass(frozen=True)
class Recomputation:
    """One printed number and what the other printed numbers give for it."""

    place: Place
    text: str
    """As printed."""
    printed: float
    recomputed: float
    tolerance: float
    """The most that rounding can make the two differ."""
    rule: str
    """What it was recomputed from."""
    explained_by: str | None
    """What would give the printed number, where the rule does not; None if nothing we tried."""
    bound: Bound = ""
    """Whether the paper prints the number as a least or a greatest one."""

    @property
    def table(self) -> int:
        """Number of the table; 0 for the running text."""
        return self.place.table

    @property
    def row(self) -> str:
        """Id of the row."""
        return self.place.row

    @property
    def column(self) -> str:
        """Name of the column."""
        return self.place.column

    @property
    def deviation(self) -> float:
        """Printed minus recomputed, in the table's unit."""
        return self.printed - self.recomputed

    @property
    def deviates(self) -> bool:
        """Whether rounding does not explain the difference."""
        return _off(self.deviation, self.bound) > self.tolerance


@dataclass(frozen=True)
class Audit:
    """A paper, and how its numbers follow from one another."""

    paper: Paper
    rules: Mapping[int, Rule]
    """Table -> its numbers that follow from others."""
    stated: Mapping[str, StatedRule]
    """Statement -> what the tables give for each of its numbers, in their order."""
    repeats: tuple[Repeat, ...] = ()

    def recompute(self, number: int) -> tuple[Recomputation, ...]:
        """All numbers of one table that follow from others; 0 for what the text states."""
        return tuple(one for one in self.recompute_all if one.table == number)

    @cached_property
    def recompute_all(self) -> tuple[Recomputation, ...]:
        """Every recomputed number of the tables and of the running text."""
        tables = (one for found in self.paper.tables() for one in self._table(found))
        return (*tables, *self._text())

    @cached_property
    def repeated(self) -> tuple[Recomputation, ...]:
        """Measurements that two tables print, the later against the first."""
        return tuple(one for repeat in self.repeats for one in self._repeat(repeat))

    @cached_property
    def deviating(self) -> tuple[Recomputation, ...]:
        """Every printed number that rounding does not explain."""
        return tuple(deviations((*self.recompute_all, *self.repeated)))

    def deviating_in(
        self, *tables: int, rows: Iterable[str] = (), measure: str = "", part: str = ""
    ) -> list[Recomputation]:
        """The deviating numbers of some tables, rows, measure and part (any, if none is named)."""
        wanted = set(rows)
        return [
            one
            for one in self.deviating
            if one.table in tables
            and (not wanted or one.row in wanted)
            and measure in ("", one.place.measure)
            and part in ("", one.place.part)
        ]

    def measurements(self, number: int) -> frozenset[Place]:
        """The numbers of a table that nothing printed gives: as they were measured or chosen."""
        again = {one.place for one in self.recompute(number)}
        return all_numbers(self.paper.table(number)) - again - self.placeholders(number)

    def placeholders(self, number: int) -> frozenset[Place]:
        """Cells printed in place of a measurement."""
        cells = self.paper.table(number).cells()
        return frozenset(Place(number, row.id, x, y) for row, x, y, c in cells if c.placeholder)

    def _table(self, found: PublishedTable) -> Iterator[Recomputation]:
        for one in self.rules[found.number](found) if found.number in self.rules else ():
            cell = found.row(one.row).lines[one.measure][one.column]
            place = Place(found.number, one.row, one.measure, one.column, one.part)
            yield _compare(place, _printed(cell, one.part), one)

    def _text(self) -> Iterator[Recomputation]:
        for statement in self.paper.statements():
            made = self.stated[statement.id](statement)
            for printed, one in zip(statement.numbers, made, strict=True):
                place = Place(TEXT, statement.id, one.measure, one.column)
                yield _compare(place, printed, one, statement.bound)

    def _repeat(self, repeat: Repeat) -> Iterator[Recomputation]:
        row = self.paper.table(repeat.table).row(repeat.row)
        before = self.paper.table(repeat.first).row(repeat.other)
        for measure in repeat.measures:
            again = numbers(row, measure)
            for column, first in numbers(before, measure).items():
                printed = row.lines[measure][column].number if column in again else None
                if printed is not None:
                    rule = f"the same measurement in Table {repeat.first}"
                    one = Computed(row.id, measure, column, first, rule)
                    yield _compare(Place(repeat.table, row.id, measure, column), printed, one)


def deviations(found: Iterable[Recomputation]) -> list[Recomputation]:
    """Those that rounding does not explain."""
    return [one for one in found if one.deviates]


def all_numbers(found: PublishedTable) -> frozenset[Place]:
    """Every number a table prints, those in parentheses and behind ± too."""
    return frozenset(
        Place(found.number, row.id, measure, column, part)
        for row, measure, column, cell in found.cells()
        for part in ("number", "change", "spread")
        if getattr(cell, part) is not None
    )


def _printed(cell: PublishedCell, part: str) -> Printed:
    number = cell.change if part == "change" else cell.number
    if number is None:
        raise ValueError(f"the cell {cell.text!r} prints no {part}")
    return number


def _compare(place: Place, printed: Printed, one: Computed, bound: Bound = "") -> Recomputation:
    """Both, and how far rounding can move them apart; a bound is meant as it is written."""
    tolerance = one.number.error + (0 if bound else printed.half) + SLACK
    off = _off(printed.value - one.number.value, bound)
    return Recomputation(
        place=place,
        text=printed.text,
        printed=printed.value,
        recomputed=one.number.value,
        tolerance=tolerance,
        rule=one.rule,
        explained_by=None if off <= tolerance else _explanation(printed, one),
        bound=bound,
    )


def _off(deviation: float, bound: Bound) -> float:
    """How far printed minus recomputed is on the wrong side."""
    return {"": abs(deviation), "least": deviation, "most": -deviation}[bound]


def _explanation(printed: Printed, one: Computed) -> str | None:
    """The first other way that gives the printed number."""
    fitting = (name for name, number in one.others.items() if number.fits(printed))
    return next(fitting, one.note or None)
