"""How a worker process ends: its exit status, its record, and one word in its log."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.cli import main
from core.config import SelectConfig
from core.errors import UserError
from core.jobs import select, submit
from core.runs import process
from core.runs.files import write_json
from core.runs.live import CANCEL, LiveRun
from core.runs.record import Status
from core.runs.store import RunStore, StoredRun

MISSING = "no-such-predictions.csv"


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


@pytest.fixture
def queued(store: RunStore) -> StoredRun:
    config = SelectConfig(predictions=MISSING).model_dump(mode="json")
    return store.create("select", config, ["python"])


def work(store: RunStore, run: StoredRun) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["worker", "--run", run.id, "--store", str(store.root)])
    return int(str(stop.value.code))


def log(run: StoredRun) -> str:
    return (run.path / "log.txt").read_text(encoding="utf-8")


def test_bad_input_is_one_line_and_said_once(
    store: RunStore, queued: StoredRun, capfd: pytest.CaptureFixture[str]
) -> None:
    assert work(store, queued) == 2
    said = log(queued) + capfd.readouterr().err  # in a real worker both go to the log
    assert "Traceback" not in said
    assert said.count("is missing") == 1 and len(said.splitlines()) == 1
    assert MISSING in (store.find(queued.id).record.error or "")


def test_a_fault_is_one_traceback(
    store: RunStore,
    queued: StoredRun,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def burst(*_: Any) -> None:
        raise RuntimeError("the tensor burst")

    monkeypatch.setattr(select, "prepare", burst)
    assert work(store, queued) == 1
    said = log(queued) + capfd.readouterr().err
    assert said.count("Traceback") == 1 and said.count("RuntimeError: the tensor burst") == 1
    assert store.find(queued.id).record.error == "RuntimeError: the tensor burst"


def test_a_cancel_before_the_worker_began_is_heeded(store: RunStore, queued: StoredRun) -> None:
    (queued.path / CANCEL).touch()
    assert work(store, queued) == 130
    assert store.find(queued.id).status is Status.CANCELLED


def test_a_cancelled_run_is_not_begun(
    store: RunStore, queued: StoredRun, capsys: pytest.CaptureFixture[str]
) -> None:
    LiveRun(queued).cancel()
    assert work(store, queued) == 2
    assert "cancelled" in capsys.readouterr().err


class Worker:
    """Stands for the process that would be started."""

    started: list[list[str]]
    pid = os.getpid()

    def __init__(self, command: list[str], **_: Any) -> None:
        self.started.append(command)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    Worker.started = []
    fake = SimpleNamespace(Popen=Worker, DEVNULL=subprocess.DEVNULL)
    monkeypatch.setattr(submit, "subprocess", fake)
    return Worker.started


def test_resume_names_its_worker_and_opens_the_run(
    store: RunStore, queued: StoredRun, started: list[list[str]]
) -> None:
    live = LiveRun(queued)
    live.start()
    live.cancel()
    submit.start_worker(store, store.find(queued.id))
    assert started[0][-2:] == ["--run", queued.id]
    assert store.find(queued.id).status is Status.RUNNING
    assert '"stage": "starting its worker"' in (queued.path / "status.json").read_text()


@pytest.mark.skipif(process.identity()["boot_id"] is None, reason="this system has no /proc")
def test_a_run_has_one_worker(store: RunStore, queued: StoredRun, started: list[list[str]]) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        LiveRun(queued).start()
        write_json(queued.path / "status.json", process.identity(other.pid))
        try:
            with pytest.raises(UserError, match=f"process {other.pid}"):
                submit.start_worker(store, store.find(queued.id))
            assert work(store, queued) == 2
        finally:
            other.terminate()
    assert not started
