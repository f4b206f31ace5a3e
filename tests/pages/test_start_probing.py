"""Runs on prompts started from the page Knowledge probing."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import DistillProbeConfig, ProbeConfig
from core.jobs.workers import NO_WORKER
from core.runs.store import RunStore
from dashboard.start_probing import DISTIL
from tests.pages.opened import open_page


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("CORE_STORE", str(tmp_path))
    monkeypatch.setenv(NO_WORKER, "1")
    return RunStore(tmp_path)


def test_a_probe_with_the_recommended_settings(store: RunStore) -> None:
    app = open_page("geomlama")
    app.button(key="start_probe").click().run()
    assert not app.exception
    [run] = store
    assert run.record.kind == "probe"
    assert ProbeConfig.model_validate(run.record.config) == ProbeConfig()
    assert run.id in app.query_params["run"]


def test_a_distillation_with_teachers_by_region(store: RunStore) -> None:
    app = open_page("geomlama")
    app.segmented_control(key="probing_kind").set_value(DISTIL).run()
    app.selectbox(key="distill_probe.teachers_by").set_value("region")
    app.number_input(key="distill_probe.steps").set_value(7)
    app.button(key="start_distill_probe").click().run()
    assert not app.exception
    [run] = store
    found = DistillProbeConfig.model_validate(run.record.config)
    wanted = DistillProbeConfig(teachers_by="region", steps=7, scorer="one-forward")
    assert found == wanted and run.record.kind == "distill_probe"


def test_what_is_wrong_stands_at_its_field_and_nothing_starts(store: RunStore) -> None:
    app = open_page("geomlama")
    app.text_input(key="probe.dataset").set_value("geomlama").run()
    assert any("folder of its public files" in x.value for x in app.error)
    assert app.button(key="start_probe").disabled
    assert not list(store)
