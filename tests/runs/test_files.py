"""Files are replaced whole, also when two do it at once, and nothing is left of a failed one."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from core.runs import files
from core.runs.files import read_json, staging_folder, write_json, write_text


def test_two_threads_that_replace_one_file(tmp_path: Path) -> None:
    path, failed = tmp_path / "notes.json", []

    def write(value: int) -> None:
        try:
            for _ in range(50):
                write_json(path, [value] * 50)
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(value,)) for value in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and len(set(read_json(path))) == 1
    assert [found.name for found in tmp_path.iterdir()] == ["notes.json"]


def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_text(tmp_path / "x", "old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_text(tmp_path / "x", "new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_file_replaced_on_another_machine_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_json(tmp_path / "x", {"a": 1})
    read, stale = Path.read_text, [OSError(errno.ESTALE, "Stale file handle")]

    def stale_once(self: Path, **options: str) -> str:
        if stale:
            raise stale.pop()
        return read(self, **options)

    monkeypatch.setattr(Path, "read_text", stale_once)
    assert read_json(tmp_path / "x") == {"a": 1}


def test_a_staging_folder_is_renamed_or_removed(tmp_path: Path) -> None:
    with staging_folder(tmp_path) as staging:
        (staging / "x").touch()
        staging.rename(tmp_path / "done")
    with pytest.raises(ValueError, match="no"), staging_folder(tmp_path) as staging:
        raise ValueError("no")
    assert [path.name for path in tmp_path.rglob("*")] == ["done", "x"]


def test_an_object_has_a_line_a_key_and_long_lists_take_one_line(tmp_path: Path) -> None:
    value = {"a": {"b": [1, 2.5, {"c": "é"}], "d": {}}, "e": None, "f": {}, 'g"': [float("nan")]}
    write_json(tmp_path / "x", value)
    assert (tmp_path / "x").read_text().splitlines() == [
        "{",
        ' "a": {',
        '  "b": [1,2.5,{"c":"é"}],',
        '  "d": {}',
        " },",
        ' "e": null,',
        ' "f": {},',
        ' "g\\"": [null]',
        "}",
    ]
    assert read_json(tmp_path / "x") == {**value, 'g"': [None]}
    for plain in ([1, 2], {}, [], "text", None):
        write_json(tmp_path / "x", plain)
        assert read_json(tmp_path / "x") == plain
