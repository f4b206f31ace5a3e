"""Rows of the papers' tables as runs of kind ``published``, to be set beside one's own.

There are no items, so no intervals.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core.published.as_run import BADGE, KIND, NO_ITEMS, Like
from core.runs.store import RunStore, StoredRun, the_one

__all__ = ["BADGE", "KIND", "NO_ITEMS", "find_run", "is_published", "published_runs"]


@cache
def published_runs(*like: Like) -> tuple[StoredRun, ...]:
    """The papers' rows with metrics as runs of these kinds have them (all, if none is named)."""
    from core.published.papers import PAPERS  # their tables: too much for a page's first chart

    found = (run for paper in PAPERS.values() for run in paper.runs())
    return tuple(run for run in found if not like or run.record.config["like"] in like)


def is_published(run: StoredRun) -> bool:
    """Whether the run is a row of a paper."""
    return run.record.kind == KIND


def find_run(store: RunStore, text: str) -> StoredRun:
    """A published row by its id or a unique beginning of one, else a run of the store.

    Raises:
        UserError: none, or several.
    """
    if not text.startswith(f"{KIND}-"):
        return store.find(text)
    by_id = {run.id: run for run in published_runs()}
    listing = "python -m core runs list --published"
    return by_id[the_one(list(by_id), text, Path("the published tables"), listing)]
