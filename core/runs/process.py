"""Which process computes a run, in words that another process of the same machine can check.

A process is known by its number, the time it started (numbers are used again) and the boot of
its machine. No clock is compared: times of two machines need not agree. On Linux the kernel's own
tables are read; elsewhere psutil asks the system.
"""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import psutil

PROC = Path("/proc")
START = 19
"""Place of the start time (field 22 of /proc/PID/stat) after the name, which may hold spaces."""
DEAD = "ZX"
"""States of a process that has ended and was not yet removed from the table."""


def identity(pid: int | None = None) -> dict[str, Any]:
    """What a claim says of a process (this one by default); the boot is None outside Linux."""
    number = os.getpid() if pid is None else pid
    state = _stat(number)
    return {
        "pid": number,
        "pid_started": state[1] if state else None,
        "pid_space": _pid_space(),
        "boot_id": _boot(),
        "machine": machine(),
    }


def check(recorded: Mapping[str, Any]) -> tuple[bool | None, str]:
    """Whether a recorded process is alive, and in words why not.

    Args:
        recorded: what :func:`identity` gave, as read back from a file; any field may be missing.

    Returns:
        True and False where this machine can tell, None where it can't: the process was started on
        another machine or in another container.
    """
    pid, boot, here = recorded.get("pid"), recorded.get("boot_id"), _boot()
    same = recorded.get("machine") == machine()
    if type(pid) is not int or pid <= 0 or (boot is None) != (here is None):
        return None, ""
    if boot != here:
        return (False, "the machine was restarted since") if same else (None, "")
    if here is None and not same:
        return None, ""
    if recorded.get("pid_space", _pid_space()) != _pid_space():
        return None, ""
    return _look(pid, recorded.get("pid_started"))


def _look(pid: int, started: object) -> tuple[bool | None, str]:
    """Look for a process of this boot and this process table."""
    state = _stat(pid)
    if state is None:
        return (None, "") if _exists(pid) else (False, f"its process ({pid}) is gone")
    letter, since = state
    if letter in DEAD or (started is not None and since != started):
        return False, f"its process ({pid}) is gone"
    return True, ""


def _stat(pid: int) -> tuple[str, int] | None:
    """State letter and start time of a process: clock ticks since boot, outside Linux seconds."""
    if not PROC.is_dir():
        return _ask(pid)
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        fields = text.rpartition(")")[2].split()
        return fields[0], int(fields[START])
    except (OSError, ValueError, IndexError):
        return None


def _ask(pid: int) -> tuple[str, int] | None:
    """The same from psutil, for systems without /proc."""
    try:
        found = psutil.Process(pid)
        letter = "Z" if found.status() == psutil.STATUS_ZOMBIE else "R"
        return letter, int(found.create_time())
    except psutil.Error:
        return None


def _exists(pid: int) -> bool:
    """Whether there is such a process, also where /proc hides those of other users."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


@cache
def _boot() -> str | None:
    """Id of this boot of the machine."""
    return _first_line(PROC / "sys/kernel/random/boot_id")


@cache
def machine() -> str:
    """A short hash that stays the same over restarts of this machine and names nobody."""
    name = f"{_first_line(Path('/etc/machine-id'))} {socket.gethostname()}"
    return hashlib.sha256(name.encode()).hexdigest()[:12]


@cache
def _pid_space() -> str | None:
    """The process table this process lives in: containers of one machine have their own."""
    try:
        return str((PROC / "self/ns/pid").readlink())
    except OSError:
        return None


def _first_line(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except OSError:
        return None
