"""An estimate that a process of its own makes while the page stays usable."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from core.errors import UserError
from core.estimate.cost import Cost
from core.estimate.telling import GOING_ON
from core.runs.environment import ROOT

PATIENCE = 600
"""Seconds an estimate may take; data and a model of the hub may have to be fetched first."""


class Asking:
    """``--dry-run`` of a command, in work or done.

    Args:
        command: of the run, as ``core.jobs.kinds.command_for`` makes it.
        store: where its model or an earlier fine-tuning may lie.
    """

    def __init__(self, command: Sequence[str], store: Path) -> None:
        self.words, self.began = tuple(command), time.monotonic()
        self._out, self._said = _file(), _file()
        self._process = subprocess.Popen(
            [sys.executable, *command[1:], "--dry-run", "--json", "--store", str(store.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._said,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TOKENIZERS_PARALLELISM": "false"},
        )

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began

    def is_over(self) -> bool:
        """Whether it is done, failed, or took too long, which ends it."""
        if self._process.poll() is None and self.seconds > PATIENCE:
            self.stop()
        return self._process.poll() is not None

    def stage(self) -> str:
        """What it does now, in words."""
        said = [line for line in _lines(self._said) if line.endswith(GOING_ON)]
        return said[-1] if said else f"starting{GOING_ON}"

    def stop(self) -> None:
        """End it; what it measured so far is kept."""
        self._process.terminate()
        self._process.wait()

    def cost(self) -> Cost:
        """What it found, once it is over.

        Raises:
            UserError: the input is wrong, or it took too long.
        """
        code = self._process.wait()
        if code == 0:
            return Cost.from_json(json.loads("\n".join(_lines(self._out)))["cost"])
        if code < 0:
            raise UserError(f"no estimate within {PATIENCE} s; the input may be large")
        said = [line for line in _lines(self._said) if not line.endswith(GOING_ON)]
        raise UserError(said[-1] if said else "no estimate")


def _file() -> IO[str]:
    """A file without a name: a pipe that nobody reads would stop who writes into it."""
    return tempfile.TemporaryFile("w+", encoding="utf-8")


def _lines(file: IO[str]) -> list[str]:
    """All of a file that another process writes; its place in it stays."""
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), size, 0).decode("utf-8", "replace").splitlines()
