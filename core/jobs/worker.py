"""The worker: computes the runs that wait in a store, one after the other."""

from __future__ import annotations

import faulthandler
import gc
import os
import sys
import time
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from core.errors import RunCancelledError, RunPausedError, UserError
from core.jobs import workers
from core.jobs.kinds import Work, config_of, kind_of
from core.jobs.runner import compute, reason_of, stopping_on_signals
from core.runs import claims
from core.runs.follower import attended
from core.runs.live import LOG, LiveRun
from core.runs.liveness import Watch, take_up, watch_silence
from core.runs.record import Status
from core.runs.store import RunStore, StoredRun, read_run
from core.runs.waiting import is_waiting, leave, waiting

IDLE_SECONDS = 2.0
"""Between two looks at an empty queue, for a worker that waits for runs."""
PAUSED = "paused"
"""How a run ended that its job will go on with."""
RETRY = 60.0
"""Seconds after which a run is tried again whose start could not be written."""


def resume(store: RunStore, prefix: str, *, echo: bool = False) -> LiveRun:
    """Go on with a run that was cancelled, lost, or failed with a checkpoint, in this process.

    A run of another machine is watched first, for as long as it takes to know that it is silent.

    Raises:
        UserError: there is no such run, it is over, or another process computes it.
    """

    def begin() -> LiveRun:
        run, watch = store.find(prefix), Watch()
        watch_silence(run, watch)
        return take_up(run, watch, echo=echo)

    return compute(attended(begin), work_of(store))


def serve(
    store: RunStore, device: str = "auto", *, wait: bool = False, note: Path | None = None
) -> int:
    """Compute the waiting runs, the one of the highest priority first, until none waits.

    How each ends stands in its record and its log; no run's failure ends the worker. A signal ends
    it after it has cancelled the run in work, which keeps its checkpoint.

    Args:
        store: whose queue.
        device: ``auto``, ``cpu``, or a GPU as ``cuda:1`` (the only one this process sees).
        wait: do not end when the queue is empty.
        note: file in which the id of the run in work stands.

    Returns:
        The exit status of the process: 130 after a signal.
    """
    faulthandler.enable()
    gpu = device.startswith("cuda")
    if device == "auto":
        _spread(store)
    with stopping_on_signals() as stopped:
        hopeless: dict[str, float] = {}
        while not stopped():
            now = time.monotonic()
            tried = {name for name, since in hopeless.items() if now < since + RETRY}
            run = _next(store, gpu, tried)
            if run is None:
                if not wait:
                    break
                time.sleep(IDLE_SECONDS)
                continue
            if note is not None:
                with suppress(OSError):
                    note.write_text(run.id, encoding="utf-8")
            _say(f"{run.id} {compute_held(run, store)}")
            if is_waiting(run.path):
                hopeless[run.id] = now  # not even its start could be written
    return 130 if stopped() else 0


def _next(store: RunStore, gpu: bool, without: Container[str]) -> LiveRun | None:
    """The next run, as :func:`take_next` has it; None as well where no claim can be written."""
    try:
        return take_next(store, gpu=gpu, without=without)
    except OSError as error:
        _say(f"no run can be begun: {error.strerror}")
        return None


def _say(words: str) -> None:
    """A line for the worker's own log, unless the disk is full."""
    with suppress(OSError):
        sys.stderr.write(f"{words}\n")


def take_next(
    store: RunStore, *, gpu: bool = False, without: Container[str] = ()
) -> LiveRun | None:
    """Hold the next waiting run that nobody else holds; None if there is none.

    Args:
        store: whose queue.
        gpu: leave runs alone that shall be computed on the CPU.
        without: ids of runs to leave alone too.
    """
    for name, _ in waiting(store.root):
        run = None if name in without else _take(store.root / name, gpu)
        if run is not None:
            return run
    return None


def _take(path: Path, gpu: bool) -> LiveRun | None:
    """Hold a waiting run that this worker may compute; None if it may not, or was too slow."""
    over = claims.newest(path)  # read first: the claim fails if anything happened since
    found = read_run(path)
    if not isinstance(found, StoredRun) or found.status is Status.RUNNING or not is_waiting(path):
        return None
    if gpu and found.record.config.get("device") == "cpu":
        return None
    claim = claims.take(path, over) if over.is_alive()[0] is False else None
    if claim is None:
        return None
    now = read_run(path)  # caches of a network disk may have shown an older one
    if isinstance(now, StoredRun):
        if now.status is Status.QUEUED:
            return LiveRun(now, claim)
        leave(path)  # a sign of a run that is over
    claim.release()
    return None


def compute_held(run: LiveRun, store: RunStore) -> str:
    """Compute one run that this process holds; nothing is raised for how it ends.

    Returns:
        One word on how it ended.
    """
    try:
        with output_to(run.path / LOG):
            compute(run, work_of(store))
    except RunPausedError:
        return PAUSED
    except RunCancelledError:
        return "cancelled"
    except Exception as error:  # noqa: BLE001  compute has recorded it
        return f"failed: {reason_of(error)}"
    finally:
        run.let_go()
        give_back()
    return "finished"


@contextmanager
def output_to(log: Path) -> Iterator[None]:
    """Let what libraries and child processes print, and a crash's last words, go to a file."""
    _flush()
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    kept = [(number, os.dup(number)) for number in (1, 2)]
    try:
        for number, _ in kept:
            os.dup2(file, number)
        yield
    finally:
        _flush()
        for number, old in kept:
            os.dup2(old, number)
            os.close(old)
        os.close(file)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()


def _spread(store: RunStore) -> None:
    """Start a worker on each further GPU of this machine; each ends when no run waits."""
    import torch

    for number in range(1, torch.cuda.device_count()):
        workers.start(store, f"cuda:{number}")


def give_back() -> None:
    """Free what the last run left in memory."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def work_of(store: RunStore) -> Work:
    """Read and check the input that the record names, then compute."""

    def work(run: LiveRun) -> None:
        run.note_status("reading the input")
        try:
            config = config_of(run.record)
        except ValidationError as error:
            raise UserError(reason_of(error)) from error
        kind_of(run.record.kind).prepare(config, store)(run)

    return work
