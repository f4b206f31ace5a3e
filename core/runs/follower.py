"""A run as the processes see it that compute it beside the main one: they write nothing to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from core import processes
from core.runs.files import finite
from core.runs.live import LiveRun
from core.runs.record import RunRecord
from core.runs.store import StoredRun

Found = TypeVar("Found", bound=StoredRun | LiveRun)


class Follower(LiveRun):
    """The main process's run; its record changes here as it does there, but not on the disk."""

    def update(self, **changes: Any) -> None:
        """Replace fields of the record as this process knows it."""
        merged = {**self.record.model_dump(mode="json"), **finite(changes)}
        self.record = RunRecord.model_validate(merged)

    def start(self) -> None:
        """Nothing: the main process starts it."""

    def _end(self, **changes: Any) -> None:
        """Nothing: the main process says how it ended."""

    def is_held(self) -> bool:
        """No: the main process holds it."""
        return False

    def progress(self, stage: str, step: int, total: int, **values: Any) -> None:
        """Hear from the main process whether to go on.

        Raises:
            RunCancelledError: a cancel was asked for.
            RunPausedError: a pause was.
        """
        self.check_cancelled()

    def note_status(self, stage: str) -> None:
        """Nothing."""

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Nothing: the main process's heart is the run's."""
        yield

    def log(self, line: str) -> None:
        """Nothing."""

    def add_history(self, row: dict[str, Any]) -> None:
        """Nothing."""

    def cut_history(self, last_step: int) -> None:
        """Nothing."""


def attended(find: Callable[[], Found]) -> Found:
    """The run that the main process finds or makes; all others follow one it computes.

    Args:
        find: called by the main process alone.
    """
    held: list[Found] = []

    def tell() -> tuple[StoredRun, bool]:
        found = find()
        held.append(found)
        if isinstance(found, LiveRun):
            return StoredRun(found.path, found.record), True
        return found, False

    stored, computed = processes.from_main(tell)
    if held:
        return held[0]
    return cast("Found", Follower(stored) if computed else stored)
