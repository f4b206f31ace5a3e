"""Runs as files: exported, imported, and refused where anything is wrong."""

from __future__ import annotations

import errno
import json
import os
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.errors import UserError
from core.runs import archive as archive_module
from core.runs.archive import export, import_run
from core.runs.archive_entries import MANIFEST
from core.runs.live import LiveRun
from core.runs.notes import read_notes
from core.runs.record import is_run_id, new_run_id
from core.runs.store import RunStore, StoredRun, read_run
from core.runs.trash import delete
from core.runs.view import RunView
from tests.runs.archives import check_refused, parts, snapshot


def test_there_and_back_byte_by_byte(whole: StoredRun, zipped: Path, store: RunStore) -> None:
    found = import_run(zipped, store)
    assert found.record == whole.record and found.path == store.root / whole.id
    files = parts(zipped)
    assert {name: (whole.path / name).read_bytes() for name in files} == files
    assert snapshot(found.path) == {**files, "model": None, "model/templates": None}
    assert set(files) >= {"record.json", "notes.json", "history.jsonl", "log.txt", "status.json"}
    assert not [name for name in files if name.startswith(("claims", "check", "cancel", "."))]
    assert read_notes(found.path).name == "mine"
    assert RunView.of(found).predictions("before") is not None
    assert [path.name for path in store.root.iterdir()] == [whole.id]
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o755


def test_the_same_run_gives_the_same_file(whole: StoredRun, zipped: Path, tmp_path: Path) -> None:
    assert export(whole, tmp_path / "again.zip").read_bytes() == zipped.read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_an_open_file_is_read_too(zipped: Path, store: RunStore) -> None:
    with zipped.open("rb") as handle:
        import_run(handle, store)
    check_refused(
        zipped.read_bytes(), store, "^can't import upload.zip: .* already", name="upload.zip"
    )


def test_a_deleted_run_may_come_back(zipped: Path, store: RunStore) -> None:
    delete(store, import_run(zipped, store).id)
    import_run(zipped, store)


def test_a_run_in_the_store_is_not_overwritten(zipped: Path, store: RunStore) -> None:
    import_run(zipped, store)
    check_refused(zipped.read_bytes(), store, "already")


def test_an_open_run_is_not_exported(tmp_path: Path) -> None:
    run = RunStore(tmp_path).create("select", {}, ["python"])
    with pytest.raises(UserError, match="queued"):
        export(run, tmp_path / "x.zip")
    LiveRun(run).start()
    with pytest.raises(UserError, match="running"):
        export(run, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_what_can_not_be_handed_on_is_not_exported(whole: StoredRun, tmp_path: Path) -> None:
    output = tmp_path / "x.zip"
    (whole.path / "model" / "weights.bin").touch()
    with pytest.raises(UserError, match=r"model/weights\.bin is of a kind"):
        export(whole, output)
    (whole.path / "model" / "weights.bin").unlink()
    (whole.path / "model" / "vocab.json").symlink_to(whole.path / "log.txt")
    with pytest.raises(UserError, match="link"):
        export(whole, output)
    (whole.path / "record.json").write_text("{")
    with pytest.raises(UserError, match="broken"):
        export(whole, output)
    assert not output.exists()


def test_an_existing_file_is_not_overwritten(whole: StoredRun, zipped: Path) -> None:
    before = zipped.read_bytes()
    with pytest.raises(UserError, match="there already"):
        export(whole, zipped)
    assert zipped.read_bytes() == before


def test_a_full_disk_leaves_nothing(
    whole: StoredRun, zipped: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(archive_module, "flush", full)
    with pytest.raises(UserError, match="No space left"):
        export(whole, tmp_path / "full.zip")
    with pytest.raises(UserError, match="No space left"):
        import_run(zipped, store)
    monkeypatch.setattr(archive_module, "_copy", full)
    with pytest.raises(UserError, match="No space left"):
        import_run(zipped, store)
    assert sorted(tmp_path.rglob("*")) == before
    with pytest.raises(UserError, match="No such file"):
        export(whole, tmp_path / "nowhere" / "x.zip")


def test_a_run_that_changes_meanwhile(
    whole: StoredRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(path: Path) -> None:
        LiveRun(whole).update(metrics={"seen": 4})

    monkeypatch.setattr(archive_module, "flush", change)
    with pytest.raises(UserError, match="changed while"):
        export(whole, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_a_missing_file(store: RunStore, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        import_run(tmp_path / "nowhere.zip", store)
    with pytest.raises(UserError, match="directory"):
        import_run(tmp_path, store)


def test_another_is_faster(
    zipped: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch, whole: StoredRun
) -> None:
    check = archive_module._check_run

    def slow(*given: Any) -> None:
        check(*given)
        (store.root / whole.id).mkdir()
        (store.root / whole.id / "mine").touch()

    monkeypatch.setattr(archive_module, "_check_run", slow)
    with pytest.raises(UserError, match="meanwhile"):
        import_run(zipped, store)
    assert set(snapshot(store.root)) == {whole.id, f"{whole.id}/mine"}


def test_ids(whole: StoredRun) -> None:
    assert is_run_id(whole.id) and is_run_id(new_run_id("pretrain"))
    for text in ("", "x", f"{whole.id}\n", f"{whole.id}/..", whole.id.upper(), f" {whole.id}"):
        assert not is_run_id(text)


def test_on_the_command_line(
    whole: StoredRun, tmp_path: Path, store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(*words: object) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(["runs", *map(str, words)])
        said = capsys.readouterr()
        return stop.value.code, said.out, said.err

    output = tmp_path / "mine.zip"
    assert call("export", whole.id, "-o", output, "--store", whole.path.parent)[:2] == (
        0,
        f"{output}\n",
    )
    status, out, _ = call("import", output, "--store", store.root, "--json")
    assert status == 0 and json.loads(out)["id"] == whole.id
    status, out, err = call("import", output, "--store", store.root)
    assert (status, out) == (2, "") and err.startswith("can't import mine.zip: ")
    assert call("export", whole.id, "-o", output, "--store", store.root)[0] == 2
    assert isinstance(read_run(store.root / whole.id), StoredRun)
    with zipfile.ZipFile(output) as opened:
        assert opened.testzip() is None and opened.namelist()[-1] == MANIFEST
