"""What runs take on the disk, and giving back the part that only a resume would need."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from core.errors import UserError
from core.runs.checkpoints import FOLDERS, old, remove_checkpoints
from core.runs.liveness import Watch, holding
from core.runs.store import StoredRun

MODEL, MODELS = "model", "models"
"""Folder of a run's model, or of its several models."""
UNITS = ("kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Usage:
    """Bytes of a run's files; links are not followed."""

    total: int
    model: int
    """Of them, the saved model or models."""
    checkpoints: int
    """Of them, what a resume would start from."""


def usage(path: Path) -> Usage:
    """What a run's folder takes; what can't be read counts nothing, and nothing is raised."""
    places = [place for name in FOLDERS for place in (path / name, _fresh(path, name))]
    places += [old(path / name) for name in FOLDERS]
    return Usage(
        total=_size(path),
        model=_size(path / MODEL) + _size(_fresh(path, MODEL)) + _size(path / MODELS),
        checkpoints=sum(_size(place) for place in places),
    )


def size_text(size: int) -> str:
    """Bytes as a person reads them: ``999 bytes``, ``1.2 MB``."""
    if size < 1000:
        return "1 byte" if size == 1 else f"{size} bytes"
    value, units = size / 1000, iter(UNITS)
    unit = next(units)
    while value >= 999.95 and (larger := next(units, "")):
        value, unit = value / 1000, larger
    return f"{value:.1f} {unit}"


def tidy(run: StoredRun, watch: Watch | None = None) -> int:
    """Delete the checkpoints of a run for good: a resume would begin it again.

    Args:
        run: which.
        watch: that says of a run of another machine that it is lost.

    Returns:
        The bytes that this gave back.

    Raises:
        UserError: somebody computes the run, or may, or its files can't be deleted.
    """
    before = usage(run.path).checkpoints
    if not before:
        return 0
    try:
        with holding(run, watch):
            remove_checkpoints(run.path)
    except OSError as error:
        raise UserError(f"can't write to run {run.id}: {error.strerror}") from error
    left = usage(run.path).checkpoints
    if left:
        raise UserError(f"checkpoints of run {run.id} could not be deleted: {size_text(left)} left")
    return before


def _fresh(run: Path, name: str) -> Path:
    """Where a folder of a run lies while it is being written."""
    return run / f".{name}.new"


def _size(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    total, places = 0, [path]
    while places:
        place = places.pop()
        try:
            found = place.lstat()
            if stat.S_ISDIR(found.st_mode):
                places += place.iterdir()
            elif stat.S_ISREG(found.st_mode):
                total += found.st_size
        except OSError:
            continue
    return total
