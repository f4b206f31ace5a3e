"""Processes for tests: one that has ended, and another one that lives."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from core.runs import process

needs_proc = pytest.mark.skipif(
    process.identity()["boot_id"] is None, reason="this system has no /proc"
)


@contextmanager
def living() -> Iterator[dict[str, Any]]:
    """The identity of a process that lives inside the block."""
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ) as child:
        yield process.identity(child.pid)


def ended() -> dict[str, Any]:
    """The identity of a process that has ended."""
    with living() as identity:
        return identity
