"""The worker: how it takes runs, how each ends, and what stands in record and log."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.config import DemoConfig, SelectConfig
from core.errors import UserError
from core.jobs import select, submit, worker, workers
from core.runs import claims
from core.runs.checkpoints import TRAINING
from core.runs.live import CANCEL, LiveRun
from core.runs.liveness import standing
from core.runs.record import Status
from core.runs.store import BrokenRun, RunStore, StoredRun, read_run
from core.runs.view import RunView
from core.runs.waiting import waiting
from tests.processes import needs_proc

MISSING = "no-such-predictions.csv"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


@pytest.fixture
def queued(store: RunStore) -> StoredRun:
    return queue(store)


def queue(store: RunStore, priority: int = 0, **config: Any) -> StoredRun:
    made = SelectConfig(predictions=MISSING, **config).model_dump(mode="json")
    return store.create("select", made, ["python"], priority=priority)


def log(run: StoredRun) -> str:
    return RunView.of(run).log().decode()


def test_bad_input_is_one_line_and_said_once(store: RunStore, queued: StoredRun) -> None:
    assert worker.serve(store) == 0
    assert "Traceback" not in log(queued)
    assert log(queued).count("is missing") == 1 and len(log(queued).splitlines()) == 1
    assert MISSING in (store.find(queued.id).record.error or "")
    assert waiting(store.root) == []


def test_a_fault_is_one_traceback(
    store: RunStore, queued: StoredRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: Any) -> None:
        os.write(1, b"a library's own words\n")
        raise RuntimeError("the tensor burst")

    monkeypatch.setattr(select, "prepare", burst)
    later = queue(store)
    assert worker.serve(store) == 0
    assert log(queued).count("Traceback") == 1 and "a library's own words" in log(queued)
    assert log(queued).count("RuntimeError: the tensor burst") == 1
    assert store.find(queued.id).record.error == "RuntimeError: the tensor burst"
    assert store.find(later.id).status is Status.FAILED  # the worker went on


def test_a_cancel_before_the_worker_began_is_heeded(store: RunStore, queued: StoredRun) -> None:
    (queued.path / CANCEL).touch()
    worker.serve(store)
    assert store.find(queued.id).status is Status.CANCELLED


def test_the_highest_priority_goes_first(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(select, "prepare", lambda *_: lambda run: order.append(run.id))
    runs = [queue(store, priority) for priority in (0, 5, -3)]
    worker.serve(store)
    assert order == [runs[1].id, runs[0].id, runs[2].id]
    assert all(store.find(run.id).status is Status.FINISHED for run in runs)


def test_a_worker_of_a_gpu_leaves_the_others_runs_alone(store: RunStore) -> None:
    queue(store, device="cpu")
    on_gpu = queue(store, device="auto")
    taken = worker.take_next(store, gpu=True)
    assert taken is not None and taken.id == on_gpu.id
    assert worker.take_next(store, gpu=True) is None


def test_a_sign_of_a_run_that_is_over_is_cleared(store: RunStore, queued: StoredRun) -> None:
    live = LiveRun(queued)
    live.start()
    live.finish()
    (store.root / ".queue" / queued.id).touch()
    (store.root / ".queue" / "20200101T000000-select-000000").touch()  # of no run
    assert worker.take_next(store) is None
    assert store.find(queued.id).status is Status.FINISHED
    assert [name for name, _ in waiting(store.root)] == ["20200101T000000-select-000000"]


def test_a_worker_that_is_too_slow_leaves_no_second_claim(
    store: RunStore, queued: StoredRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(path: Path) -> StoredRun | BrokenRun:
        seen = read_run(path)
        monkeypatch.setattr(worker, "read_run", read_run)
        worker.serve(store)  # another takes the run, and is through with it, at this very moment
        return seen

    monkeypatch.setattr(worker, "read_run", overtaken)
    assert worker.take_next(store) is None
    assert [path.name for path in (queued.path / "claims").iterdir()] == ["1"]


def test_a_record_that_cannot_be_read_for_a_moment_keeps_its_place(
    store: RunStore, queued: StoredRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([queued, BrokenRun(queued.id, queued.path, "Stale file handle")])
    monkeypatch.setattr(worker, "read_run", lambda _: next(answers))
    assert worker.take_next(store) is None
    assert waiting(store.root) == [(queued.id, 0)]
    assert claims.newest(queued.path).released


def test_a_run_whose_start_cannot_be_written_is_tried_once(
    store: RunStore, queued: StoredRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def full(run: LiveRun, work: object) -> None:
        tries.append(run.id)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(worker, "compute", full)
    assert worker.serve(store) == 0
    assert tries == [queued.id]


def test_a_worker_that_waits_tries_such_a_run_again(
    store: RunStore, queued: StoredRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def full_at_first(run: LiveRun, work: Any) -> None:
        tries.append(run.id)
        if len(tries) == 1:
            raise OSError(28, "No space left on device")
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(worker, "compute", full_at_first)
    monkeypatch.setattr(worker, "RETRY", 0.1)
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.02)
    assert worker.serve(store, wait=True) == 130
    assert tries == [queued.id] * 2
    assert claims.newest(queued.path).released


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The devices workers were started on, instead of starting any."""
    found: list[str] = []
    monkeypatch.setattr(workers, "start", lambda _, device: found.append(device))
    return found


def test_submitting_queues_and_starts_a_worker_unless_one_runs(
    store: RunStore, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = submit.submit(store, "select", SelectConfig(predictions=MISSING), 3)
    assert waiting(store.root) == [(run.id, 3)] and started == ["auto"]
    place = workers._place(store, "auto")
    place.mkdir(parents=True)
    claims.take(place, claims.newest(place))
    submit.submit(store, "select", SelectConfig(predictions=MISSING))
    assert started == ["auto"]
    (place / "claims" / "1" / "released").touch()
    monkeypatch.setenv(workers.NO_WORKER, "1")
    submit.submit(store, "select", SelectConfig(predictions=MISSING))
    assert started == ["auto"] and len(waiting(store.root)) == 3


def test_resume_queues_the_run_again(
    store: RunStore, queued: StoredRun, started: list[str]
) -> None:
    live = LiveRun(queued)
    live.start()
    live.cancel()
    submit.resume(store, store.find(queued.id), priority=1)
    assert waiting(store.root) == [(queued.id, 1)] and started == ["auto"]
    with pytest.raises(UserError, match="nothing is left"):
        live = LiveRun(store.find(queued.id))
        live.start()
        live.finish()
        submit.resume(store, store.find(queued.id))


def cli(*words: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(str(stop.value.code))


def test_the_command_line_queues(
    store: RunStore, started: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.csv"
    file.write_text("language,example,p_0,p_1\nen,a,0.9,0.1\nsw,a,0.6,0.4\n")
    words = ("select", "--predictions", str(file), "--store", str(store.root))
    assert cli(*words, "--queue", "2") == 0
    [(name, priority)] = waiting(store.root)
    assert priority == 2 and name in capsys.readouterr().out and started == ["auto"]
    assert cli("select", "--predictions", MISSING, "--store", str(store.root), "--queue", "0") == 2
    assert len(store.paths()) == 1


def launch(store: RunStore, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "core", "worker", "--store", str(store.root), *words],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def launched(store: RunStore) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts real workers; none outlives the test."""
    found: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> subprocess.Popen[bytes]:
        found.append(launch(store, *words))
        return found[-1]

    yield start
    for one in found:
        if one.poll() is None:
            one.terminate()
        one.wait(timeout=30)


def until(found: Callable[[], Any], seconds: float = 60) -> Any:
    for _ in range(int(seconds / 0.05)):
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


@needs_proc
@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGSEGV])
def test_the_queue_goes_on_after_a_run_that_kills_the_worker(
    store: RunStore, way: signal.Signals, launched: Callable[..., Any]
) -> None:
    stuck = store.create("demo", DemoConfig().model_dump(mode="json"), [], priority=1)
    after = queue(store)
    one = launched()
    until(lambda: store.find(stuck.id).status is Status.RUNNING)
    os.kill(claims.newest(stuck.path).holder["pid"], way)
    assert one.wait(timeout=60) == 0
    assert store.find(after.id).status is Status.FAILED  # it was computed: its file is missing
    found = store.find(stuck.id)
    assert standing(found) == "lost"
    assert claims.newest(stuck.path).signal == way


@needs_proc
def test_a_worker_that_is_told_to_end_cancels_its_run(
    store: RunStore, launched: Callable[..., Any]
) -> None:
    one = launched("--wait")
    until(lambda: list(store.root.glob(".workers/*/claims/1/holder.json")))
    time.sleep(0.2)
    one.terminate()
    assert one.wait(timeout=30) in (130, 143)
    assert not list(store.root.glob(".workers/*"))


@needs_proc
def test_one_worker_on_demand(store: RunStore, launched: Callable[..., Any]) -> None:
    first = launched("--on-demand", "--wait")
    until(lambda: workers.is_working(store))
    assert launched("--on-demand").wait(timeout=30) == 0
    first.terminate()
    first.wait(timeout=30)
    assert not workers.is_working(store)


def test_a_failed_run_with_a_checkpoint_is_resumed(store: RunStore, queued: StoredRun) -> None:
    worker.serve(store)
    (queued.path / TRAINING).mkdir()
    (queued.path / TRAINING / "state.json").write_text("{}")
    with pytest.raises(UserError, match="is missing"):
        worker.resume(store, queued.id)
    assert store.find(queued.id).record.attempts == 2
