"""Named arrays in one file without pickle, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import processes


def save_arrays(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write one compressed ``.npz``, by a temporary file and a rename; the main process does."""
    if not processes.is_main():
        return
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as handle:
            np.savez_compressed(handle, allow_pickle=False, **arrays)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # there only if something failed


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read all arrays of an ``.npz``; many kinds of errors if it is damaged."""
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def of_kind(array: Any, kind: str) -> Any:
    """An array of one of numpy's kinds, or None as it is.

    Raises:
        ValueError: it is of another.
    """
    if array is not None and array.dtype.kind != kind:
        raise ValueError(f"an array holds {array.dtype} and not what it should")
    return array
