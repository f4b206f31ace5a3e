"""Whether somebody still computes a run that its record calls queued or running."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import UserError
from core.runs import claims, remote
from core.runs.checkpoints import find_checkpoint
from core.runs.live import BEAT_SECONDS, CANCEL, LiveRun, hold, holder_of, request_cancel
from core.runs.record import RunRecord, Status
from core.runs.store import StoredRun, read_run
from core.runs.view import RunView
from core.runs.waiting import is_waiting, leave, line_up

OPEN = (Status.QUEUED, Status.RUNNING)
SILENCE = 60.0
"""Seconds without a new beat after which a run of another machine counts as lost."""
LOST, NEVER_STARTED = "lost", "never started"


class Watch:
    """Sees heartbeats of other machines change. It counts beats and compares no clocks."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[object, float]] = {}

    def silence(self, view: RunView) -> float:
        """Seconds for which this watch has seen the run's counter stand still."""
        beat = ((view.progress() or {}).get("heartbeat"), claims.newest(view.path).number)
        now = time.monotonic()
        if self._seen.get(view.record.id, (None, now))[0] != beat:
            self._seen[view.record.id] = (beat, now)
        return now - self._seen[view.record.id][1]


def is_lost(view: RunView, watch: Watch | None = None) -> str | None:
    """Why nobody computes an open run any more, or None: it waits, is computed, or is over.

    Args:
        view: of the run.
        watch: has looked at runs before. Without one, a run of another machine is taken for
            alive.
    """
    status = view.record.status
    if status not in OPEN:
        return None
    found = claims.newest(view.path)
    alive, reason = found.is_alive()
    queued = status is Status.QUEUED
    job = remote.is_there(view.path, waits=queued and alive is False)
    heard = alive is None and job is None and (watch is None or watch.silence(view) < SILENCE)
    waits = queued and alive is False and is_waiting(view.path)  # any worker can take it
    if alive or job or heard or waits or _reread(view).status is not status:
        return None  # the last: it went on between the two looks
    if job is False:
        return "its job on the cluster is gone" + _killed_by(found)
    if alive is None:
        return f"no sign of its machine for {SILENCE:.0f} s"
    return f"it is in no queue and {reason}" if queued else reason + _killed_by(found)


def _killed_by(found: claims.Holding) -> str:
    """What is known about the end of a run's process."""
    if found.signal is None:
        return ""
    try:
        name = signal.Signals(found.signal).name
    except ValueError:
        name = f"signal {found.signal}"
    memory = ", as the system does when memory runs out" if name == "SIGKILL" else ""
    return f": it was ended by {name}{memory}"


def standing(run: StoredRun, watch: Watch | None = None) -> str:
    """The run's status in words: as its record says, or ``lost``, or ``never started``."""
    if is_lost(RunView.of(run), watch) is None:
        return str(run.status)
    return NEVER_STARTED if run.status is Status.QUEUED else LOST


def is_resumable(run: StoredRun, watch: Watch | None = None) -> bool:
    """Whether a worker can take the run up.

    It was cancelled, or nobody computes it, or it failed and left a checkpoint.
    """
    return _is_stopped(run) or is_lost(RunView.of(run), watch) is not None


def _is_stopped(run: StoredRun) -> bool:
    """Whether the run ended in a way it can be taken up from."""
    if run.status is Status.FAILED:
        return find_checkpoint(run.path) is not None
    return run.status is Status.CANCELLED


def cancel(run: StoredRun, watch: Watch | None = None) -> None:
    """Ask the run's process to stop at its next step; without one, mark the run as cancelled.

    Args:
        run: which.
        watch: that says of a run of another machine that it is lost.
    """
    request_cancel(run.path)
    try:
        with holding(run, watch) as live:
            if live.record.status in OPEN:
                live.cancel()
                remote.call_off(run.path)
            leave(run.path)
    except UserError:
        return  # somebody computes it, and heeds the request


def requeue(run: StoredRun, watch: Watch | None = None, *, priority: int = 0) -> StoredRun:
    """Put a run back in the queue that was cancelled, lost, or failed with a checkpoint.

    Returns:
        The run with its new record.

    Raises:
        UserError: the run is over, or waits, or another process computes it.
    """
    with _opened(run, watch) as live:
        remote.forget(run.path)
        line_up(run.path, priority)
        live.update(started=None)
        return StoredRun(run.path, live.record)


def take_up(run: StoredRun, watch: Watch | None = None, *, echo: bool = False) -> LiveRun:
    """Hold a run in order to go on with it at once, in this process.

    Raises:
        UserError: the run is over, or another process computes it.
    """
    with _opened(run, watch) as live:
        leave(run.path)
        remote.forget(run.path)
        return _kept(live, echo)


def take_open(run: StoredRun, watch: Watch | None = None) -> LiveRun | None:
    """Hold a run in order to compute it or go on with it, unless it is over or somebody's.

    Unlike :func:`take_up` it opens nothing again: what was cancelled stays so.
    """
    try:
        with holding(run, watch) as live:
            if live.record.status not in OPEN:
                return None
            leave(run.path)
            return _kept(live, echo=False)
    except UserError:
        return None


def _kept(live: LiveRun, echo: bool) -> LiveRun:
    """The same run, held on when the block that held it for a moment ends."""
    claim, live.claim = live.claim, None
    return LiveRun(StoredRun(live.path, live.record), claim, echo=echo)


@contextmanager
def _opened(run: StoredRun, watch: Watch | None) -> Iterator[LiveRun]:
    """Hold an open run, or one that can be opened again, and open it.

    Raises:
        UserError: the run is over, or another process computes it.
    """
    _refuse_over(run)  # before its folder is touched
    with holding(run, watch) as live:
        found = StoredRun(run.path, live.record)
        _refuse_over(found)
        stopped = _is_stopped(found)
        (run.path / CANCEL).unlink(missing_ok=True)
        if stopped:
            live.update(cancelled=None, error=None, finished=None)
        yield live


def _refuse_over(run: StoredRun) -> None:
    """Refuse a run that is neither open nor can be opened again.

    Raises:
        UserError: it is such a one.
    """
    if run.status not in OPEN and not _is_stopped(run):
        raise UserError(f"run {run.id} is {run.status}; nothing is left to do")


@contextmanager
def holding(run: StoredRun, watch: Watch | None) -> Iterator[LiveRun]:
    """Hold a run for a moment, with its record as it is now.

    Raises:
        UserError: another process holds it, or its record can't be read.
    """
    found = claims.newest(run.path)
    alone = remote.is_there(run.path, waits=False) is False
    silent = watch is not None and watch.silence(RunView.of(run)) >= SILENCE
    if found.is_alive()[0] is None and (alone or silent):
        claim = claims.take(run.path, found)
        if claim is None:
            raise UserError(f"run {run.id} is held by {holder_of(run.path)}")
    else:
        claim = hold(run.path)
    live = LiveRun(run, claim)
    try:
        now = read_run(run.path)
        if not isinstance(now, StoredRun):
            raise UserError(f"run {run.id} is broken: {now.reason}")
        live.record = now.record
        yield live
    finally:
        live.let_go()


def watch_silence(run: StoredRun, watch: Watch) -> None:
    """Look at a run of another machine for long enough to know whether it beats.

    Returns at once for a run of this machine, and as soon as a beat is seen.
    """
    if claims.newest(run.path).is_alive()[0] is not None:
        return
    if remote.is_there(run.path, waits=False) is False:
        return
    view, last = RunView.of(run), 0.0
    while last <= (silent := watch.silence(view)) < SILENCE:
        last = silent
        time.sleep(min(BEAT_SECONDS, SILENCE) / 5)


def _reread(view: RunView) -> RunRecord:
    """The record as it is now."""
    found = read_run(view.path)
    return found.record if isinstance(found, StoredRun) else view.record
