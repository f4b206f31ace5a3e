"""Runs as files: exported, imported, and refused where anything is wrong."""

from __future__ import annotations

import errno
import io
import json
import os
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.errors import UserError
from core.runs import archive as archive_module
from core.runs.archive import LARGEST_RATIO, export, import_run
from core.runs.archive_entries import MANIFEST, MOST_AT_ONCE, MOST_ENTRIES
from core.runs.live import LiveRun
from core.runs.notes import read_notes
from core.runs.record import is_run_id, new_run_id
from core.runs.store import RunStore, StoredRun, read_run
from core.runs.trash import delete
from core.runs.view import RunView
from tests.runs.archives import manifest_of, packed, parts, snapshot, whole_run

Files = dict[str, bytes]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "store")


@pytest.fixture
def run(tmp_path: Path) -> StoredRun:
    return whole_run(RunStore(tmp_path / "from"))


@pytest.fixture
def zipped(run: StoredRun, tmp_path: Path) -> Path:
    return export(run, tmp_path / "run.zip")


def refused(raw: bytes, store: RunStore, match: str, **options: Any) -> None:
    before = snapshot(store.root)
    with pytest.raises(UserError, match=match):
        import_run(io.BytesIO(raw), store, **options)
    assert snapshot(store.root) == before


def test_there_and_back_byte_by_byte(run: StoredRun, zipped: Path, store: RunStore) -> None:
    found = import_run(zipped, store)
    assert found.record == run.record and found.path == store.root / run.id
    files = parts(zipped)
    assert {name: (run.path / name).read_bytes() for name in files} == files
    assert snapshot(found.path) == {**files, "model": None, "model/templates": None}
    assert set(files) >= {"record.json", "notes.json", "history.jsonl", "log.txt", "status.json"}
    assert not [name for name in files if name.startswith(("claims", "check", "cancel", "."))]
    assert read_notes(found.path).name == "mine"
    assert RunView.of(found).predictions("before") is not None
    assert [path.name for path in store.root.iterdir()] == [run.id]
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o755


def test_the_same_run_gives_the_same_file(run: StoredRun, zipped: Path, tmp_path: Path) -> None:
    assert export(run, tmp_path / "again.zip").read_bytes() == zipped.read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_an_open_file_is_read_too(zipped: Path, store: RunStore) -> None:
    with zipped.open("rb") as handle:
        import_run(handle, store)
    refused(zipped.read_bytes(), store, "^can't import upload.zip: .* already", name="upload.zip")


def test_a_deleted_run_may_come_back(zipped: Path, store: RunStore) -> None:
    delete(store, import_run(zipped, store).id)
    import_run(zipped, store)


def test_a_run_in_the_store_is_not_overwritten(zipped: Path, store: RunStore) -> None:
    import_run(zipped, store)
    refused(zipped.read_bytes(), store, "already")


def test_an_open_run_is_not_exported(tmp_path: Path) -> None:
    run = RunStore(tmp_path).create("select", {}, ["python"])
    with pytest.raises(UserError, match="queued"):
        export(run, tmp_path / "x.zip")
    LiveRun(run).start()
    with pytest.raises(UserError, match="running"):
        export(run, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_what_can_not_be_handed_on_is_not_exported(run: StoredRun, tmp_path: Path) -> None:
    output = tmp_path / "x.zip"
    (run.path / "model" / "weights.bin").touch()
    with pytest.raises(UserError, match=r"model/weights\.bin is of a kind"):
        export(run, output)
    (run.path / "model" / "weights.bin").unlink()
    (run.path / "model" / "vocab.json").symlink_to(run.path / "log.txt")
    with pytest.raises(UserError, match="link"):
        export(run, output)
    (run.path / "record.json").write_text("{")
    with pytest.raises(UserError, match="broken"):
        export(run, output)
    assert not output.exists()


def test_an_existing_file_is_not_overwritten(run: StoredRun, zipped: Path) -> None:
    before = zipped.read_bytes()
    with pytest.raises(UserError, match="there already"):
        export(run, zipped)
    assert zipped.read_bytes() == before


def test_a_full_disk_leaves_nothing(
    run: StoredRun, zipped: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(archive_module, "flush", full)
    with pytest.raises(UserError, match="No space left"):
        export(run, tmp_path / "full.zip")
    with pytest.raises(UserError, match="No space left"):
        import_run(zipped, store)
    monkeypatch.setattr(archive_module, "_copy", full)
    with pytest.raises(UserError, match="No space left"):
        import_run(zipped, store)
    assert sorted(tmp_path.rglob("*")) == before
    with pytest.raises(UserError, match="No such file"):
        export(run, tmp_path / "nowhere" / "x.zip")


def test_a_run_that_changes_meanwhile(
    run: StoredRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(path: Path) -> None:
        LiveRun(run).update(metrics={"seen": 4})

    monkeypatch.setattr(archive_module, "flush", change)
    with pytest.raises(UserError, match="changed while"):
        export(run, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_a_missing_file(store: RunStore, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        import_run(tmp_path / "nowhere.zip", store)
    with pytest.raises(UserError, match="directory"):
        import_run(tmp_path, store)


def test_no_zip_and_half_a_zip(zipped: Path, store: RunStore) -> None:
    raw = zipped.read_bytes()
    for other in (b"", b"x", b"no zip at all" * 99, raw[100:-100]):
        refused(other, store, "not a zip archive")
    for end in (10, 200, len(raw) // 2, len(raw) - 1):
        refused(raw[:end], store, "cut off or damaged")


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
def test_names_that_are_refused(name: str, run: StoredRun, zipped: Path, store: RunStore) -> None:
    files = {**parts(zipped), name: b"{}"}
    entries = [(info(key), raw) for key, raw in files.items()]
    refused(packed(entries, manifest_of(run.id, files)), store, NAMES[name])


@pytest.mark.parametrize(
    ("mode", "match"),
    [
        (stat.S_IFLNK | 0o777, "is a link"),
        (stat.S_IFIFO, "special"),
        (stat.S_IFCHR, "special"),
        (stat.S_IFDIR, "folder"),
    ],
)
def test_special_entries(mode: int, match: str, run: StoredRun, zipped: Path, store: RunStore):
    files = {**parts(zipped), "x.json": b"record.json"}
    entries = [(info(key, mode if key == "x.json" else 0), raw) for key, raw in files.items()]
    refused(packed(entries, manifest_of(run.id, files)), store, match)


def test_encrypted_and_oddly_compressed_entries(
    run: StoredRun, zipped: Path, store: RunStore
) -> None:
    files = parts(zipped)
    raw = bytearray(packed(files, manifest_of(run.id, files)))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    refused(bytes(raw), store, "encrypted")
    for kind in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        refused(packed(files, manifest_of(run.id, files), kind), store, "compressed in a way")


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
    names: tuple[str, str], match: str, run: StoredRun, zipped: Path, store: RunStore
) -> None:
    files = parts(zipped)
    entries: list[Any] = [*files.items(), *((name, b"{}") for name in names)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = packed(entries, manifest_of(run.id, {**files, **dict.fromkeys(names, b"{}")}))
    refused(raw, store, match)


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
    name: str, run: StoredRun, zipped: Path, store: RunStore
) -> None:
    files = parts(zipped)
    make, match = MANIFESTS[name]
    refused(packed(files, make(run.id, files)), store, match)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda record: {**record, "finished": None}, "running"),
        (lambda record: {**record, "finished": None, "started": None}, "queued"),
        (lambda record: {**record, "more": 1}, "more"),
        (lambda record: {**record, "metrics": 3}, "metrics"),
        (lambda record: {**record, "artifacts": {"model": "../../x"}}, "outside"),
        (lambda record: {**record, "artifacts": {"model": "c:/x"}}, "outside"),
        (lambda record: [], "record.json"),
    ],
)
def test_records_that_are_refused(
    change: Callable[[Any], Any], match: str, run: StoredRun, zipped: Path, store: RunStore
) -> None:
    files = parts(zipped)
    files["record.json"] = json.dumps(change(json.loads(files["record.json"]))).encode()
    refused(packed(files, manifest_of(run.id, files)), store, match)


def test_no_record(run: StoredRun, zipped: Path, store: RunStore) -> None:
    files = without(parts(zipped), "record.json")
    refused(packed(files, manifest_of(run.id, files)), store, r"no record\.json")


def test_too_many_entries(run: StoredRun, zipped: Path, store: RunStore) -> None:
    files = {**parts(zipped), **{f"{k}.md": b"" for k in range(MOST_ENTRIES)}}
    refused(packed(files, manifest_of(run.id, files)), store, "2000 is the most")


def test_a_directory_that_fills_the_memory(store: RunStore, monkeypatch) -> None:
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff" * 2
    size = MOST_AT_ONCE + 1
    raw = b"PK\x03\x04" + bytes(size) + end + size.to_bytes(4, "little") + bytes(6)
    refused(raw, store, "too many entries")


def test_too_large_by_what_it_says_and_by_what_it_is(
    run: StoredRun, zipped: Path, store: RunStore
) -> None:
    files = {**parts(zipped), "big.txt": b"x" * 400_000}
    raw = packed(files, manifest_of(run.id, files))
    refused(raw, store, "300,000 is the most", largest=300_000)
    lying = bytearray(raw)
    wrong = manifest_of(run.id, {**files, "big.txt": b"x" * 10})
    lying = bytearray(packed(files, wrong))
    for mark in (b"PK\x01\x02", b"PK\x03\x04"):
        place = lying.rindex(b"big.txt") if mark == b"PK\x01\x02" else lying.index(b"big.txt")
        start = lying.rindex(mark, 0, place)
        at = start + (24 if mark == b"PK\x01\x02" else 22)
        lying[at : at + 4] = (10).to_bytes(4, "little")
    refused(bytes(lying), store, "damaged|bytes|checksum", largest=300_000)


def test_a_bomb(run: StoredRun, zipped: Path, store: RunStore, monkeypatch) -> None:
    monkeypatch.setattr(archive_module, "HARMLESS", 1000)
    files = {**parts(zipped), "zeros.txt": bytes(20_000_000)}
    refused(packed(files, manifest_of(run.id, files)), store, f"more than {LARGEST_RATIO} times")
    inner = packed({"probabilities.npy": bytes(20_000_000)})
    files = {**parts(zipped), "predictions_after.npz": inner}
    raw = packed(files, manifest_of(run.id, files))
    refused(raw, store, r"predictions_after\.npz: .*more than")


def test_another_is_faster(
    zipped: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch, run: StoredRun
) -> None:
    check = archive_module._check_run

    def slow(*given: Any) -> None:
        check(*given)
        (store.root / run.id).mkdir()
        (store.root / run.id / "mine").touch()

    monkeypatch.setattr(archive_module, "_check_run", slow)
    with pytest.raises(UserError, match="meanwhile"):
        import_run(zipped, store)
    assert set(snapshot(store.root)) == {run.id, f"{run.id}/mine"}


def test_ids(run: StoredRun) -> None:
    assert is_run_id(run.id) and is_run_id(new_run_id("pretrain"))
    for text in ("", "x", f"{run.id}\n", f"{run.id}/..", run.id.upper(), f" {run.id}"):
        assert not is_run_id(text)


def test_on_the_command_line(
    run: StoredRun, tmp_path: Path, store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(*words: object) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(["runs", *map(str, words)])
        said = capsys.readouterr()
        return stop.value.code, said.out, said.err

    output = tmp_path / "mine.zip"
    assert call("export", run.id, "-o", output, "--store", run.path.parent)[:2] == (
        0,
        f"{output}\n",
    )
    status, out, _ = call("import", output, "--store", store.root, "--json")
    assert status == 0 and json.loads(out)["id"] == run.id
    status, out, err = call("import", output, "--store", store.root)
    assert (status, out) == (2, "") and err.startswith("can't import mine.zip: ")
    assert call("export", run.id, "-o", output, "--store", store.root)[0] == 2
    assert isinstance(read_run(store.root / run.id), StoredRun)
    with zipfile.ZipFile(output) as opened:
        assert opened.testzip() is None and opened.namelist()[-1] == MANIFEST
