"""A run as one file: a zip with its files and their checksums, to hand on or to keep.

An archive is somebody else's until it is read: every name, size and checksum is checked, and
nothing of it is in the store before all of it is right.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from core.errors import UserError
from core.runs.archive_entries import MANIFEST, RESERVED, Bounded, check_entries, problem_of
from core.runs.archive_manifest import Entry, Manifest, check_manifest, other_size, read_manifest
from core.runs.files import flush, staging_folder
from core.runs.liveness import OPEN
from core.runs.store import RECORD, BrokenRun, RunStore, StoredRun, read_run

LARGEST = 20_000_000_000
"""Bytes an archive may unpack to."""
LARGEST_RATIO, HARMLESS = 200, 100_000_000
"""An archive may unpack to so many times its size, or to so many bytes."""
PACKED = (".safetensors", ".npz")
"""Kinds of files that get no smaller by compressing."""
PIECE = 1 << 20
_START, _END, _END_SIZE = b"PK\x03\x04", b"PK\x05\x06", 22
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError,
    RuntimeError, LookupError,
)  # fmt: skip
"""What Python's zip reader raises for damaged bytes; encrypted and unknown kinds among them."""


def export(run: StoredRun, output: Path) -> Path:
    """Write a run into one zip: its record, notes, arrays, history, log and model.

    Claims and checkpoints stay behind. The file is there whole or not at all.

    Args:
        run: which; it must be over.
        output: file to write.

    Returns:
        The file.

    Raises:
        UserError: the run is not over or has something in it that can't be handed on, the file is
            there already, or it can't be written.
    """
    before, files = exportable(run)
    if os.path.lexists(output):
        raise UserError(f"{output} is there already, and is not overwritten")
    temporary = output.with_name(f".{output.name}.{secrets.token_hex(4)}.tmp")
    try:
        try:
            _write(temporary, run, files)
            flush(temporary)
            if _finished(run) != before:
                raise UserError(f"run {run.id} changed while it was read; export it again")
            temporary.rename(output)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"can't export run {run.id} to {output}: {error.strerror}") from error
    return output


def exportable(run: StoredRun) -> tuple[StoredRun, list[str]]:
    """The run as it is now, and the names of its files that go into an archive.

    Raises:
        UserError: it is not over, or has something in it that can't be handed on.
    """
    return _finished(run), _files_of(run.path)


def import_run(
    archive: Path | BinaryIO, store: RunStore, *, largest: int = LARGEST, name: str | None = None
) -> StoredRun:
    """Read a run from an archive into a store, byte by byte as it was exported.

    Args:
        archive: the zip, or an open file of it.
        store: where the run goes.
        largest: bytes it may unpack to.
        name: what messages call it; by default the file's name.

    Raises:
        UserError: it is no archive of a run, something in it is wrong, or the store has the run
            already. The store is as it was then.
    """
    title = name or Path(str(getattr(archive, "name", "the archive"))).name
    try:
        if isinstance(archive, Path):
            with archive.open("rb") as handle:
                return _read(handle, store, largest)
        return _read(archive, store, largest)
    except UserError as error:
        raise UserError(f"can't import {title}: {error}") from error
    except OSError as error:
        raise UserError(f"can't import {title}: {error.strerror or error}") from error


def _finished(run: StoredRun) -> StoredRun:
    """The run with its record as it is now.

    Raises:
        UserError: it is not over, or can't be read.
    """
    found = read_run(run.path)
    if isinstance(found, BrokenRun):
        raise UserError(f"run {run.id} is broken: {found.reason}")
    if found.status in OPEN:
        raise UserError(f"run {run.id} is {found.status}; export it when it is over, or cancel it")
    return found


def _files_of(folder: Path) -> list[str]:
    """Names of the files of a run that go into an archive, in order.

    Raises:
        UserError: one of them can't, or a folder can't be read.
    """
    found, places = [], [""]
    while places:
        place = places.pop()
        try:
            entries = sorted(os.scandir(folder / place), key=lambda entry: entry.name)
        except OSError as error:
            raise UserError(f"can't read {folder / place}: {error.strerror}") from error
        for entry in entries:
            name = f"{place}{entry.name}"
            if entry.name.startswith(".") or name in RESERVED:
                continue
            if entry.is_dir(follow_symlinks=False):
                places.append(f"{name}/")
                continue
            reason = None if entry.is_file(follow_symlinks=False) else "is a link or no plain file"
            if reason := reason or problem_of(name):
                raise UserError(f"run {folder.name} can't be exported: {name} {reason}")
            found.append(name)
    return sorted(found)


def _write(path: Path, run: StoredRun, names: list[str]) -> None:
    """Write the zip: all files, and last the manifest with what was really read."""
    files = {}
    with zipfile.ZipFile(path, "x") as archive:
        for name in names:
            packed = name.endswith(PACKED)
            info = _info(name, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)
            digest, size = hashlib.sha256(), 0
            with (
                (run.path / name).open("rb") as source,
                archive.open(info, "w", force_zip64=True) as target,
            ):
                while piece := source.read(PIECE):
                    target.write(piece)
                    digest.update(piece)
                    size += len(piece)
            files[name] = Entry(size=size, sha256=digest.hexdigest())
        manifest = Manifest(run=run.id, files=files).model_dump(mode="json")
        archive.writestr(_info(MANIFEST, zipfile.ZIP_DEFLATED), json.dumps(manifest, indent=1))


def _info(name: str, compression: int) -> zipfile.ZipInfo:
    """An entry without a time: the same run gives the same archive."""
    info = zipfile.ZipInfo(name)
    info.compress_type = compression
    info.external_attr = 0o100644 << 16
    return info


def _read(handle: BinaryIO, store: RunStore, largest: int) -> StoredRun:
    """Read a run from an open archive; see :func:`import_run`."""
    size = handle.seek(0, os.SEEK_END)
    with _opened(handle) as archive:
        entries = archive.infolist()
        check_entries(entries)
        manifest = read_manifest(archive)
        check_manifest(manifest, entries)
        target = _target(store, manifest.run)
        most = min(largest, max(HARMLESS, LARGEST_RATIO * size))
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > most:
            raise UserError(_too_large(unpacked, largest))
        with _staging(store.root) as staging:
            _unpack(archive, manifest, RECORD, staging)
            _check_run(staging, manifest.run)
            for name in sorted(manifest.files.keys() - {RECORD}):
                _unpack(archive, manifest, name, staging)
            flush(staging)
            _put(staging, target)
    run = read_run(target)
    if isinstance(run, BrokenRun):
        raise UserError(f"run {run.id} was changed at once: {run.reason}")
    return run


@contextmanager
def _opened(handle: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """The archive in a file; errors of the zip reader become a message, also later ones.

    Raises:
        UserError: it is none, or is damaged.
    """
    handle.seek(0)
    if handle.read(len(_START)) != _START:
        raise UserError("it is not a zip archive")
    handle.seek(max(0, handle.seek(0, os.SEEK_END) - _END_SIZE))
    if handle.read(len(_END)) != _END:  # arrays inside are zips too, and have an end of their own
        raise UserError("it is cut off or damaged (it does not end as a zip archive does)")
    try:
        with zipfile.ZipFile(Bounded(handle)) as archive:
            yield archive
    except _DAMAGE as error:
        raise UserError(f"it is cut off or damaged ({str(error)[:200]})") from error


def _target(store: RunStore, name: str) -> Path:
    """Where the run goes.

    Raises:
        UserError: it is there already.
    """
    target = store.root / name
    if os.path.lexists(target):
        raise UserError(
            f"run {name} is in {store.root} already, and is not overwritten; delete it first to "
            "import it again"
        )
    return target


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """A folder in the store that no reader looks at; it, and a store made for it, go again."""
    made = not root.exists()
    root.mkdir(parents=True, exist_ok=True)
    try:
        with staging_folder(root) as staging:
            yield staging
    finally:
        if made and not any(root.iterdir()):
            root.rmdir()


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, name: str, folder: Path) -> None:
    """Unpack one file, by its size and checksum in the manifest.

    Raises:
        UserError: it is not as the manifest says, or not what anybody should open.
    """
    expected, target = manifest.files[name], folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, target.open("xb") as written:
        digest, size = _copy(source, written, expected.size)
        written.flush()
        os.fsync(written.fileno())
    if size != expected.size:
        raise UserError(other_size(name, size, expected.size))
    if digest != expected.sha256:
        raise UserError(f"{name}: its checksum is not the one in {MANIFEST}")
    if target.suffix == ".npz":
        _check_arrays(target)


def _copy(source: IO[bytes], target: IO[bytes], most: int) -> tuple[str, int]:
    """Copy a file and stop once it is longer than it may be.

    Returns:
        The SHA-256 and the size of what was copied.
    """
    digest, size = hashlib.sha256(), 0
    while size <= most and (piece := source.read(min(PIECE, most + 1 - size))):
        target.write(piece)
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _check_arrays(path: Path) -> None:
    """Refuse arrays that fill the memory of whoever looks at them; they are packed themselves.

    Raises:
        UserError: they unpack to much more than their size.
    """
    try:
        with path.open("rb") as handle, zipfile.ZipFile(Bounded(handle)) as arrays:
            unpacked = sum(entry.file_size for entry in arrays.infolist())
    except (*_DAMAGE, UserError):
        return  # nobody else can read them either
    if unpacked > max(HARMLESS, LARGEST_RATIO * path.stat().st_size):
        raise UserError(f"{path.name}: {_too_large(unpacked, unpacked)}")


def _check_run(staging: Path, name: str) -> None:
    """Refuse what the store could not show, or would take for work to be done.

    Raises:
        UserError: the record can't be read, is of another run, or of one that is not over.
    """
    run: Any = read_run(staging, name)
    if isinstance(run, BrokenRun):
        raise UserError(run.reason)
    if run.status in OPEN:
        raise UserError(f"run {name} is {run.status} in it; only runs that are over are read")


def _put(staging: Path, target: Path) -> None:
    """Move the complete run to its place.

    Raises:
        UserError: another came there first.
    """
    try:
        staging.rename(target)
    except OSError as error:
        if target.exists():
            raise UserError(f"run {target.name} has come into the store meanwhile") from error
        raise
    flush(target.parent)


def _too_large(size: int, largest: int) -> str:
    if size > largest:
        return f"it unpacks to {size:,} bytes; {largest:,} is the most"
    return f"it unpacks to {size:,} bytes, more than {LARGEST_RATIO} times its own size"
