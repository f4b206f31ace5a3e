"""The papers' tables as typed data: every number as printed, its value, its mark and its change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core.errors import UserError
from core.published.cells import PublishedCell, read_cell

AVERAGE = "avg"
"""The last column of every table of ALSACE by language."""


@dataclass(frozen=True)
class Measure:
    """What one line of a row's cells is of."""

    id: str
    """Unique in its table."""
    label: str
    """In words."""
    note: str
    """How answers were compared, and what they were answers to; or empty."""
    columns: tuple[str, ...]


@dataclass(frozen=True)
class PublishedRow:
    """One model, method or language of a table, with one line of cells a measure."""

    id: str
    """Unique in its table; the same for the same model in every table of the paper."""
    name: str
    """As printed."""
    short: str
    """For the head of a column."""
    model: str
    method: str
    """What was done to the model, by this project's names of strategies and methods; or empty."""
    setting: str
    params: str
    before: str
    """Id of the row that the method started from; empty where the table has none."""
    compared_with: str
    """Id of the row that changes in parentheses refer to."""
    lines: Mapping[str, Mapping[str, PublishedCell]]
    """Id of a measure -> column -> cell."""

    def values(self, measure: str) -> dict[str, float]:
        """Column -> number of one measure; placeholders and the average are left out."""
        return {
            column: cell.number.value
            for column, cell in self.lines.get(measure, {}).items()
            if cell.number is not None and not cell.placeholder and column != AVERAGE
        }


@dataclass(frozen=True)
class PublishedTable:
    """One printed table."""

    paper: str
    """Its paper, with authors and year."""
    number: int
    section: str
    """Where it is discussed (our copies of the texts have no page numbers)."""
    title: str
    """What it shows, in our words."""
    task: str
    unit: str
    """Of its numbers."""
    notes: str
    """What must be known to read it; or empty."""
    stacked: bool
    """Whether its measures stand below one another, each with all rows; else row by row."""
    measures: Mapping[str, Measure]
    rows: tuple[PublishedRow, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of all measures, in their order."""
        return tuple(dict.fromkeys(x for one in self.measures.values() for x in one.columns))

    @property
    def source(self) -> str:
        """Paper, table and section."""
        return f"{self.paper}, Table {self.number}, section {self.section}"

    def row(self, name: str) -> PublishedRow:
        """The row with this id.

        Raises:
            UserError: there is none.
        """
        for row in self.rows:
            if row.id == name:
                return row
        known = ", ".join(row.id for row in self.rows)
        raise UserError(f"Table {self.number} has no row {name!r}; it has {known}")

    def find(self, *, method: str, model: str | None = None) -> PublishedRow | None:
        """The first row of a method (of one model, if named), or None."""
        fits = (row for row in self.rows if row.method == method and model in (None, row.model))
        return next(fits, None)

    def lines(self) -> list[tuple[PublishedRow, str]]:
        """Every row with each of its measures, in the order in which they are read."""
        found = [(row, measure) for row in self.rows for measure in row.lines]
        return (
            sorted(found, key=lambda x: list(self.measures).index(x[1])) if self.stacked else found
        )

    def cells(self) -> Iterator[tuple[PublishedRow, str, str, PublishedCell]]:
        """Every cell with its row, its measure and its column."""
        for row in self.rows:
            for measure, line in row.lines.items():
                for column, cell in line.items():
                    yield row, measure, column, cell


def read_table(content: Mapping[str, Any], paper: str) -> PublishedTable:
    """A table as its file holds it: ``columns`` are of every measure that names none itself."""
    measures = {
        name: Measure(
            id=name,
            label=one.get("label", name),
            note=one.get("note", ""),
            columns=tuple(one.get("columns") or content["columns"]),
        )
        for name, one in content["measures"].items()
    }
    return PublishedTable(
        paper=paper,
        number=content["number"],
        section=content["section"],
        title=content["title"],
        task=content["task"],
        unit=content.get("unit", "percent and points"),
        notes=content.get("notes", ""),
        stacked=content.get("stacked", False),
        measures=MappingProxyType(measures),
        rows=tuple(_row(row, measures) for row in content["rows"]),
    )


def _row(row: Mapping[str, Any], measures: Mapping[str, Measure]) -> PublishedRow:
    before = row.get("before", "")
    lines = {
        name: MappingProxyType(
            dict(zip(one.columns, map(read_cell, row[name].split()), strict=True))
        )
        for name, one in measures.items()
        if name in row
    }
    return PublishedRow(
        id=row["id"],
        name=row["name"],
        short=row.get("short", row["name"]),
        model=row.get("model", ""),
        method=row.get("method", ""),
        setting=row.get("setting", ""),
        params=row.get("params", ""),
        before=before,
        compared_with=row.get("compared_with", before),
        lines=MappingProxyType(lines),
    )
