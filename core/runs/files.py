"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import json
import math
import os
import re
import secrets
from pathlib import Path
from typing import Any

from pydantic_core import from_json

DEEPEST = 100
"""Levels of a JSON file that is read; what writes JSON again gives up a little above 200."""
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def write_text(path: Path, text: str) -> None:
    """Write by a temporary file in the same folder, flushed to disk, then renamed over ``path``."""
    content = text.encode("utf-8")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def flush(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def staging_folder(root: Path) -> Path:
    """A new folder to prepare another one in; nobody reads a folder with a name like its."""
    place = root / f".new-{secrets.token_hex(8)}"
    place.mkdir()
    return place


def share(path: Path) -> None:
    """Let everybody read a file who may read its folder: safetensors makes private ones."""
    path.chmod(path.parent.stat().st_mode & 0o666)


def write_json(path: Path, value: Any) -> None:
    """Write strict JSON (a NaN becomes null) atomically."""
    write_text(
        path, json.dumps(finite(value), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    )


def read_json(path: Path) -> Any:
    """Read a JSON file whose content can be written again.

    Raises:
        OSError: it is not there or can't be opened.
        ValueError: it is not JSON, is nested too deeply, or holds half characters.
    """
    return parse_json(path.read_text(encoding="utf-8"))


def parse_json(text: str) -> Any:
    """Read JSON that can be written again.

    Raises:
        ValueError: it is not JSON, is nested too deeply, or holds half characters.
    """
    try:
        value = from_json(text)
    except ValueError as error:
        if "recursion" in str(error):
            raise ValueError("it is nested too deeply") from None
        raise
    if text.count("[") + text.count("{") > DEEPEST and _levels(value) > DEEPEST:
        raise ValueError(f"it is nested more than {DEEPEST} levels deep")
    if _SURROGATE.search(text):
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _levels(value: Any) -> int:
    """How deep a JSON value is nested, counted no further than one level too many."""
    levels, layer = 0, [value]
    while levels <= DEEPEST:
        nested = [x for x in layer if isinstance(x, dict | list)]
        if not nested:
            break
        layer = [y for x in nested for y in (x.values() if isinstance(x, dict) else x)]
        levels += 1
    return levels


def finite(value: Any) -> Any:
    """The same JSON value with every non-finite number replaced by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value
