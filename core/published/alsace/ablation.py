"""The paper's ablations (Tables 3 and 4) in the layout of our own, by our names of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from core.metrics.ablation import BEFORE
from core.metrics.transfer_gap import transfer_gap
from core.published.alsace.paper import table
from core.published.tables import PublishedRow, PublishedTable

DETAILS = {3: 10, 4: 11}
"""Table of the averages -> the table that has the same rows by language."""


@dataclass(frozen=True)
class PublishedAblationRow:
    """One printed row."""

    row: str
    """As the rows of our own ablations are called."""
    printed_name: str
    model: str
    table: int
    columns: Mapping[str, float]
    """``avg(S)``, ``gap(S)``, ... as printed."""
    gap: float | None
    """``gap(A)`` by our definition, over the 14 languages other than English, from the table by
    language; the paper's Table 3 prints the mean over 15, with English's own 0."""


@cache
def published_ablation() -> tuple[PublishedAblationRow, ...]:
    """All rows of Tables 3 and 4, in their order."""
    return tuple(_row(table(number), row) for number in DETAILS for row in table(number).rows)


def _row(printed: PublishedTable, row: PublishedRow) -> PublishedAblationRow:
    details = {found.id: found for found in table(DETAILS[printed.number]).rows}
    same = details.get(row.id)
    return PublishedAblationRow(
        row=row.method or BEFORE,
        printed_name=row.name,
        model=row.model,
        table=printed.number,
        columns=row.values("scores"),
        gap=transfer_gap(same.values("accuracy")) if same else None,
    )
