"""ALSACE's rows with an accuracy a language, as runs.

A method's row is a run with its model's row as ``before`` and itself as ``after``, where the table
prints both; every other row has only ``before``.
"""

from __future__ import annotations

from typing import Any

from core.metrics.accuracy import average, average_non_english
from core.metrics.transfer_gap import transfer_gap
from core.published.alsace.paper import ALSACE
from core.published.as_run import Row, as_run
from core.published.summaries import summary_of
from core.published.tables import PublishedRow, PublishedTable
from core.runs.store import StoredRun


def runs() -> tuple[StoredRun, ...]:
    """All of them, in the order of the tables."""
    return tuple(
        _run(found, row)
        for found in ALSACE.tables()
        for row in found.rows
        if "accuracy" in row.lines
    )


def _run(found: PublishedTable, row: PublishedRow) -> StoredRun:
    before = found.row(row.before) if row.before else None
    moments = {"before": before, "after": row} if before else {"before": row}
    left_out = [x for x, cell in row.lines["accuracy"].items() if cell.placeholder]
    metrics = {
        **{when: _scores(part) for when, part in moments.items()},
        "printed": {when: _printed(found, part) for when, part in moments.items()},
    }
    return as_run(
        ALSACE,
        found,
        Row(row.id, row.short, "distill", found.task, row.model, row.method),
        metrics,
        [f"{', '.join(left_out)}: printed as (50), not measured; left out"] if left_out else [],
    )


def _scores(row: PublishedRow) -> dict[str, Any]:
    """What a run of our own keeps under ``metrics.before``, by our definitions."""
    scores = row.values("accuracy")
    return {
        "accuracy": scores,
        "average": average(scores),
        "average_non_english": average_non_english(scores),
        "transfer_gap": transfer_gap(scores),
    }


def _printed(found: PublishedTable, row: PublishedRow) -> dict[str, float | None]:
    """The averages that the paper itself prints."""
    summary = summary_of(found, row)
    return {"average": summary.printed_average, "transfer_gap": summary.printed_gap}
