"""The queue: one small file per waiting run, with its priority in it.

The file is a sign, the run's record is the truth: it is written before the run is queued and
removed after the run has begun, so that a crash in between leaves a sign too many, never a run
that nobody will find.
"""

from __future__ import annotations

from pathlib import Path

from core.runs.files import write_text

FOLDER = ".queue"
LOWEST, HIGHEST = -100, 100
"""Bounds of a priority; a higher one goes first, equal ones in the order of submission."""


def line_up(run: Path, priority: int = 0) -> None:
    """Put a run in the queue, or change its place there."""
    sign = _sign(run)
    sign.parent.mkdir(parents=True, exist_ok=True)
    write_text(sign, f"{min(HIGHEST, max(LOWEST, priority))}\n")


def leave(run: Path) -> None:
    """Take a run out of the queue."""
    _sign(run).unlink(missing_ok=True)


def is_waiting(run: Path) -> bool:
    """Whether there is a sign of this run in the queue."""
    return _sign(run).exists()


def waiting(root: Path) -> list[tuple[str, int]]:
    """Ids and priorities of the waiting runs of a store, next one first."""
    try:
        signs = [sign for sign in (root / FOLDER).iterdir() if not sign.name.startswith(".")]
    except OSError:
        return []
    found = [(sign.name, _priority(sign)) for sign in signs]
    return sorted(found, key=lambda item: (-item[1], item[0]))


def place(run: Path) -> int | None:
    """How many runs wait before this one; None if it does not wait."""
    names = [name for name, _ in waiting(run.parent)]
    return names.index(run.name) if run.name in names else None


def _sign(run: Path) -> Path:
    return run.parent / FOLDER / run.name


def _priority(sign: Path) -> int:
    """The priority in a file; 0 where it can't be read."""
    try:
        return min(HIGHEST, max(LOWEST, int(sign.read_text(encoding="utf-8"))))
    except (OSError, ValueError):
        return 0
