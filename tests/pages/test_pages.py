"""Every page on every kind of store, through Streamlit's own test runner."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.runs.files import write_json
from core.runs.notes import annotate
from core.runs.store import StoredRun
from core.runs.waiting import waiting
from dashboard.labels import again
from tests.dashboard import stored_runs
from tests.pages.opened import open_page, with_files
from tests.processes import needs_proc

PAGES = (
    "overview",
    "teacher_selection",
    "self_distillation",
    "geomlama",
    "answer_ranks",
    "transfer_gap",
    "compare_runs",
    "runs",
)


def text_of(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    return "\n".join(str(part.value) for part in parts)


@pytest.mark.parametrize("name", PAGES)
def test_no_exception(name: str, any_store: Path) -> None:
    app = open_page(name)
    assert not app.exception
    assert not [x.value for x in app.error if "This part of the page failed" in x.value]
    assert app.title[0].value


@pytest.mark.parametrize("name", ["teacher_selection", "self_distillation", "runs"])
@pytest.mark.parametrize("state", ["running", "lost"])
def test_an_open_run_is_shown(name: str, state: str, filled: dict[str, StoredRun]) -> None:
    run = filled["running"]
    if state == "lost":
        stored_runs.lose(run)
    app = open_page(name, run=run.id)
    assert not app.exception and not app.error
    assert state in text_of(app)


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_help(name: str, filled: dict[str, StoredRun]) -> None:
    app = open_page(name)
    controls = [
        *app.selectbox,
        *app.multiselect,
        *app.slider,
        *app.button,
        *app.toggle,
        *app.number_input,
        *app.text_input,
    ]
    assert controls
    assert not [x.label for x in controls if not getattr(x, "help", "")]


@pytest.mark.parametrize("name", PAGES)
def test_empty_state_says_what_to_do(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "none"))
    app = open_page(name)
    said = " ".join(x.value for x in app.info)
    assert "demo" in said.lower()
    assert not (tmp_path / "none").exists()


def test_linked_run_is_shown(filled: dict[str, StoredRun]) -> None:
    app = open_page("self_distillation", run=filled["demo"].id)
    assert app.selectbox(key="run").value == filled["demo"].id
    assert "levelled up" in text_of(app)
    assert app.metric


def test_choice_is_written_to_the_url(filled: dict[str, StoredRun]) -> None:
    app = open_page("teacher_selection")
    app.selectbox(key="run").select(filled["select"].id).run()
    assert filled["select"].id in app.query_params["run"]
    assert "transductive" in text_of(app)


def test_unknown_link_is_named(filled: dict[str, StoredRun]) -> None:
    app = open_page("transfer_gap", runs="19990101T000000-demo-ffffff")
    assert not app.exception
    assert any("19990101T000000" in x.value for x in app.warning)


def test_threshold_moves_the_teachers(filled: dict[str, StoredRun]) -> None:
    app = open_page("teacher_selection", run=filled["demo"].id)
    slider = app.slider(key="theta")
    assert slider.value == pytest.approx(1 / 12)
    before = text_of(app)
    slider.set_value(slider.max).run()
    assert not app.exception
    assert "No language reaches this threshold" in text_of(app)
    assert "Teachers (0)" in text_of(app) and "Teachers (0)" not in before
    assert app.button(key="distil_now").disabled


def test_the_controls_start_from_the_runs_own_choice(filled: dict[str, StoredRun]) -> None:
    for name, changes in (
        ("demo", {"selection": {"threshold": 0.0845}}),
        ("select", {"config": {"strategy": "by-hand"}, "selection": {"teachers": ["fr", "sw"]}}),
        ("collapse", {"config": {"strategy": "proximity", "neighbours": 2}}),
    ):
        place = filled[name].path / "record.json"
        record = json.loads(place.read_text())
        for part, values in changes.items():
            record[part] |= values
        place.write_text(json.dumps(record))
    app = open_page("teacher_selection", run=filled["demo"].id)
    assert app.slider(key="theta").value == pytest.approx(0.0845)
    app.selectbox(key="run").select(filled["select"].id).run()
    assert app.selectbox(key="strategy").value == "by-hand"
    assert set(app.multiselect(key="teachers").value) == {"fr", "sw"}
    app.selectbox(key="run").select(filled["demo"].id).run()
    assert not app.exception
    assert app.selectbox(key="strategy").value == "alsace"
    assert app.slider(key="theta").value == pytest.approx(0.0845)
    app.selectbox(key="run").select(filled["collapse"].id).run()
    assert not app.exception
    assert app.selectbox(key="strategy").value == "proximity"
    assert app.slider(key="neighbours").value == 2


def test_teachers_by_hand(filled: dict[str, StoredRun]) -> None:
    app = open_page("teacher_selection", run=filled["demo"].id)
    app.selectbox(key="strategy").select("by-hand").run()
    app.multiselect(key="teachers").set_value(["sw", "hi"]).run()
    assert not app.exception
    assert "Teachers (2)" in text_of(app)
    app.multiselect(key="teachers").set_value([]).run()
    assert not app.exception
    assert any("name at least one language" in x.value for x in app.error)
    assert app.button(key="distil_now").disabled


def test_distil_with_these_teachers(
    filled: dict[str, StoredRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted = []

    def submit(store: object, kind: str, config: object) -> StoredRun:
        submitted.append((kind, config))
        return filled["running"]

    monkeypatch.setattr("dashboard.job_panel.submit", submit)
    app = open_page("teacher_selection", run=filled["select"].id)
    app.selectbox(key="strategy").select("by-hand").run()
    app.multiselect(key="teachers").set_value(["en", "fr"]).run()
    app.button(key="distil_now").click().run()
    assert not app.exception
    [(kind, config)] = submitted
    assert kind == "distill"
    assert config.strategy == "by-hand" and set(config.teachers) == {"en", "fr"}
    assert (config.dataset, config.seed) == ("sib200", 1)


def test_collapse_is_named_and_texts_are_escaped(filled: dict[str, StoredRun]) -> None:
    app = open_page("self_distillation", run=filled["collapse"].id)
    assert any("collapse at step 60" in x.value for x in app.warning)
    assert "<script>" not in text_of(app).replace("\\<script\\>", "")
    app = open_page("transfer_gap", runs=filled["collapse"].id)
    assert "<script>" not in text_of(app).replace("\\<script\\>", "")


def test_running_job_can_be_cancelled(filled: dict[str, StoredRun]) -> None:
    run = filled["running"]
    app = open_page("self_distillation", run=run.id)
    app.button(key=f"cancel_{run.id}").click().run()
    assert (run.path / "cancel").exists()


def test_form_refuses_bad_values(filled: dict[str, StoredRun]) -> None:
    app = open_page("self_distillation")
    [key] = [x.key for x in app.text_input if x.key and x.key.endswith("learning_rate")][:1] or [""]
    app.text_input(key=key).set_value("fast").run()
    assert not app.exception
    assert any("number" in x.value for x in app.error)
    assert app.button(key="start_distill").disabled


@needs_proc
@pytest.mark.parametrize("name", ["overview", "self_distillation", "teacher_selection"])
def test_pages_open_on_a_lost_run(name: str, filled: dict[str, StoredRun]) -> None:
    stored_runs.lose(filled["running"])
    app = open_page(name, run=filled["running"].id)
    assert not app.exception
    assert any("This run is lost" in x.value for x in app.warning)
    assert app.button(key=f"resume_{filled['running'].id}")


@needs_proc
def test_a_lost_run_is_resumed_or_cancelled(
    filled: dict[str, StoredRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, started = filled["running"], []
    monkeypatch.setattr("core.jobs.workers.start", lambda _, device: started.append(device))
    stored_runs.lose(run)
    app = open_page("self_distillation", run=run.id)
    app.button(key=f"resume_{run.id}").click().run()
    assert started == ["auto"] and run.id in dict(waiting(run.path.parent))
    app = open_page("self_distillation", run=run.id)
    assert any("no worker runs" in x.value for x in app.caption)
    app.button(key="start_worker").click().run()
    app.button(key=f"cancel_{run.id}").click().run()
    assert not app.exception
    assert any("was cancelled" in x.value for x in app.info)
    app.button(key=f"resume_{run.id}").click().run()
    assert started == ["auto"] * 3


def test_a_queued_run_nobody_began(filled: dict[str, StoredRun]) -> None:
    record = filled["running"].record.model_dump(mode="json")
    write_json(filled["running"].path / "record.json", {**record, "started": None})
    (filled["running"].path / "claims" / "1" / "released").touch()
    app = open_page("self_distillation", run=filled["running"].id)
    assert any("never started" in x.value for x in app.warning)
    assert app.button(key=f"resume_{filled['running'].id}")


def test_a_missing_model_is_said_with_its_command(filled: dict[str, StoredRun]) -> None:
    run = filled["collapse"]
    app = open_page("self_distillation", run=run.id)
    assert any("model of this run is not here" in x.value for x in app.info)
    shown = [x.value for x in app.code]
    assert again(run.record) in shown and " ".join(run.record.command) in shown
    (run.path / "model").mkdir()
    app = open_page("self_distillation", run=run.id)
    assert not any("model of this run is not here" in x.value for x in app.info)


def test_names_tags_and_notes(filled: dict[str, StoredRun]) -> None:
    annotate(filled["demo"].path, name="A name of mine")
    app = open_page("overview")
    [table] = [x.value for x in app.dataframe if "Name" in x.value]
    assert "A name of mine" in list(table["Name"])
    assert ["lesson: collapse"] in [list(tags) for tags in table["Tags"]]
    app = open_page("self_distillation", run=filled["collapse"].id)
    assert "lesson\\: collapse" in text_of(app)
    assert "Kept as a lesson" in text_of(app)


def test_items_right_in_all_languages(filled: dict[str, StoredRun]) -> None:
    (filled["collapse"].path / "predictions_before.npz").unlink()
    names = [filled[name].id for name in ("demo", "select", "collapse")]
    app = open_page("transfer_gap", runs=names)
    assert not app.exception and not app.error
    said = [x.value for x in app.markdown if x.value.startswith("Right in all 12 languages")]
    assert len(said) == 2
    assert "before and" in said[0] and "decidedly more" in said[0]
    assert "before" not in said[1]
    assert "Nothing to count" in text_of(app)
    with_files(app, *(f"languages_right_{name}" for name in names[:2]))
    tables = [x.value for x in app.dataframe if "expected" in x.value]
    assert [len(table) for table in tables] == [26, 13]
    assert tables[0].groupby("when")["items"].sum().tolist() == [150, 150]
