"""A run that comes into the store moves nobody's selection."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.runs import claims
from core.runs.store import StoredRun
from tests.dashboard import stored_runs
from tests.pages.opened import open_page

ONE_RUN = ("teacher_selection", "self_distillation")
LATER = "20300101T00000{}-demo-00000a"


def picker(app: AppTest) -> Any:
    """The list of runs on the page."""
    one = [x for x in app.selectbox if x.key == "run"]
    return one[0] if one else app.multiselect(key="runs")


def let_runs_arrive(app: AppTest, filled: dict[str, StoredRun], count: int = 2) -> None:
    """Add newer runs, one by one, while the page is open."""
    before = len(picker(app).options)
    for number in range(count):
        stored_runs.copy(filled["demo"].path, LATER.format(number))
        app.run()
        assert not app.exception
    assert len(picker(app).options) == before + count


@pytest.mark.parametrize("name", ONE_RUN)
@pytest.mark.parametrize("chosen", [True, False], ids=["chosen", "the newest"])
def test_the_run_looked_at_stays(name: str, chosen: bool, filled: dict[str, StoredRun]) -> None:
    app = open_page(name)
    if chosen:
        app.selectbox(key="run").select(filled["demo"].id).run()
    looked_at = app.selectbox(key="run").value
    let_runs_arrive(app, filled)
    assert app.selectbox(key="run").value == looked_at
    assert looked_at in app.query_params["run"]


@pytest.mark.parametrize("name", ONE_RUN)
def test_a_page_opens_on_what_was_computed_here(name: str, filled: dict[str, StoredRun]) -> None:
    """Runs that were brought in are newer, but nobody here has waited for them."""
    shutil.rmtree(stored_runs.copy(filled["demo"].path, LATER.format(0)) / claims.FOLDER)
    brought = LATER.format(0)
    assert open_page(name).selectbox(key="run").value != brought
    for run in filled.values():
        shutil.rmtree(run.path / claims.FOLDER, ignore_errors=True)
    assert open_page(name).selectbox(key="run").value == brought


@pytest.mark.parametrize("name", ONE_RUN)
def test_it_stays_on_another_page_too(name: str, filled: dict[str, StoredRun]) -> None:
    app = open_page(name)
    looked_at = app.selectbox(key="run").value
    app.switch_page("../pages/transfer_gap.py").run()
    stored_runs.copy(filled["demo"].path, LATER.format(0))
    app.switch_page(f"../pages/{name}.py").run()
    assert app.selectbox(key="run").value == looked_at


@pytest.mark.parametrize("chosen", [True, False], ids=["chosen", "the newest"])
def test_the_runs_compared_stay(chosen: bool, filled: dict[str, StoredRun]) -> None:
    app = open_page("transfer_gap")
    if chosen:
        app.multiselect(key="runs").set_value([filled["select"].id]).run()
    compared = list(app.multiselect(key="runs").value)
    let_runs_arrive(app, filled)
    assert list(app.multiselect(key="runs").value) == compared
    assert all(run_id in app.query_params["runs"] for run_id in compared)


def test_no_run_compared_stays_none(filled: dict[str, StoredRun]) -> None:
    app = open_page("transfer_gap")
    app.multiselect(key="runs").set_value([]).run()
    assert "Choose one run or more above." in [x.value for x in app.info]
    let_runs_arrive(app, filled)
    assert list(app.multiselect(key="runs").value) == []


def test_settings_stay_with_their_run(filled: dict[str, StoredRun]) -> None:
    app = open_page("teacher_selection", run=filled["demo"].id)
    slider = app.slider(key="theta")
    slider.set_value(slider.max).run()
    let_runs_arrive(app, filled)
    assert app.slider(key="theta").value == slider.max
