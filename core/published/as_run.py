"""A row of a paper's tables in the form of a run's record: made in memory, in no store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.published.paper import Paper
from core.published.tables import PublishedTable
from core.runs.record import RunRecord
from core.runs.store import StoredRun

KIND = "published"
BADGE = "published numbers"
NO_ITEMS = "No items are published, so there is no interval."

Like = Literal["distill", "qa_train", "balance", "balance_probe"]
"""The kind of run whose metrics a row has the form of."""


@dataclass(frozen=True)
class Row:
    """What tells one row from the others of its paper."""

    id: str
    """Unique in its table."""
    name: str
    """For the head of a column."""
    like: Like
    dataset: str
    model: str
    method: str = ""


def as_run(
    paper: Paper,
    found: PublishedTable,
    row: Row,
    metrics: Mapping[str, Any],
    warnings: Sequence[str] = (),
) -> StoredRun:
    """The run of one row, or of what several tables print of one model.

    Args:
        paper: the paper.
        found: the table that stands for it.
        row: what it is of.
        metrics: as a run of the kind ``row.like`` has them.
        warnings: what must be known before its numbers are read.
    """
    name = f"{KIND}-{paper.id}-table-{found.number}-{row.id}"
    record = RunRecord(
        id=name,
        kind=KIND,
        config={
            "paper": paper.name,
            "cited": paper.cited,
            "url": paper.url,
            "table": found.number,
            "section": found.section,
            "row": row.id,
            "name": f"T{found.number} {row.name}",
            "like": row.like,
            "dataset": row.dataset,
            "model": row.model,
            "method": row.method,
        },
        submitted=paper.submitted,
        finished=paper.submitted,
        metrics=dict(metrics),
        badges=[BADGE],
        warnings=list(warnings),
    )
    return StoredRun(paper.folder / name, record)
