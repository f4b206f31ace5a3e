"""Every published row of accuracies by our definitions, beside the averages the paper prints."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from core.metrics.accuracy import average, average_non_english
from core.metrics.transfer_gap import transfer_gap
from core.published.paper import Paper
from core.published.tables import AVERAGE, PublishedRow, PublishedTable


@dataclass(frozen=True)
class RowSummary:
    """One model row; all numbers in percent or points."""

    table: int
    row: str
    name: str
    languages: int
    """With an accuracy; placeholders do not count."""
    average: float
    average_non_english: float | None
    gap: float | None
    """English minus the mean of the others, English itself not averaged in; None without it."""
    worst: str
    """Language with the lowest accuracy."""
    worst_accuracy: float
    printed_average: float | None
    printed_gap: float | None
    """What the paper prints as average Δ, by its own definition in that table."""


@cache
def summaries(paper: Paper) -> tuple[RowSummary, ...]:
    """All rows with accuracies by language, in the order of the tables."""
    return tuple(
        summary_of(found, row)
        for found in paper.tables()
        for row in found.rows
        if "accuracy" in row.lines
    )


def summary_of(found: PublishedTable, row: PublishedRow) -> RowSummary:
    """One row with accuracies by language."""
    scores = row.values("accuracy")
    worst = min(scores, key=lambda language: scores[language])
    return RowSummary(
        table=found.number,
        row=row.id,
        name=row.name,
        languages=len(scores),
        average=average(scores),
        average_non_english=average_non_english(scores),
        gap=transfer_gap(scores),
        worst=worst,
        worst_accuracy=scores[worst],
        printed_average=_value(row, "accuracy"),
        printed_gap=_value(row, "gap"),
    )


def _value(row: PublishedRow, measure: str) -> float | None:
    """The average a row prints of a measure, if any."""
    cell = row.lines.get(measure, {}).get(AVERAGE)
    return None if cell is None or cell.number is None else cell.number.value
