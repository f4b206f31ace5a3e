"""The worker: computes runs that were queued by a page."""

from __future__ import annotations

from pydantic import ValidationError

from core.errors import CoreError, UserError
from core.jobs.kinds import Work, kind_of
from core.jobs.runner import compute, reason_of
from core.runs.live import LiveRun
from core.runs.record import Status
from core.runs.store import RunStore


def work_on(store: RunStore, prefix: str, *, echo: bool = False) -> LiveRun:
    """Compute one queued run, or continue one that was cancelled or left unfinished.

    Bad input is recorded as the run's error (the page shows it).

    Raises:
        UserError: there is no such run, or it is over.
    """
    stored = store.find(prefix)
    if stored.status in (Status.FINISHED, Status.FAILED):
        raise UserError(f"run {stored.id} is {stored.status}; nothing is left to do")
    run = LiveRun(stored, echo=echo)
    kind = kind_of(stored.record.kind)
    try:
        work = kind.prepare(kind.config.model_validate(stored.record.config), store)
    except (CoreError, ValidationError) as error:
        work = _refuse(reason_of(error))
    return compute(run, work)


def _refuse(reason: str) -> Work:
    def work(_: LiveRun) -> None:
        raise UserError(reason)

    return work
