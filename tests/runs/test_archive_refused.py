"""Archives with something wrong in them: each is refused, and the store stays as it was."""

from __future__ import annotations

import json
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.runs import archive as archive_module
from core.runs.archive import LARGEST_RATIO
from core.runs.archive_entries import MOST_AT_ONCE, MOST_ENTRIES
from core.runs.record import new_run_id
from core.runs.store import RunStore, StoredRun
from tests.runs.archives import check_refused, manifest_of, packed, parts

Files = dict[str, bytes]


def test_no_zip_and_half_a_zip(zipped: Path, store: RunStore) -> None:
    raw = zipped.read_bytes()
    for other in (b"", b"x", b"no zip at all" * 99, raw[100:-100]):
        check_refused(other, store, "not a zip archive")
    for end in (10, 200, len(raw) // 2, len(raw) - 1):
        check_refused(raw[:end], store, "cut off or damaged")


def info(name: str, mode: int = 0, flags: int = 0) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo("x.json")
    found.filename = name
    found.external_attr = mode << 16
    found.flag_bits = flags
    return found


NAMES = {
    "../evil.json": r"'\.\.'",
    "model/../../evil.json": r"'\.\.'",
    "/etc/evil.json": "absolute",
    "model\\evil.json": "backslash",
    "C:evil.json": "drive letter",
    "c:/evil.json": "drive letter",
    "a\x01.json": "control character",
    "a\x00.json": "control character",
    "model//a.json": "empty part",
    "": "empty part",
    "model/": "folder|empty part",
    "./a.json": "hidden",
    ".hidden.json": "hidden",
    "model/.git/a.json": "hidden",
    "NUL.json": "reserved",
    "model/com1.txt": "reserved",
    "claims/1.json": "reserved",
    "Checkpoint/state.json": "reserved",
    "a/b/c/d/e.json": "folders deep",
    "x" * 300 + ".json": "more than 200",
    "a ü.json": "unusual",
    "a.json.": "unusual",
    "weights.bin": "not allowed",
    "model/model.pt": "not allowed",
    "x.pkl": "not allowed",
    "run.py": "not allowed",
    "model/noending": "not allowed",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_that_are_refused(name: str, whole: StoredRun, zipped: Path, store: RunStore) -> None:
    files = {**parts(zipped), name: b"{}"}
    entries = [(info(key), raw) for key, raw in files.items()]
    check_refused(packed(entries, manifest_of(whole.id, files)), store, NAMES[name])


@pytest.mark.parametrize(
    ("mode", "match"),
    [
        (stat.S_IFLNK | 0o777, "is a link"),
        (stat.S_IFIFO, "special"),
        (stat.S_IFCHR, "special"),
        (stat.S_IFDIR, "folder"),
    ],
)
def test_special_entries(mode: int, match: str, whole: StoredRun, zipped: Path, store: RunStore):
    files = {**parts(zipped), "x.json": b"record.json"}
    entries = [(info(key, mode if key == "x.json" else 0), raw) for key, raw in files.items()]
    check_refused(packed(entries, manifest_of(whole.id, files)), store, match)


def test_encrypted_and_oddly_compressed_entries(
    whole: StoredRun, zipped: Path, store: RunStore
) -> None:
    files = parts(zipped)
    raw = bytearray(packed(files, manifest_of(whole.id, files)))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    check_refused(bytes(raw), store, "encrypted")
    for kind in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        check_refused(
            packed(files, manifest_of(whole.id, files), kind), store, "compressed in a way"
        )


@pytest.mark.parametrize(
    ("names", "match"),
    [
        (("a.json", "a.json"), "twice"),
        (("record.json", "record.json"), "twice"),
        (("a.json", "A.json"), "in case"),
        (("model/a.json", "Model/b.json"), "differs from"),
        (("a.json", "a.json/b.json"), "a file and a folder"),
    ],
)
def test_names_that_meet(
    names: tuple[str, str], match: str, whole: StoredRun, zipped: Path, store: RunStore
) -> None:
    files = parts(zipped)
    entries: list[Any] = [*files.items(), *((name, b"{}") for name in names)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = packed(entries, manifest_of(whole.id, {**files, **dict.fromkeys(names, b"{}")}))
    check_refused(raw, store, match)


def without(files: Files, name: str) -> Files:
    return {key: raw for key, raw in files.items() if key != name}


MANIFESTS: dict[str, tuple[Callable[[str, Files], Any], str]] = {
    "none": (lambda run, files: None, "has no manifest"),
    "no JSON": (lambda run, files: b"{", "can't be read"),
    "no text": (lambda run, files: b"\xff\xfe", "can't be read"),
    "deep": (lambda run, files: b"[" * 100_000, "nested"),
    "a list": (lambda run, files: [], "format"),
    "format": (lambda run, files: manifest_of(run, files, format="x"), "format"),
    "version": (lambda run, files: manifest_of(run, files, version=2), "version 2"),
    "true": (lambda run, files: manifest_of(run, files, version=True), "version"),
    "more": (lambda run, files: manifest_of(run, files, more=1), "more"),
    "no files": (lambda run, files: manifest_of(run, files, files=None), "files"),
    "files": (lambda run, files: manifest_of(run, files, files={"x": 1}), "files.x"),
    "odd": (lambda run, files: manifest_of(run, files, files={"\0": 1}), r"files\.\\x00: "),
    "too long": (lambda run, files: b" " * 4_100_000, "too long"),
    "one missing": (lambda run, files: manifest_of(run, without(files, "log.txt")), "not in man"),
    "one more": (lambda run, files: manifest_of(run, {**files, "a.md": b""}), "not in the arch"),
    "size": (lambda run, files: manifest_of(run, {**files, "log.txt": b"x"}), "bytes"),
    "sum": (
        lambda run, files: manifest_of(run, {**files, "log.txt": files["log.txt"][::-1]}),
        "checksum",
    ),
    "negative": (
        lambda run, files: manifest_of(run, files, files={"x": {"size": -1, "sha256": "0" * 64}}),
        "size",
    ),
    "id": (lambda run, files: manifest_of("../../x", files), "no id of a run"),
    "hidden id": (lambda run, files: manifest_of(".trash", files), "no id of a run"),
    "other id": (lambda run, files: manifest_of(new_run_id("select"), files), "another run"),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_manifests_that_are_refused(
    name: str, whole: StoredRun, zipped: Path, store: RunStore
) -> None:
    files = parts(zipped)
    make, match = MANIFESTS[name]
    check_refused(packed(files, make(whole.id, files)), store, match)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda record: {**record, "finished": None}, "running"),
        (lambda record: {**record, "finished": None, "started": None}, "queued"),
        (lambda record: {**record, "more": 1}, "more"),
        (lambda record: {**record, "metrics": 3}, "metrics"),
        (lambda record: {**record, "artifacts": {"model": "../../x"}}, "outside"),
        (lambda record: {**record, "artifacts": {"model": "c:/x"}}, "outside"),
        (lambda record: {**record, "artifacts": {"\0" + "x" * 5000: 3}}, r"artifacts\.\\x00x"),
        (lambda record: [], "record.json"),
    ],
)
def test_records_that_are_refused(
    change: Callable[[Any], Any], match: str, whole: StoredRun, zipped: Path, store: RunStore
) -> None:
    files = parts(zipped)
    files["record.json"] = json.dumps(change(json.loads(files["record.json"]))).encode()
    check_refused(packed(files, manifest_of(whole.id, files)), store, match)


def test_no_record(whole: StoredRun, zipped: Path, store: RunStore) -> None:
    files = without(parts(zipped), "record.json")
    check_refused(packed(files, manifest_of(whole.id, files)), store, r"no record\.json")


def test_too_many_entries(whole: StoredRun, zipped: Path, store: RunStore) -> None:
    files = {**parts(zipped), **{f"{k}.md": b"" for k in range(MOST_ENTRIES)}}
    check_refused(packed(files, manifest_of(whole.id, files)), store, "2000 is the most")


def test_a_directory_that_fills_the_memory(store: RunStore, monkeypatch) -> None:
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff" * 2
    size = MOST_AT_ONCE + 1
    raw = b"PK\x03\x04" + bytes(size) + end + size.to_bytes(4, "little") + bytes(6)
    check_refused(raw, store, "too many entries")


def test_too_large_by_what_it_says_and_by_what_it_is(
    whole: StoredRun, zipped: Path, store: RunStore
) -> None:
    files = {**parts(zipped), "big.txt": b"x" * 400_000}
    raw = packed(files, manifest_of(whole.id, files))
    check_refused(raw, store, "300,000 is the most", largest=300_000)
    lying = bytearray(raw)
    wrong = manifest_of(whole.id, {**files, "big.txt": b"x" * 10})
    lying = bytearray(packed(files, wrong))
    for mark in (b"PK\x01\x02", b"PK\x03\x04"):
        place = lying.rindex(b"big.txt") if mark == b"PK\x01\x02" else lying.index(b"big.txt")
        start = lying.rindex(mark, 0, place)
        at = start + (24 if mark == b"PK\x01\x02" else 22)
        lying[at : at + 4] = (10).to_bytes(4, "little")
    check_refused(bytes(lying), store, "damaged|bytes|checksum", largest=300_000)


def test_a_bomb(whole: StoredRun, zipped: Path, store: RunStore, monkeypatch) -> None:
    monkeypatch.setattr(archive_module, "HARMLESS", 1000)
    files = {**parts(zipped), "zeros.txt": bytes(20_000_000)}
    check_refused(
        packed(files, manifest_of(whole.id, files)), store, f"more than {LARGEST_RATIO} times"
    )
    inner = packed({"probabilities.npy": bytes(20_000_000)})
    files = {**parts(zipped), "predictions_after.npz": inner}
    raw = packed(files, manifest_of(whole.id, files))
    check_refused(raw, store, r"predictions_after\.npz: .*more than")
