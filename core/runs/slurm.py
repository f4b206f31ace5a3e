"""What SLURM says of its jobs, asked seldom; None where it can't be asked."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence

FRESH = 20.0
"""Seconds for which an answer is believed, so that a page that polls does not ask all the time."""
PATIENCE = 10.0
_known: dict[str, tuple[float, Mapping[str, str] | None]] = {}
_asking = threading.Lock()


def states() -> Mapping[str, str] | None:
    """The jobs that wait or run, of all users that may be seen: number -> PENDING, RUNNING, ...

    Members of an array are told one by one, as ``123_4``. None where SLURM is not installed or
    gives no answer.
    """
    with _asking:
        when, found = _known.get("states", (0.0, None))
        if not when or time.monotonic() - when > FRESH:
            found = _ask()
            _known["states"] = (time.monotonic(), found)
        return found


def forget() -> None:
    """Ask again next time: jobs were submitted or called off just now."""
    with _asking:
        _known.clear()


def call_off(job: str) -> None:
    """End a job that waits; nothing happens where SLURM can't be reached from here."""
    _run("scancel", job)
    forget()


def _ask() -> Mapping[str, str] | None:
    text = _run("squeue", "--array", "--noheader", "--format=%i|%T")
    if text is None:
        return None
    rows = (line.strip().partition("|") for line in text.splitlines())
    return {job: state for job, _, state in rows if job}


def _run(program: str, *arguments: str) -> str | None:
    """What a program of SLURM prints; None if it is not there, fails, or takes too long."""
    if shutil.which(program) is None:
        return None
    command: Sequence[str] = [program, *arguments]
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=PATIENCE
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
