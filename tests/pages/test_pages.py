"""Every page on every kind of store, through Streamlit's own test runner."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.runs.store import StoredRun

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("overview", "teacher_selection", "self_distillation", "transfer_gap")


def open_page(name: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    if name != "overview":
        app.switch_page(f"../pages/{name}.py")
        app.run()
    return app


def text_of(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    return "\n".join(str(part.value) for part in parts)


@pytest.mark.parametrize("name", PAGES)
def test_no_exception(name: str, any_store: Path) -> None:
    app = open_page(name)
    assert not app.exception
    assert not [x.value for x in app.error if "This part of the page failed" in x.value]
    assert app.title[0].value


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


def test_teachers_by_hand(filled: dict[str, StoredRun]) -> None:
    app = open_page("teacher_selection", run=filled["demo"].id)
    app.toggle(key="by_hand").set_value(True).run()
    app.multiselect(key="teachers").set_value(["sw", "hi"]).run()
    assert not app.exception
    assert "Teachers (2)" in text_of(app)


def test_distil_with_these_teachers(
    filled: dict[str, StoredRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted = []

    def submit(store: object, kind: str, config: object) -> StoredRun:
        submitted.append((kind, config))
        return filled["running"]

    monkeypatch.setattr("dashboard.job_panel.submit", submit)
    app = open_page("teacher_selection", run=filled["select"].id)
    app.toggle(key="by_hand").set_value(True).run()
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
