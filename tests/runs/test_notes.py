"""Names, tags and notes of runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.cli import main
from core.errors import UserError
from core.runs.describe import describe, listing
from core.runs.notes import LONGEST_NAME, LONGEST_NOTE, NOTES, Notes, annotate, read_notes
from core.runs.store import RunStore
from core.runs.view import RunView


def test_a_run_without_notes(tmp_path: Path) -> None:
    assert read_notes(tmp_path) == Notes()


def test_changes_keep_the_rest(tmp_path: Path) -> None:
    annotate(tmp_path, name=" a\nname ", add=["lesson: collapse", "x", "x", " "])
    annotate(tmp_path, note="two\nlines")
    assert read_notes(tmp_path) == Notes("a name", ("lesson: collapse", "x"), "two\nlines")
    annotate(tmp_path, name="", remove=["x"], add=["y"])
    assert read_notes(tmp_path) == Notes("", ("lesson: collapse", "y"), "two\nlines")
    assert [path.name for path in tmp_path.iterdir()] == [NOTES]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "3", '{"name": 3}', '{"tags": "x"}', '{"tags": [1]}', "\x00\xff"]
)
def test_a_damaged_file_reads_as_empty_and_is_not_overwritten(content: str, tmp_path: Path) -> None:
    (tmp_path / NOTES).write_text(content, encoding="utf-8")
    notes = read_notes(tmp_path)
    assert notes.damaged and notes == Notes(damaged=notes.damaged)
    with pytest.raises(UserError, match=r"notes\.json"):
        annotate(tmp_path, name="new")
    assert (tmp_path / NOTES).read_text(encoding="utf-8") == content


def test_long_texts_are_refused(tmp_path: Path) -> None:
    for change in ({"name": "x" * (LONGEST_NAME + 1)}, {"note": "x" * (LONGEST_NOTE + 1)}):
        with pytest.raises(UserError, match="at most"):
            annotate(tmp_path, **change)
    with pytest.raises(UserError, match="tag"):
        annotate(tmp_path, add=["x" * 100])
    assert not (tmp_path / NOTES).exists()


def test_half_characters_are_neither_written_nor_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="surrogates"):
        annotate(tmp_path, name="\ud800")
    assert not list(tmp_path.iterdir())
    (tmp_path / NOTES).write_text(json.dumps({"name": "\ud800"}))
    assert read_notes(tmp_path).damaged
    (tmp_path / NOTES).write_text(json.dumps({"name": "\U0001f600"}))
    assert read_notes(tmp_path) == Notes("\U0001f600")


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = RunStore(tmp_path).create("select", {}, ["python"])
    words = ["runs", "note", run.id, "--store", str(tmp_path)]
    with pytest.raises(SystemExit) as stop:
        main([*words, "--name", "Mine", "--tag", "lesson: collapse", "--tag", "b", "--note", "N"])
    assert stop.value.code == 0
    assert RunView.of(run).notes() == Notes("Mine", ("lesson: collapse", "b"), "N")
    with pytest.raises(SystemExit):
        main([*words, "--untag", "b"])
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["runs", "list", "--store", str(tmp_path), "--json"])
    [row] = json.loads(capsys.readouterr().out)
    assert (row["name"], row["tags"]) == ("Mine", ["lesson: collapse"])
    for text in (listing([run]), describe(run.record, read_notes(run.path))):
        assert "Mine" in text and "[lesson: collapse]" in text
