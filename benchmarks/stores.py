"""Stores for the timed comparisons: the recorded runs without their weights, as often as wanted."""

from __future__ import annotations

import shutil
from itertools import cycle, islice

from core.runs.environment import ROOT
from core.runs.store import RECORD, RunStore, StoredRun

RECORDED = RunStore(ROOT / "cached_runs")
NOT_COPIED = (RECORD, "model", "checkpoint*", "claims", ".*")


def recorded() -> list[StoredRun]:
    """The readable runs of `cached_runs` that are over."""
    return [x for x in RECORDED if isinstance(x, StoredRun) and x.record.finished]


def fill(store: RunStore, count: int | None = None) -> list[StoredRun]:
    """Put so many runs into a store, each a copy of a recorded one under a new id.

    Args:
        store: to fill.
        count: of runs; by default each recorded one once.
    """
    found = recorded()
    return [copy(run, store) for run in islice(cycle(found), count or len(found))]


def copy(run: StoredRun, store: RunStore) -> StoredRun:
    """Submit a run again with everything it found, but its weights, as if that took no time."""
    given = run.record.model_dump(exclude={"id", "kind", "config", "command", "environment"})
    given.pop("submitted")
    made = store.create(run.record.kind, run.record.config, run.record.command, **given)
    skipped = shutil.ignore_patterns(*NOT_COPIED)
    shutil.copytree(run.path, made.path, ignore=skipped, dirs_exist_ok=True)
    return made
