"""What models answered, kept in the store, so that the same question is never computed twice.

An entry is one array of one language. Its key is a hash of everything it depends on; whoever
computes makes the key. Nothing is lost with the folder: delete it, and models answer again.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import processes

FOLDER = Path(".cache") / "scores"
"""In the store."""
LIMIT = 4 * 2**30
"""Bytes; beyond them the entries that were unused the longest go."""


@dataclass(frozen=True)
class ScoreCache:
    """The kept answers of one store."""

    root: Path
    """Of the store."""
    limit: int = LIMIT
    """Bytes of all entries together."""

    def find(self, key: str, rows: int) -> NDArray[np.floating] | None:
        """A kept array with this many rows; None where there is none, or it can't be read."""
        path = self._path(key)
        try:
            found = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        if len(found) != rows or not np.isfinite(found).all():
            return None
        with suppress(OSError):
            os.utime(path)
        return found

    def keep(self, key: str, values: NDArray[np.floating]) -> None:
        """Keep an array, all of it or nothing; a full disk or a store of others is no fault.

        Of several processes of a run the main one does.
        """
        if not processes.is_main():
            return
        path = self._path(key)
        temporary = path.with_name(f".scores.{secrets.token_hex(4)}.tmp")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with temporary.open("xb") as handle:
                    np.save(handle, values, allow_pickle=False)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)

    def trim(self) -> None:
        """Remove the entries that were unused the longest until the rest is within the limit."""
        if not processes.is_main():
            return
        found = []
        with suppress(OSError):
            for path in (self.root / FOLDER).iterdir():
                with suppress(OSError):  # another process removed it
                    known = path.stat()
                    found.append((known.st_mtime, known.st_size, path))
        over = sum(size for _, size, _ in found) - self.limit
        for _, size, path in sorted(found):
            if over <= 0:
                return
            with suppress(OSError):
                path.unlink()
            over -= size

    def _path(self, key: str) -> Path:
        return self.root / FOLDER / f"{key}.npy"
