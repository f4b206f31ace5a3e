"""Whether somebody still computes a run that its record calls queued or running."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.runs import process
from core.runs.checkpoints import find_checkpoint
from core.runs.live import CANCEL, LOG, STATUS, LiveRun, request_cancel
from core.runs.record import RunRecord, Status
from core.runs.store import StoredRun, read_run
from core.runs.view import RunView

OPEN = (Status.QUEUED, Status.RUNNING)
PATIENCE = 60
"""Seconds a queued run may wait for the first sign of a worker nobody has named."""
SILENCE = 60
"""Seconds without a sign after which a run of another machine may be taken up."""
LOST, NEVER_STARTED = "lost", "never started"


def is_lost(view: RunView) -> str | None:
    """Why nobody computes an open run any more, or None: it is computed, is over, or who knows.

    Args:
        view: of the run. Its ``status.json`` names the process; whether that is alive can only
            be told on the machine it ran on.
    """
    queued = view.record.status is Status.QUEUED
    if not queued and view.record.status is not Status.RUNNING:
        return None
    alive, reason = process.check(view.progress() or {})
    if alive is False:
        if _reread(view).status is not view.record.status:
            return None  # it ended well between the two looks
        return f"its worker ended before it began ({reason})" if queued else reason
    waited = queued and alive is None and not _has_log(view.path)
    return "no worker has begun it" if waited and _age(view.record) > PATIENCE else None


def standing(run: StoredRun) -> str:
    """The run's status in words: as its record says, or ``lost``, or ``never started``."""
    if is_lost(RunView.of(run)) is None:
        return str(run.status)
    return NEVER_STARTED if run.status is Status.QUEUED else LOST


def is_resumable(run: StoredRun) -> bool:
    """Whether a new worker can take the run up.

    It was cancelled, or nobody computes it, or it failed and left a checkpoint.
    """
    return _is_stopped(run) or is_lost(RunView.of(run)) is not None


def _is_stopped(run: StoredRun) -> bool:
    """Whether the run ended in a way it can be taken up from."""
    if run.status is Status.FAILED:
        return find_checkpoint(run.path) is not None
    return run.status is Status.CANCELLED


def holder(run: StoredRun) -> int | None:
    """Number of another process of this machine that computes this open run, if any."""
    status: dict[str, Any] = RunView.of(run).progress() or {}
    if run.status not in OPEN or process.check(status)[0] is not True:
        return None
    return None if status["pid"] == process.identity()["pid"] else int(status["pid"])


def cancel(run: StoredRun) -> None:
    """Ask the run's process to stop at its next step; without one, mark the run as cancelled."""
    request_cancel(run.path)
    alive = process.check(RunView.of(run).progress() or {})[0]
    record = _reread(run)  # after the look at the process: a dead one writes nothing any more
    unnamed = record.status is Status.QUEUED and alive is None and not _has_log(run.path)
    if record.status in OPEN and (alive is False or unnamed):
        LiveRun(StoredRun(run.path, record)).cancel()


def check_open(run: StoredRun) -> None:
    """Let nobody compute a run that is over, or that another process computes.

    Raises:
        UserError: it is one of these.
    """
    if run.status not in OPEN:
        rest = "" if _is_stopped(run) else "; nothing is left to do"
        raise UserError(f"run {run.id} is {run.status}{rest}")
    pid = holder(run)
    if pid is not None:
        raise UserError(f"run {run.id} is being computed by process {pid}")


def requeue(run: StoredRun) -> StoredRun:
    """Open a run that was cancelled, lost, or failed again, to go on from its checkpoint.

    Returns:
        The run with its new record.

    Raises:
        UserError: the run is over, or another process computes it.
    """
    found = StoredRun(run.path, _reread(run))
    stopped = _is_stopped(found)
    if not stopped:
        check_open(found)
        _check_silent(found)
    live = LiveRun(found)
    (run.path / CANCEL).unlink(missing_ok=True)
    if stopped:
        live.update(cancelled=None, error=None, finished=None)
    return StoredRun(run.path, live.record)


def _check_silent(run: StoredRun) -> None:
    """Let nobody take up an open run that another machine wrote to moments ago.

    Raises:
        UserError: it did.
    """
    if process.check(RunView.of(run).progress() or {})[0] is not None:
        return
    age = _silence(run.path)
    if age is not None and age < SILENCE:
        raise UserError(
            f"run {run.id} seems to be computed on another machine: it gave a sign {age:.0f} s "
            f"ago. Cancel it there, or try again once it has been silent for {SILENCE} s"
        )


def _silence(path: Path) -> float | None:
    """Seconds since ``status.json`` was written, by the clock of the disk it lies on.

    That may be a file server's, which neither this machine's clock nor the other one's need
    agree with; a file written now tells its time.
    """
    probe = path / f".probe.{os.getpid()}"
    try:
        written = (path / STATUS).stat().st_mtime
        probe.write_text("?", encoding="utf-8")
        return probe.stat().st_mtime - written
    except OSError:
        return None
    finally:
        probe.unlink(missing_ok=True)


def note_worker(run: StoredRun, pid: int) -> None:
    """Name the process that was started for a run, before it says anything itself."""
    LiveRun(run).note_status("starting its worker", process.identity(pid))


def _reread(run: StoredRun | RunView) -> RunRecord:
    """The record as it is now."""
    found = read_run(run.path)
    return found.record if isinstance(found, StoredRun) else run.record


def _has_log(path: Path) -> bool:
    try:
        return (path / LOG).stat().st_size > 0
    except OSError:
        return False


def _age(record: RunRecord) -> float:
    """Seconds since the submission; 0 where its time can't be read."""
    try:
        submitted = datetime.fromisoformat(record.submitted)
        return (datetime.now(UTC) - submitted).total_seconds()
    except (ValueError, TypeError):
        return 0.0
