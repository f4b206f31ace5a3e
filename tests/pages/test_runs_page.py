"""The page Runs: every button of it does what the command line's verb does."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.runs import trash
from core.runs.archive import export
from core.runs.checkpoints import COMPLETE, TRAINING
from core.runs.notes import read_notes
from core.runs.store import RunStore, StoredRun
from tests.dashboard import stored_runs
from tests.pages.opened import open_page
from tests.pages.test_pages import text_of


def open_on(*runs: StoredRun) -> AppTest:
    """The page with these runs ticked by a link."""
    app = open_page("runs", run=[run.id for run in runs])
    assert not app.exception
    return app


def store_of(run: StoredRun) -> RunStore:
    return RunStore(run.path.parent)


def submit(app: AppTest, label: str) -> None:
    """Press the button of a form."""
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception


def test_name_tags_and_note_are_written(filled: dict[str, StoredRun]) -> None:
    app = open_on(filled["demo"])
    next(x for x in app.text_input if x.label == "Name").set_value("The first one")
    next(x for x in app.multiselect if x.label == "Tags").set_value(["lesson: collapse"])
    next(x for x in app.text_area if x.label == "Note").set_value(stored_runs.MISCHIEF)
    submit(app, "Save")
    notes = read_notes(filled["demo"].path)
    assert notes.name == "The first one" and notes.tags == ("lesson: collapse",)
    assert notes.note == stored_runs.MISCHIEF
    assert stored_runs.MISCHIEF not in text_of(app)  # escaped
    assert "The first one" in [x.value for x in app.subheader]


def test_a_run_is_deleted_and_the_click_undone(filled: dict[str, StoredRun]) -> None:
    run = filled["collapse"]
    app = open_on(run)
    app.button(key="delete").click().run()
    assert not run.path.exists() and "is in the trash" in text_of(app)
    app.button(key="undo").click().run()
    assert run.path.is_dir() and not trash.trashed(store_of(run))
    assert "is in the trash" not in text_of(app)


def test_several_are_deleted_and_one_that_runs_is_not(filled: dict[str, StoredRun]) -> None:
    app = open_on(filled["demo"], filled["select"], filled["running"])
    app.button(key="delete").click().run()
    store = store_of(filled["demo"])
    assert {run.id for run in trash.trashed(store)} == {filled["demo"].id, filled["select"].id}
    assert filled["running"].path.is_dir()
    assert "cancel it" in text_of(app) and "2 runs are in the trash" in text_of(app)
    app.run()
    assert "cancel it" not in text_of(app)  # said once


def test_the_trash_is_emptied(filled: dict[str, StoredRun]) -> None:
    store = store_of(filled["demo"])
    trash.delete(store, filled["demo"].id)
    app = open_page("runs")
    app.button(key="empty_trash").click().run()
    assert not app.exception and not trash.trashed(store)
    assert "The trash is empty" in text_of(app)


def test_checkpoints_are_removed(filled: dict[str, StoredRun]) -> None:
    run = filled["collapse"]
    place = run.path / TRAINING
    place.mkdir()
    (place / COMPLETE).write_text("{}" + " " * 2_000_000)
    app = open_on(run)
    assert "2.0 MB are deleted for good" in text_of(app)
    app.button(key="tidy").click().run()
    assert not app.exception and not place.exists() and run.path.is_dir()


def test_an_exported_run_is_imported(filled: dict[str, StoredRun], tmp_path: Path) -> None:
    run = filled["demo"]
    archive = export(run, tmp_path / "run.zip").read_bytes()
    record = (run.path / "record.json").read_bytes()
    trash.delete(store_of(run), run.id)
    app = open_page("runs")
    app.file_uploader[0].upload("run.zip", archive, "application/zip")
    submit(app, "Import")
    assert (run.path / "record.json").read_bytes() == record
    assert app.button(key="delete")  # it is ticked


def test_a_bad_upload_is_named_and_nothing_is_kept(filled: dict[str, StoredRun]) -> None:
    before = set(filled["demo"].path.parent.iterdir())
    app = open_page("runs")
    app.file_uploader[0].upload("../../evil.zip", b"PK\x03\x04 no more", "application/zip")
    submit(app, "Import")
    assert any("evil" in x.value and "cut off or damaged" in x.value for x in app.error)
    assert set(filled["demo"].path.parent.iterdir()) == before
    submit(app, "Import")
    assert "Choose a file first" in text_of(app)


def test_a_new_run_moves_no_tick(filled: dict[str, StoredRun]) -> None:
    app = open_on(filled["select"])
    stored_runs._start(store_of(filled["demo"]), "demo", stored_runs.DemoConfig())
    app.run()
    assert not app.exception
    assert filled["select"].id in app.query_params["run"]


def test_broken_runs_can_be_deleted(tmp_path: Path, monkeypatch) -> None:
    root = tmp_path / "runs"
    stored_runs.damage(root)
    monkeypatch.setenv("CORE_STORE", str(root))
    store = RunStore(root)
    broken = [run for run in store if not isinstance(run, StoredRun)]
    assert broken
    app = open_on(broken[0])
    assert "can't be read" in text_of(app)
    app.button(key="delete").click().run()
    assert not broken[0].path.exists()
