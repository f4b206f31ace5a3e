"""Generated damage to an archive: it is refused and leaves nothing, or the run is whole."""

from __future__ import annotations

import stat
import warnings
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.runs.store import RECORD, RunStore, StoredRun
from tests.runs.archives import (
    check_refused,
    imported,
    manifest_of,
    packed,
    parts,
)
from tests.runs.hostile import as_bytes, edited, edits, hostile, json_values, raw_bytes


@hostile
@given(changes=edits, cut=st.just(1.0) | st.floats(0, 0.999))
def test_archives_with_damaged_bytes(
    changes: list[tuple[float, bytes]], cut: float, pristine: tuple[StoredRun, Path]
) -> None:
    """Some bytes of a zip mean nothing here (a time, say): then the run is whole."""
    run, archive = pristine
    raw = edited(archive.read_bytes(), changes, cut)
    with TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "store")
        found = imported(raw, store)
        if found is not None:
            assert found.record == run.record
            for name, content in parts(archive).items():
                assert (found.path / name).read_bytes() == content


@hostile
@given(raw=st.binary(max_size=60) | st.binary(max_size=60).map(lambda x: b"PK\x03\x04" + x))
def test_archives_of_any_bytes(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        check_refused(raw, RunStore(Path(folder)))
        check_refused(raw + b"PK\x05\x06" + raw[:18].ljust(18, b"\0"), RunStore(Path(folder)))


PARTS = ["..", ".", "", "a", "A", "con", "model", "x.json", "x.py", "\x00", "\\", "C:", "é", " "]
MODES = [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFBLK, stat.S_IFDIR]
bad_names = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map("/".join)


@hostile
@given(name=bad_names, mode=st.sampled_from([0, 0, 0, *MODES]), listed=st.booleans())
def test_archives_with_another_entry(
    name: str, mode: int, listed: bool, pristine: tuple[StoredRun, Path]
) -> None:
    run, archive = pristine
    files = parts(archive)
    extra = zipfile.ZipInfo("x")
    extra.filename, extra.external_attr = name, mode << 16
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = packed(
            [*files.items(), (extra, b"{}")],
            manifest_of(run.id, {**files, **({name: b"{}"} if listed else {})}),
        )
    with TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "store")
        found = imported(raw, store)
        if found is not None:
            assert listed and mode == 0 and (found.path / name).is_file()
            assert (found.path / name).resolve().is_relative_to(found.path.resolve())
            assert [path.name for path in store.root.iterdir()] == [run.id]


@hostile
@given(
    changes=st.dictionaries(
        st.sampled_from(["format", "version", "run", "files", "x"]), json_values, min_size=1
    )
)
def test_archives_with_another_manifest(
    changes: dict[str, Any], pristine: tuple[StoredRun, Path]
) -> None:
    run, archive = pristine
    files = parts(archive)
    with TemporaryDirectory() as folder:
        raw = packed(files, as_bytes({**manifest_of(run.id, files), **changes}))
        check_refused(raw, RunStore(Path(folder)))


@hostile
@given(raw=raw_bytes | json_values.map(as_bytes), changes=st.none() | json_values)
def test_archives_with_another_record(
    raw: bytes, changes: Any, pristine: tuple[StoredRun, Path]
) -> None:
    run, archive = pristine
    files = {**parts(archive), RECORD: raw}
    with TemporaryDirectory() as folder:
        check_refused(packed(files, manifest_of(run.id, files)), RunStore(Path(folder)))
