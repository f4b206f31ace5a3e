"""The manifest of an archive: which files a run has, with their sizes and checksums."""

from __future__ import annotations

import zipfile
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import UserError
from core.runs.archive_entries import MANIFEST
from core.runs.files import parse_json
from core.runs.record import first_problem, is_run_id
from core.runs.store import RECORD

FORMAT, VERSION = "language-teachers-run", 1
LONGEST_MANIFEST = 4_000_000


class Entry(BaseModel):
    """One file of a run, as the manifest names it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What an archive says of itself, in ``manifest.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: str = FORMAT
    version: int = VERSION
    run: str
    files: dict[str, Entry]


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """What the archive says of itself.

    Raises:
        UserError: nothing, or nothing that can be read.
    """
    if MANIFEST not in archive.namelist():
        raise UserError(f"it has no {MANIFEST}; it was not made by `runs export`")
    with archive.open(MANIFEST) as entry:
        raw = entry.read(LONGEST_MANIFEST + 1)
    try:
        if len(raw) > LONGEST_MANIFEST:
            raise ValueError("it is too long")
        content = parse_json(raw.decode("utf-8"))
    except ValueError as error:
        raise UserError(f"{MANIFEST} can't be read: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UserError(f"{MANIFEST} is not of a run: its format is not {FORMAT!r}")
    if content.get("version") != VERSION:
        raise UserError(
            f"its format is of version {str(content.get('version'))[:20]}, and this program reads "
            f"version {VERSION}; use the program that wrote it, or a newer one"
        )
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        raise UserError(f"{MANIFEST}: {first_problem(error)}") from error


def check_manifest(manifest: Manifest, entries: list[zipfile.ZipInfo]) -> None:
    """Compare what is said with what is there, before anything is unpacked.

    Raises:
        UserError: the first difference.
    """
    there = {entry.filename: entry for entry in entries if entry.filename != MANIFEST}
    if extra := sorted(there.keys() - manifest.files.keys()):
        raise UserError(f"entry {extra[0]!r} is not in {MANIFEST}")
    if missing := sorted(manifest.files.keys() - there.keys()):
        raise UserError(f"{missing[0][:200]!r} is in {MANIFEST} and not in the archive")
    if RECORD not in there:
        raise UserError(f"it has no {RECORD}")
    for name, entry in there.items():
        if entry.file_size != manifest.files[name].size:
            raise UserError(other_size(name, entry.file_size, manifest.files[name].size))
    if not is_run_id(manifest.run):
        raise UserError(f"{manifest.run[:60]!r} is no id of a run")


def other_size(name: str, size: int, expected: int) -> str:
    """In words, that a file is not as long as the manifest says."""
    return f"{name} has {size:,} bytes or more, and {expected:,} in {MANIFEST}"
