"""The worker: computes runs that were queued by a page."""

from __future__ import annotations

from pydantic import ValidationError

from core.errors import UserError, exit_status
from core.jobs.kinds import Work, kind_of
from core.jobs.runner import compute, reason_of
from core.runs.live import LiveRun
from core.runs.liveness import check_open, requeue
from core.runs.store import RunStore


def work_on(store: RunStore, prefix: str, *, echo: bool = False) -> LiveRun:
    """Compute one queued run, or continue one that was cancelled or left unfinished.

    Bad input is recorded as the run's error (the page shows it).

    Raises:
        UserError: there is no such run, it is over, or another process computes it.
    """
    run = requeue(store.find(prefix))
    return compute(LiveRun(run, echo=echo), _work(store))


def serve(store: RunStore, prefix: str) -> int:
    """Compute one open run in a worker process, whose output is the run's log.

    How it ends stands in the record and, once, in the log; nothing is raised for it. A cancel
    that was asked for before the worker began is heeded.

    Returns:
        The exit status of the process.

    Raises:
        UserError: there is no such run, it is not open, or another process computes it.
    """
    run = store.find(prefix)
    check_open(run)
    try:
        compute(LiveRun(run), _work(store))
    except Exception as error:  # noqa: BLE001  compute has recorded it
        return exit_status(error)
    return 0


def _work(store: RunStore) -> Work:
    """Read and check the input that the record names, then compute."""

    def work(run: LiveRun) -> None:
        run.note_status("reading the input")
        kind = kind_of(run.record.kind)
        try:
            config = kind.config.model_validate(run.record.config)
        except ValidationError as error:
            raise UserError(reason_of(error)) from error
        kind.prepare(config, store)(run)

    return work
