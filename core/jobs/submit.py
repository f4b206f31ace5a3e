"""Handing a run to a worker: into the queue, and a worker started where none runs."""

from __future__ import annotations

from core.config import Config
from core.jobs import workers
from core.jobs.kinds import command_for
from core.runs.liveness import Watch, requeue
from core.runs.store import RunStore, StoredRun


def submit(store: RunStore, kind: str, config: Config, priority: int = 0) -> StoredRun:
    """Queue a run, to be computed by a worker; returns at once.

    Args:
        store: where the run goes.
        kind: one of `core.jobs.kinds.KINDS`.
        config: of the run.
        priority: higher ones go first, see `core.runs.waiting`.

    Raises:
        UserError: the store can't be written to.
    """
    run = store.create(
        kind, config.model_dump(mode="json"), command_for(kind, config), priority=priority
    )
    workers.ensure(store)
    return run


def resume(
    store: RunStore, run: StoredRun, watch: Watch | None = None, *, priority: int = 0
) -> StoredRun:
    """Queue a run again that was cancelled, lost, or failed with a checkpoint; returns at once.

    Raises:
        UserError: the run is over, or another process computes it.
    """
    opened = requeue(run, watch, priority=priority)
    workers.ensure(store)
    return opened
