"""Which runs the guided path leads through."""

from __future__ import annotations

from pathlib import Path

from core.runs.store import RunStore, StoredRun
from dashboard.guide_steps import NEEDS_SEVERAL, compared_runs, guided_run, risen_most, steps
from tests.dashboard import compared_runs as made_up
from tests.dashboard import stored_runs

ROOT = Path(__file__).resolve().parents[2]


def newest_first(root: Path) -> list[StoredRun]:
    runs = [run for run in RunStore(root) if isinstance(run, StoredRun)]
    return sorted(runs, key=lambda run: run.id, reverse=True)


def test_an_empty_store_has_the_steps_but_no_views() -> None:
    path = steps([])
    assert 5 <= len(path) <= 7
    assert all(step.query is None and step.missing for step in path)


def test_a_demo_is_shown_and_a_missing_comparison_says_so(tmp_path: Path) -> None:
    demo = stored_runs.fill(tmp_path)["demo"]
    path = steps(newest_first(tmp_path))
    found = guided_run(newest_first(tmp_path))
    assert found is not None and found.run.id == demo.id
    missing = [step for step in path if step.query is None]
    assert [step.missing for step in missing] == [NEEDS_SEVERAL]
    assert {step.page: step.query for step in path}["transfer_gap"] == {"runs": demo.id}


def test_a_run_without_its_predictions_is_not_shown(tmp_path: Path) -> None:
    demo = stored_runs.fill(tmp_path)["demo"]
    (demo.path / "predictions_after.npz").unlink()
    assert guided_run([demo]) is None


def test_strategies_of_one_seed_are_compared(tmp_path: Path) -> None:
    made_up.fill(tmp_path, {"scale": (1.0, 2.0), "none": (1.0, 2.0), "alsace": (3.0, 4.0)})
    found = compared_runs(newest_first(tmp_path))
    named = [(run.record.config["strategy"], run.record.config["seed"]) for run in found]
    assert named == [("none", 0), ("alsace", 0)]
    assert compared_runs(found[:1]) == []


def test_the_language_that_rose_most(tmp_path: Path) -> None:
    trial = guided_run([stored_runs.fill(tmp_path)["demo"]])
    assert trial is not None
    rises = {x: trial.after[x] - trial.before[x] for x in trial.before}
    assert rises[risen_most(trial)] == max(rises.values())


def test_the_recorded_runs_have_every_step() -> None:
    path = steps(newest_first(ROOT / "cached_runs"))
    assert all(step.query is not None for step in path)
