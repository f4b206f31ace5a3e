"""Sweeps: what is done is skipped, what was stopped goes on, and two do no run twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.config import DistillConfig, SelectConfig
from core.errors import DataError
from core.jobs import workers
from core.jobs.kinds import command_for
from core.jobs.sweep import enqueue, report, sweep
from core.jobs.sweep_plan import Planned, State, plan, same_settings, standings
from core.runs.live import CANCEL, LiveRun
from core.runs.notes import read_notes
from core.runs.record import RunRecord, Status, now
from core.runs.store import RunStore, StoredRun
from core.runs.waiting import waiting
from tests.conftest import SHARED
from tests.processes import needs_proc
from tests.tiny import write_data, write_model

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "cached_runs" / "sweeps").glob("*.toml"))


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    path = tmp_path / "predictions.csv"
    rows = [
        f"{language},item-{item},0.{share},0.{100 - share}"
        for start, language in ((51, "en"), (55, "fr"), (59, "sw"))
        for item, share in enumerate(range(start, start + 30, 5))
    ]
    path.write_text("\n".join(["language,example,p_0,p_1", *rows]) + "\n")
    return path


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "store")


def write(folder: Path, predictions: Path, **block: Any) -> Path:
    """A sweep file of two thresholds and two seeds."""
    path = folder / "sweep.json"
    base = {"predictions": str(predictions), **block.pop("base", {})}
    one = {"kind": "select", "grid": {"threshold": [0.1, 0.2]}, "seeds": [0, 1], **block}
    path.write_text(json.dumps({"sweep": [{**one, "base": base}]}))
    return path


def states(planned: list[Planned], store: RunStore) -> list[State]:
    return [found.state for found in standings(planned, store)]


def test_a_sweep_computes_every_run_once(
    tmp_path: Path, predictions: Path, store: RunStore
) -> None:
    path = write(tmp_path, predictions, name="θ {threshold}, seed {seed}", tags=["a", "{strategy}"])
    planned = plan(path)
    assert states(planned, store) == [State.LEFT] * 4
    assert sweep(planned, store).taken == 4
    assert states(planned, store) == [State.DONE] * 4
    found = sorted(read_notes(run.path).name for run in store)
    assert found == ["θ 0.1, seed 0", "θ 0.1, seed 1", "θ 0.2, seed 0", "θ 0.2, seed 1"]
    assert all(read_notes(run.path).tags == ("a", "alsace") for run in store)
    before = {path: path.stat().st_mtime_ns for path in store.root.rglob("*")}
    assert sweep(plan(path), store).taken == 0
    assert {path: path.stat().st_mtime_ns for path in store.root.rglob("*")} == before


def test_a_run_made_by_hand_is_done(tmp_path: Path, predictions: Path, store: RunStore) -> None:
    planned = plan(write(tmp_path, predictions))
    command = [*planned[0].command[3:], "--store", str(store.root)]
    with pytest.raises(SystemExit):
        main(command)
    assert states(planned, store) == [State.DONE, *[State.LEFT] * 3]
    assert sweep(planned, store).taken == 3


def test_no_more_than_the_limit(tmp_path: Path, predictions: Path, store: RunStore) -> None:
    planned = plan(write(tmp_path, predictions))
    assert sweep(planned, store, limit=3).taken == 3
    assert len(store.paths()) == 3
    assert sweep(planned, store, limit=3).taken == 1


def record_of(config: DistillConfig, command: list[str] | None = None, **took: Any) -> RunRecord:
    """The record of a run with this config that settled some of it."""
    return RunRecord(
        id="20260101T000000-distill-000000",
        kind="distill",
        config={**config.model_dump(mode="json"), **took},
        command=command_for("distill", config) if command is None else command,
        submitted=now(),
    )


def test_settings_left_open_match_what_the_run_took() -> None:
    """A record holds the rates it settled on; they are no other run's settings."""
    record = record_of(DistillConfig(steps=7), learning_rate=1e-3, dropout=0.0)
    assert same_settings(Planned("distill", DistillConfig(steps=7)), record)
    assert same_settings(Planned("distill", DistillConfig(steps=7, learning_rate=1e-3)), record)
    assert not same_settings(Planned("distill", DistillConfig(steps=7, learning_rate=2e-3)), record)
    assert not same_settings(Planned("distill", DistillConfig(steps=8)), record)
    assert not same_settings(Planned("select", SelectConfig()), record)
    record.config["prediction_batch"] = 7  # the default of another day: how, not what
    assert same_settings(Planned("distill", DistillConfig(steps=7)), record)
    assert not same_settings(Planned("distill", DistillConfig(steps=7, prediction_batch=8)), record)


def test_a_rate_that_was_given_is_no_open_one() -> None:
    record = record_of(DistillConfig(learning_rate=1e-3))
    assert not same_settings(Planned("distill", DistillConfig()), record)


def test_another_default_of_old_is_another_setting() -> None:
    """A run made when 100 steps were the default is not one of today's 150."""
    record = record_of(DistillConfig(), command=["python", "-m", "core", "distill"], steps=100)
    assert not same_settings(Planned("distill", DistillConfig()), record)
    assert same_settings(Planned("distill", DistillConfig(steps=100)), record)


def test_a_setting_the_record_does_not_know_had_its_default() -> None:
    record = record_of(DistillConfig())
    record.config.pop("kl_weight")
    assert same_settings(Planned("distill", DistillConfig()), record)
    assert not same_settings(Planned("distill", DistillConfig(kl_weight=2.0)), record)
    assert same_settings(Planned("distill", DistillConfig(resume="x")), record)


def test_the_recorded_runs_are_found_again() -> None:
    """The three seeds of the fact world in the repository, though their records are settled."""
    runs = [run for run in RunStore(ROOT / "cached_runs") if isinstance(run, StoredRun)]
    for seed in (0, 1, 2):
        planned = Planned("distill", DistillConfig(seed=seed))
        assert [run.id for run in runs if same_settings(planned, run.record)]


def test_stopped_runs_go_on_and_failed_ones_begin_again(
    tmp_path: Path, predictions: Path, store: RunStore
) -> None:
    planned = plan(write(tmp_path, predictions))
    cancelled, failed, open_, held = (
        store.create(one.kind, one.config.model_dump(mode="json"), one.command) for one in planned
    )
    LiveRun(cancelled).cancel()
    LiveRun(failed).fail("the tensor burst")
    assert states(planned, store)[:3] == [State.STOPPED, State.LEFT, State.STOPPED]
    LiveRun(held).start()
    assert states(planned, store)[3] is State.RUNNING
    assert sweep(planned, store).taken == 3
    assert store.find(cancelled.id).record.attempts == 1
    assert store.find(cancelled.id).status is store.find(open_.id).status is Status.FINISHED
    assert store.find(failed.id).status is Status.FAILED
    assert store.find(held.id).status is Status.RUNNING
    assert states(planned, store) == [State.DONE] * 3 + [State.RUNNING]


def test_queued_runs_are_left_to_the_worker(
    tmp_path: Path, predictions: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(workers.NO_WORKER, "1")
    planned = plan(write(tmp_path, predictions))
    assert enqueue(planned, store, 7, limit=2).taken == 2
    assert [priority for _, priority in waiting(store.root)] == [7, 7]
    assert states(planned, store) == [State.QUEUED] * 2 + [State.LEFT] * 2
    assert sweep(planned, store).taken == 2
    assert enqueue(planned, store, 7).taken == 0
    assert len(store.paths()) == 4 and len(waiting(store.root)) == 2


def test_a_failure_does_not_stop_the_others(
    tmp_path: Path, predictions: Path, store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, predictions, grid={}, runs=[{"languages": "en,xx-none"}, {}])
    with pytest.raises(SystemExit) as stop:
        main(["sweep", "--config", str(path), "--store", str(store.root), "--json"])
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert stop.value.code == 1
    assert [row["state"] for row in found["runs"]] == ["failed", "failed", "done", "done"]
    assert found["runs"][0]["id"] is None and "xx-none" in found["runs"][0]["error"]
    assert found["counts"] == {"done": 2, "failed": 2} and found["left"] == 2
    assert "2 of 4 runs failed" in err and "Traceback" not in err
    assert len(store.paths()) == 2  # bad input leaves no run behind
    assert report(plan(path), store)["counts"] == {"done": 2, "to do": 2}
    with pytest.raises(SystemExit):
        main(["sweep", "--config", str(path), "--store", f"{store.root}-2", "--stop-on-failure"])
    assert RunStore(Path(f"{store.root}-2")).paths() == []


def test_a_dry_run_writes_nothing(
    tmp_path: Path, predictions: Path, store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, predictions)
    with pytest.raises(SystemExit) as stop:
        main(["sweep", "--config", str(path), "--store", str(store.root), "--dry-run"])
    lines = capsys.readouterr().out.splitlines()
    assert stop.value.code == 0 and lines[-1] == "4 runs: 4 to do; 4 left"
    assert lines[1].endswith(" ".join(plan(path)[1].command))
    assert not store.root.exists()


def test_one_run_is_no_plural(
    tmp_path: Path, predictions: Path, store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.json"
    block = {"kind": "select", "base": {"predictions": str(predictions)}}
    path.write_text(json.dumps({"sweep": [block]}), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["sweep", "--config", str(path), "--store", str(store.root), "--dry-run"])
    assert capsys.readouterr().out.splitlines()[-1] == "1 run: 1 to do; 1 left"


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        '[[sweep]]\nkind = "distil"\n[[sweep]]\nkind = "distill"\nname = "{stepz} {"\n'
        'tags = ["{stepz}"]\nbase = { stratgy = "none", data = "no-such-folder" }\n'
        'grid = { steps = [0, 1], strategy = ["best"] }\n[[sweep]]\nkind = "select"\n'
        'base = { languages = "en" }\n[[sweep]]\nkind = "select"\n'
        "base = { seed = 0 }\nseeds = [1]\n"
    )
    with pytest.raises(DataError) as error:
        plan(path)
    said = str(error.value)
    for part in (
        "bad.toml: 8 problems",
        "block 1 (distil), kind: no kind of run is called 'distil'",
        "block 2 (distill), stratgy: distill has no such setting; did you mean strategy?",
        "block 2 (distill), steps: Input should be greater than or equal to 1 (given: 0)",
        "block 2 (distill), strategy: Input should be 'alsace'",
        "block 2 (distill), name: '{stepz} {'",
        "block 2 (distill), tags: {stepz} is no setting of distill",
        "block 3 (select), languages: only en",
        "block 4 (select), seed: given beside seeds",
    ):
        assert part in said


def test_absolute_paths_are_recorded_relative_and_equal_runs_once(
    tmp_path: Path, predictions: Path
) -> None:
    path = write(tmp_path, predictions, grid={}, runs=[{}, {"strategy": "alsace"}], seeds=[])
    (one,) = plan(path)
    assert one.config.predictions == os.path.relpath(predictions)


def launch(path: Path, store: RunStore, **options: Any) -> subprocess.Popen[bytes]:
    """A sweep as a user starts one."""
    return subprocess.Popen(
        [sys.executable, "-m", "core", "sweep", "--config", str(path), "--store", str(store.root)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        **options,
    )


@needs_proc
def test_two_sweeps_side_by_side_do_no_run_twice(
    tmp_path: Path, predictions: Path, store: RunStore
) -> None:
    path = write(tmp_path, predictions, grid={"threshold": [0.1, 0.2, 0.3]}, seeds=list(range(10)))
    both = [launch(path, store, stderr=subprocess.PIPE) for _ in range(2)]
    said = [child.communicate(timeout=120)[1].decode() for child in both]
    assert [child.returncode for child in both] == [0, 0]
    shares = [text.count(" of 30] ") for text in said]
    assert sum(shares) == 30 and min(shares) > 0
    runs = [run for run in store if isinstance(run, StoredRun)]
    assert len(runs) == 30
    assert all((run.status, run.record.attempts) == (Status.FINISHED, 1) for run in runs)


def distilling(folder: Path, seeds: list[int], **settings: Any) -> Path:
    """A sweep of short distillations of a tiny model."""
    base = {
        "model": str(write_model(folder / "encoder")),
        "dataset": str(write_data(folder / "topics.csv", items=150)),
        "finetune_epochs": 12,
        "finetune_batch": 8,
        "finetune_learning_rate": 3e-3,
        "learning_rate": 1e-3,
        "max_length": 32,
        "steps": 30,
        "check_every": 10,
        "device": "cpu",
        **settings,
    }
    path = folder / "distilling.json"
    grid = {"strategy": ["alsace", "none"]}
    block = {"kind": "distill", "base": base, "grid": grid, "seeds": seeds}
    path.write_text(json.dumps(block))
    return path


def of_kind(store: RunStore, kind: str) -> list[StoredRun]:
    return [run for run in store if isinstance(run, StoredRun) and run.record.kind == kind]


@needs_proc
def test_two_sweeps_do_the_same_fine_tuning_once(tmp_path: Path, store: RunStore) -> None:
    """Both need it at the same moment: one does it, the other waits."""
    path = distilling(tmp_path, [0])
    both = [launch(path, store, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [child.wait(timeout=180) for child in both] == [0, 0]
    (parent,) = of_kind(store, "finetune")
    runs = of_kind(store, "distill")
    assert len(runs) == 2 and all(run.record.parents == [parent.id] for run in runs)
    assert parent.record.attempts == 1


@needs_proc
def test_an_interrupted_sweep_goes_on_where_it_was(tmp_path: Path, store: RunStore) -> None:
    path = distilling(tmp_path, [0], steps=200, check_every=50, checkpoint_seconds=0.0)
    first = launch(path, store, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not list(store.root.glob("*-distill-*/checkpoint/state.json")):
        assert first.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=60) == 130
    (cut,) = of_kind(store, "distill")
    assert cut.status is Status.CANCELLED and not (cut.path / "metrics").exists()
    assert states(plan(path), store) == [State.STOPPED, State.LEFT]
    rows = (cut.path / "history.jsonl").read_text().splitlines()
    assert launch(path, store, stderr=subprocess.DEVNULL).wait(timeout=200) == 0
    assert len(of_kind(store, "distill")) == 2 and len(of_kind(store, "finetune")) == 1
    assert store.find(cut.id).record.attempts == 2
    again = (cut.path / "history.jsonl").read_text().splitlines()
    assert len(rows) > 1 and again[: len(rows) - 1] == rows[:-1]  # not from its beginning


def test_a_run_cancelled_from_elsewhere_is_not_the_end_of_the_sweep(
    tmp_path: Path, predictions: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    start = LiveRun.start

    def cancelled_at_once(self: LiveRun) -> None:
        start(self)
        begun.append(self.id)
        if len(begun) == 1:
            (self.path / CANCEL).touch()

    monkeypatch.setattr(LiveRun, "start", cancelled_at_once)
    planned = plan(write(tmp_path, predictions))
    outcome = sweep(planned, store)
    assert outcome.taken == 4 and not outcome.interrupted and not outcome.failed
    assert states(planned, store) == [State.STOPPED] + [State.DONE] * 3


@pytest.mark.skipif(not SHARED.is_dir(), reason="the benchmarks' files are not beside the checkout")
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_sweeps_are_right(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    planned = plan(path)
    assert planned and len({one.key for one in planned}) == len(planned)
    assert len({one.name for one in planned}) == len(planned), "two runs of one name"
    assert all(one.tags for one in planned)


def test_there_are_shipped_sweeps() -> None:
    assert len(SHIPPED) >= 11
