"""Claims: which process may write a run. Two can never both hold one, also on a network disk.

A claim is a folder ``claims/N`` with the holder in it, put in place by one rename; renaming a
folder onto one that is not empty fails everywhere, NFS included, so the first to come has it.
Claims are never removed: whoever takes a run over adds the next number, and the holder of an
earlier number stops as soon as it sees that. No lock, and no clock, is involved.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.runs import process
from core.runs.files import read_json, write_json

FOLDER, HOLDER, RELEASED, ENDED = "claims", "holder.json", "released", "ended.json"


@dataclass(frozen=True)
class Claim:
    """A claim this process holds."""

    path: Path
    """``.../claims/N``."""

    def is_superseded(self) -> bool:
        """Whether somebody took over, believing this process gone."""
        return (self.path.parent / str(int(self.path.name) + 1)).exists()

    def release(self) -> None:
        """Let go of it; it may be taken at once by another."""
        (self.path / RELEASED).touch()


@dataclass(frozen=True)
class Holding:
    """The newest claim on something, as anybody can read it."""

    number: int
    """0 where there never was one."""
    released: bool
    holder: Mapping[str, Any] = field(default_factory=dict)
    """The process, see `core.runs.process.identity`; empty where it can't be read."""
    signal: int | None = None
    """What ended the process, where its parent saw it."""

    def is_alive(self) -> tuple[bool | None, str]:
        """Whether somebody holds it, and in words why not; None where it can't be told here."""
        if self.released:
            return False, "nobody holds it"
        return process.check(self.holder)


def first(place: Path) -> Claim:
    """The claim of the process that made the folder and held it from the start."""
    return Claim(place / FOLDER / "1")


def computed_here(place: Path) -> bool:
    """Whether a run was computed where it lies; one that was brought in has no claims."""
    return (place / FOLDER).is_dir()


def newest(place: Path) -> Holding:
    """The newest claim on what lies in a folder; never raises for damaged content."""
    numbers = _numbers(place / FOLDER)
    if not numbers:
        return Holding(0, released=True)
    path = place / FOLDER / str(max(numbers))
    ended = _read(path / ENDED).get("signal")
    return Holding(
        max(numbers),
        released=(path / RELEASED).exists(),
        holder=_read(path / HOLDER),
        signal=ended if isinstance(ended, int) else None,
    )


def take(place: Path, over: Holding, holder: Mapping[str, Any] | None = None) -> Claim | None:
    """Take what lies in a folder, unless another was faster.

    Args:
        place: e.g. a run's folder.
        over: the newest claim as it was read when the caller found it free, or its holder gone.
        holder: the process that shall hold it; this one by default.

    Returns:
        The claim, or None: there is a newer one than ``over``, or the folder is gone.

    Raises:
        OSError: it can't be written.
    """
    token, folder = secrets.token_hex(8), place / FOLDER
    staged, target = folder / f".{token}", folder / str(over.number + 1)
    try:
        folder.mkdir(exist_ok=True)
        staged.mkdir()
        write_json(staged / HOLDER, {**(holder or process.identity()), "token": token})
        staged.rename(target)
    except OSError:
        # a server's answer may get lost: what stands there tells who has it
        if _read(target / HOLDER).get("token") != token:
            shutil.rmtree(staged, ignore_errors=True)
            if target.exists() or not place.is_dir():
                return None
            raise
    return Claim(target)


def note_end(place: Path, pid: int, number: int) -> None:
    """Write down which signal ended the process that holds the newest claim, if it is that one."""
    found = newest(place)
    if found.holder.get("pid") == pid and not found.released:
        write_json(place / FOLDER / str(found.number) / ENDED, {"signal": number})


def _numbers(folder: Path) -> list[int]:
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return []
    return [int(name) for name in names if name.isdecimal() and name.isascii()]


def _read(path: Path) -> dict[str, Any]:
    try:
        value = read_json(path)
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
