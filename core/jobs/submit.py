"""Starting a run from a page: the record first, then a worker process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from core.config import Config
from core.jobs.runner import submit as write_run
from core.runs.environment import ROOT
from core.runs.live import LOG
from core.runs.liveness import note_worker, requeue
from core.runs.store import RunStore, StoredRun


def submit(store: RunStore, kind: str, config: Config) -> StoredRun:
    """Queue a run and start a detached worker on it; returns at once.

    The worker has its own session, so that it outlives the page and the server.

    Raises:
        UserError: the store can't be written to.
    """
    run = write_run(kind, config, store)
    start_worker(store, run)
    return run


def start_worker(store: RunStore, run: StoredRun) -> None:
    """Start ``python -m core worker`` on one run; its output goes to the run's log.

    A run that was cancelled, or lost its worker, goes on from its checkpoint.

    Raises:
        UserError: the run is over, or a process of this machine computes it already.
    """
    run = requeue(run)
    command = [sys.executable, "-m", "core", "worker", "--store", str(store.root.resolve())]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TOKENIZERS_PARALLELISM": "false"}
    with (run.path / LOG).open("ab") as log:
        worker = subprocess.Popen(
            [*command, "--run", run.id],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
    note_worker(run, worker.pid)
