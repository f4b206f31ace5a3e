"""What a job of a cluster does: compute its run, then the runs whose jobs were killed.

A job that is told that its time is up saves where the run is, at the next step, and is put in the
queue again; started once more, it goes on from there. One that was killed without a word leaves
its run to SLURM, which starts it again, or to the next job of the same sweep that has time.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import submitit

from core.errors import CoreError
from core.jobs.runner import stopping_on_signals
from core.jobs.worker import PAUSED, compute_held
from core.runs import claims, remote
from core.runs.live import BEAT_SECONDS, LiveRun
from core.runs.liveness import OPEN, SILENCE, Watch, is_lost, take_open
from core.runs.record import Status
from core.runs.remote import LOCAL, RemoteJob
from core.runs.store import RunStore, StoredRun, read_run
from core.runs.turns import turn
from core.runs.view import RunView

FOLDER, RUNS, TURNS = ".cluster", "runs.txt", "turns"
TRIES = 5
"""A run that was begun so often and never ended is left alone: it may be what kills the jobs."""
NUMBERING = 90.0
"""Seconds in which who submitted a job has written down its number."""
LAST_STEP = 0.6
"""Of the time between the notice and the end, what the last step may take."""


@dataclass(frozen=True)
class ClusterJob:
    """The work of a job, as submitit pickles it: the class by its name, and these values."""

    store: str
    submission: str
    """Folder of this submission in the store's ``.cluster``."""
    gpus: tuple[str, ...] = ()
    """Of a local job's machine."""
    at_once: int = 0
    """Local jobs that compute at once; 0: the cluster sees to it."""
    notice: int = 90
    """Seconds between the signal that the time is up and the end."""

    def __call__(self, run_id: str) -> str:
        """Compute a run, and after it what other jobs of the submission left behind.

        Returns:
            One word on how the run ended.

        Raises:
            CoreError: it failed; so the cluster's list shows it.
        """
        store = RunStore(Path(self.store))
        own = _this_job()
        with stopping_on_signals() as stopped, self._turn(store, stopped) as place:
            if place is None:
                return "stopped"
            if own.cluster != LOCAL:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a pre-emption: SIGKILL comes later
            ended = "over"
            run = _own_run(store.root / run_id)
            while run is not None:
                word = self._compute(run, store, own)
                ended = word if run.id == run_id else ended
                run = None if stopped() else _left_behind(self._runs(store))
        if ended.startswith("failed"):
            raise CoreError(ended)
        return ended

    def checkpoint(self, run_id: str) -> submitit.helpers.DelayedSubmission:
        """What the job does when it is started again: the same; the store knows how far it is."""
        return submitit.helpers.DelayedSubmission(self, run_id)

    def _compute(self, run: LiveRun, store: RunStore, own: RemoteJob) -> str:
        """Compute a run that this process holds; does not return when the job is requeued."""
        with suppress(OSError):
            remote.note(run.path, own)
        with _paused_on_notice(run, LAST_STEP * self.notice) as requeue:
            word = compute_held(run, store)
        if word == PAUSED:
            requeue()
        return word

    @contextmanager
    def _turn(self, store: RunStore, stopped: Callable[[], bool]) -> Iterator[int | None]:
        """Wait until this job may compute; a local one then knows its GPU or its threads."""
        if not self.at_once:
            yield 0
            return
        folder = store.root / FOLDER / self.submission / TURNS
        with turn(folder, self.at_once, stopped) as number:
            if number is not None:
                os.environ["CUDA_VISIBLE_DEVICES"] = (
                    self.gpus[number % len(self.gpus)] if self.gpus else ""
                )
                threads = max(1, (os.cpu_count() or 1) // self.at_once)
                os.environ.setdefault("OMP_NUM_THREADS", str(threads))
            yield number

    def _runs(self, store: RunStore) -> list[Path]:
        """The folders of all runs of this submission."""
        text = (store.root / FOLDER / self.submission / RUNS).read_text(encoding="utf-8")
        return [store.root / name for name in text.split()]


def _this_job() -> RemoteJob:
    """The job that this process is."""
    here = submitit.JobEnvironment()
    found = remote.submitted(here.cluster, here.job_id)
    return replace(found, host=socket.gethostname())


def _own_run(path: Path) -> LiveRun | None:
    """Hold the run that this job is for; None if it is over, or another process computes it.

    Who submitted it lets go of it a moment after the job may begin.
    """
    watch, deadline = Watch(), time.monotonic() + NUMBERING
    while time.monotonic() < deadline:
        run = read_run(path)
        if not isinstance(run, StoredRun) or run.status not in OPEN:
            return None
        held = take_open(run, watch)
        if held is not None:
            return held
        if run.status is Status.RUNNING and claims.newest(path).is_alive()[0]:
            return None
        time.sleep(0.2)
    return None


def _left_behind(paths: list[Path]) -> LiveRun | None:
    """Hold a run whose job was killed; None where there is none.

    Of a job on another machine only a heartbeat that stands still tells, which takes a minute.
    """
    watch, began = Watch(), time.monotonic()
    while True:
        unsure = False
        for path in paths:
            run = read_run(path)
            if not isinstance(run, StoredRun) or run.status not in OPEN:
                continue
            view = RunView.of(run)
            if is_lost(view, watch) is not None:
                held = take_open(run, watch) if run.record.attempts < TRIES else None
                if held is not None:
                    return held
            elif _may_be_silent(view, watch, time.monotonic() - began):
                unsure = True
        if not unsure or time.monotonic() - began > SILENCE + 2 * BEAT_SECONDS:
            return None
        time.sleep(BEAT_SECONDS / 2)


def _may_be_silent(view: RunView, watch: Watch, looked: float) -> bool:
    """Whether a run of another machine has not moved for as long as this job has looked."""
    if claims.newest(view.path).is_alive()[0] is not None:
        return False
    if remote.is_there(view.path, waits=False) is not None:
        return False
    return watch.silence(view) >= looked - 0.5


@contextmanager
def _paused_on_notice(run: LiveRun, patience: float) -> Iterator[Callable[[], None]]:
    """Let the signal that the time is up pause the run, and only then put the job in the queue.

    Args:
        run: in work.
        patience: seconds for the step in work; after them the job is requeued as it is.

    Yields:
        Puts the job in the queue and ends this process.
    """
    notice = submitit.JobEnvironment()._usr_sig()
    requeue = signal.getsignal(notice)

    def at_once(number: int = notice, frame: FrameType | None = None) -> None:
        if callable(requeue):
            requeue(notice, frame)

    def pause(number: int, frame: FrameType | None) -> None:
        run.request_pause()
        signal.signal(signal.SIGALRM, at_once)
        signal.setitimer(signal.ITIMER_REAL, patience)

    signal.signal(notice, pause)
    try:
        yield at_once
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(notice, requeue)
