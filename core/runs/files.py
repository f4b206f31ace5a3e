"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import errno
import json
import math
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from core import processes

DEEPEST = 100
"""Levels of a JSON file that is read; what writes JSON again gives up a little above 200."""
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def write_text(path: Path, text: str) -> None:
    """Write by a temporary file in the same folder, flushed to disk, then renamed over ``path``.

    Its name is used by nobody else, also not by a process of the same number on another machine.
    Of several processes of a run the main one writes.
    """
    if not processes.is_main():
        return
    content = text.encode("utf-8")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # there only if something failed


def flush(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def staging_folder(root: Path) -> Iterator[Path]:
    """A new folder that is renamed when it is ready, else removed; nobody reads one of its name."""
    place = root / f".new-{secrets.token_hex(8)}"
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def share(path: Path) -> None:
    """Let everybody read a file who may read its folder: safetensors makes private ones."""
    path.chmod(path.parent.stat().st_mode & 0o666)


def write_json(path: Path, value: Any) -> None:
    """Write strict JSON (a NaN becomes null) atomically: a line a key, two levels deep."""
    write_text(path, _lines(finite(value), depth=2) + "\n")


def _lines(value: Any, depth: int, indent: str = "") -> str:
    """JSON whose objects have a line a key, ``depth`` levels deep; what is below takes one."""
    if not (isinstance(value, dict) and value and depth):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    within = indent + " "
    members = (
        f"{within}{json.dumps(key, ensure_ascii=False)}: {_lines(member, depth - 1, within)}"
        for key, member in value.items()
    )
    return "{\n" + ",\n".join(members) + f"\n{indent}}}"


def read_json(path: Path) -> Any:
    """Read a JSON file whose content can be written again.

    Raises:
        OSError: it is not there or can't be opened.
        ValueError: it is not JSON, is nested too deeply, or holds half characters.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        if error.errno != errno.ESTALE:
            raise
        text = path.read_text(encoding="utf-8")  # another machine replaced it at this moment
    return parse_json(text)


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
