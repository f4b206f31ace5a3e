"""Worker processes: one started where none runs, and started again where one was killed.

A worker is two processes. The one this module runs loads no model and so outlives what kills the
other (memory running out, above all); it starts that one again for the runs that still wait.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

from core.runs import claims, process
from core.runs.environment import ROOT
from core.runs.store import RunStore
from core.runs.waiting import waiting

FOLDER, LOG, CURRENT = ".workers", "log.txt", "current"
NO_WORKER = "CORE_NO_WORKER"
"""Set to leave the queue to workers started by hand, e.g. on the nodes of a cluster."""
TRIES = 3
"""Times a worker is started again although it dies at the same run, or leaves the same ones."""


def ensure(store: RunStore) -> bool:
    """Start a worker on this machine's default device unless one runs; returns at once.

    It has its own session, so that it outlives the page and the server.

    Returns:
        Whether a worker is there now, or is starting.
    """
    if is_working(store):
        return True
    if os.environ.get(NO_WORKER):
        return False
    start(store, "auto")
    return True


def is_working(store: RunStore) -> bool:
    """Whether a worker that was started on demand runs on this machine."""
    return claims.newest(_place(store, "auto")).is_alive()[0] is True


def start(store: RunStore, device: str) -> None:
    """Start a worker on a device unless one runs there; it ends when no run waits."""
    place = _place(store, device)
    place.mkdir(parents=True, exist_ok=True)
    with (place / LOG).open("ab") as log:
        subprocess.Popen(
            [*_command(store, device), "--on-demand"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
            start_new_session=True,
        )


def supervise(store: RunStore, device: str, *, wait: bool, on_demand: bool) -> int:
    """Run a worker until no run waits, starting it again when it is killed.

    Args:
        store: whose queue.
        device: ``auto`` (this machine's default), ``cpu``, or a GPU as ``cuda:1``.
        wait: do not end when the queue is empty.
        on_demand: end at once when such a worker runs on this device already.

    Returns:
        The exit status of the process.
    """
    place = _place(store, device if on_demand else f"{device}-{os.getpid()}")
    place.mkdir(parents=True, exist_ok=True)
    left: list[tuple[str, int]] = []
    tries = 0
    try:
        while tries < TRIES and (claim := _take(place)) is not None:
            status = _keep_alive(store, device, place, wait)
            claim.release()
            # whoever queues a run from here on finds no worker and starts one
            before, left = left, waiting(store.root)
            if status or not left:
                return status
            tries = tries + 1 if left == before else 1
        return 0
    finally:
        if not on_demand:
            shutil.rmtree(place, ignore_errors=True)


def _take(place: Path) -> claims.Claim | None:
    found = claims.newest(place)
    return None if found.is_alive()[0] else claims.take(place, found)


def _keep_alive(store: RunStore, device: str, place: Path, wait: bool) -> int:
    """Start the process that computes, and again after each time it is killed."""
    command = [*_command(store, device), "--note", str((place / CURRENT).resolve())]
    command += ["--wait"] if wait else []
    deaths, last = 0, None
    while True:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=_environment(device))
        status, stopped = _await(child)
        if status >= 0 or stopped:
            return status if status >= 0 else 128 - status
        current = _read(place / CURRENT)
        if current:
            with suppress(OSError):
                claims.note_end(store.root / current, child.pid, -status)
        deaths, last = (deaths + 1 if current == last else 1), current
        sys.stderr.write(f"the worker was ended by signal {-status} (run {current or 'none'})\n")
        if deaths >= TRIES:
            return 1


def _await(child: subprocess.Popen[bytes]) -> tuple[int, bool]:
    """Wait for a process and hand SIGTERM on to it; Ctrl-C reaches it by itself.

    Returns:
        Its exit status (negative: the signal that ended it), and whether it was asked to end.
    """
    asked = False

    def hand_on(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        if number == signal.SIGTERM:
            child.terminate()

    before = {number: signal.signal(number, hand_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return child.wait(), asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _command(store: RunStore, device: str) -> list[str]:
    where = ["--store", str(store.root.resolve()), "--device", device]
    return [sys.executable, "-m", "core", "worker", *where]


def _environment(device: str = "auto") -> dict[str, str]:
    """The environment of a worker: one GPU is all it sees of a machine with several."""
    found = {**os.environ, "PYTHONPATH": str(ROOT), "TOKENIZERS_PARALLELISM": "false"}
    kind, _, number = device.partition(":")
    if kind == "cuda" and number:
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
        index = int(number)
        found["CUDA_VISIBLE_DEVICES"] = (
            visible[index] if visible != [""] and index < len(visible) else number
        )
    return found


def _place(store: RunStore, name: str) -> Path:
    return store.root / FOLDER / f"{process.machine()}-{name}".replace(":", "-")


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except OSError:
        return None
