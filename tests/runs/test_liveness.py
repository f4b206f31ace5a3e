"""Whether somebody still computes a run: processes, cancelling, resuming."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import RunCancelledError, UserError
from core.runs import process
from core.runs.checkpoints import FOLDER
from core.runs.describe import listing
from core.runs.files import write_json
from core.runs.live import CANCEL, LiveRun
from core.runs.liveness import cancel, holder, is_lost, is_resumable, note_worker, requeue, standing
from core.runs.record import Status
from core.runs.store import RunStore, StoredRun, read_run
from core.runs.view import RunView

needs_proc = pytest.mark.skipif(
    process.identity()["boot_id"] is None, reason="this system has no /proc"
)


@pytest.fixture
def gone() -> dict[str, Any]:
    """The identity of a process that has ended."""
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ) as ended:
        return process.identity(ended.pid)


@pytest.fixture
def other() -> Iterator[dict[str, Any]]:
    """The identity of another process that lives."""
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ) as living:
        yield process.identity(living.pid)


@pytest.fixture
def run(tmp_path: Path) -> StoredRun:
    return RunStore(tmp_path).create("select", {}, ["python"])


def reread(run: StoredRun) -> StoredRun:
    found = read_run(run.path)
    assert isinstance(found, StoredRun)
    return found


def lost(run: StoredRun) -> str | None:
    return is_lost(RunView.of(reread(run)))


def running(run: StoredRun, worker: dict[str, Any]) -> LiveRun:
    live = LiveRun(run)
    live.start()
    write_json(run.path / "status.json", {"stage": "distilling", **worker})
    return live


def age(run: StoredRun) -> None:
    record = json.loads((run.path / "record.json").read_text())
    write_json(run.path / "record.json", {**record, "submitted": "2020-01-01T00:00:00+00:00"})


@needs_proc
def test_this_process_lives_and_one_that_ended_is_gone(gone: dict[str, Any]) -> None:
    own = process.identity()
    assert process.check(own) == (True, "")
    alive, reason = process.check(gone)
    assert alive is False and str(gone["pid"]) in reason
    assert process.check({**own, "pid_started": own["pid_started"] + 1})[0] is False


@needs_proc
def test_a_zombie_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    worker = process.identity(child.pid)
    assert child.stdout is not None
    child.stdout.read()  # it has ended, or is about to, and nobody has waited for it
    for _ in range(100):
        if process.check(worker)[0] is False:
            break
        subprocess.run(["sleep", "0.05"], check=True)
    assert process.check(worker)[0] is False
    child.stdout.close()
    child.wait()


@needs_proc
def test_another_machine_is_not_judged_and_a_restart_is() -> None:
    own = process.identity()
    assert process.check({**own, "boot_id": "x", "machine": "y"}) == (None, "")
    assert process.check({**own, "pid_space": "pid:[1]"}) == (None, "")
    assert process.check({**own, "boot_id": "x"}) == (False, "the machine was restarted since")
    for broken in ({}, {**own, "pid": "7"}, {**own, "boot_id": None}, {**own, "pid": -1}):
        assert process.check(broken) == (None, "")


@needs_proc
def test_a_running_run_is_lost_with_its_process(run: StoredRun, gone: dict[str, Any]) -> None:
    live = LiveRun(run)
    live.start()
    assert RunView.of(run).progress()["pid_started"]
    live.progress("distilling", 1, 9)
    assert lost(run) is None
    running(run, gone)
    assert "gone" in (lost(run) or "")
    assert standing(reread(run)) == "lost" and "lost" in listing([reread(run)])
    assert is_resumable(reread(run))
    live.finish()
    assert lost(run) is None
    assert is_lost(RunView(run.path, run.record.model_copy(update={"started": "x"}))) is None


def test_nobody_has_begun_a_queued_run(run: StoredRun) -> None:
    assert lost(run) is None and standing(run) == "queued"
    age(run)
    assert lost(run) == "no worker has begun it"
    assert standing(reread(run)) == "never started"
    (run.path / "log.txt").write_text("hello\n")
    assert lost(run) is None


@needs_proc
def test_a_worker_that_ended_before_it_began(run: StoredRun, gone: dict[str, Any]) -> None:
    note_worker(run, process.identity()["pid"])
    age(run)
    assert lost(run) is None  # alive: it may read its input for minutes
    write_json(run.path / "status.json", gone)
    assert "before it began" in (lost(run) or "")


def test_cancel_of_a_run_nobody_began(run: StoredRun) -> None:
    cancel(run)
    assert reread(run).status is Status.CANCELLED


@needs_proc
def test_cancel_of_a_lost_and_of_a_living_run(run: StoredRun, gone: dict[str, Any]) -> None:
    live = running(run, process.identity())
    cancel(reread(run))
    assert reread(run).status is Status.RUNNING
    with pytest.raises(RunCancelledError):
        live.check_cancelled()
    running(run, gone)
    cancel(reread(run))
    assert reread(run).status is Status.CANCELLED


@needs_proc
def test_cancel_never_undoes_an_end(run: StoredRun, gone: dict[str, Any]) -> None:
    stale = reread(run)
    running(run, gone).update(finished="2026-01-01T00:00:00+00:00", metrics={"kept": 1})
    cancel(stale)
    assert reread(run).record.metrics == {"kept": 1}
    assert reread(run).status is Status.FINISHED


def test_requeue_opens_a_cancelled_run(run: StoredRun) -> None:
    live = LiveRun(run)
    live.start()
    (run.path / CANCEL).touch()
    live.cancel()
    opened = requeue(run)
    assert opened.status is reread(run).status is Status.RUNNING
    assert not (run.path / CANCEL).exists()
    live.fail("why")
    with pytest.raises(UserError, match="failed"):
        requeue(run)


@needs_proc
def test_a_run_in_other_hands_is_left_alone(run: StoredRun, other: dict[str, Any]) -> None:
    running(run, other)
    assert holder(reread(run)) == other["pid"]
    with pytest.raises(UserError, match="being computed by process"):
        requeue(run)
    write_json(run.path / "status.json", process.identity())
    assert holder(reread(run)) is None


def test_a_failed_run_with_a_checkpoint_can_go_on(run: StoredRun) -> None:
    live = LiveRun(run)
    live.start()
    live.fail("the disk was full")
    assert not is_resumable(reread(run))
    (run.path / FOLDER).mkdir()
    (run.path / FOLDER / "state.json").write_text("{}")
    assert is_resumable(reread(run))
    opened = requeue(run)
    assert opened.status is reread(run).status is Status.RUNNING
    assert opened.record.error is None


@needs_proc
def test_a_run_another_machine_wrote_to_just_now_is_left_alone(run: StoredRun) -> None:
    running(run, {**process.identity(), "boot_id": "x", "machine": "y"})
    with pytest.raises(UserError, match="another machine"):
        requeue(run)
    status = run.path / "status.json"
    written = status.stat().st_mtime - 120
    os.utime(status, (written, written))
    assert requeue(run).status is Status.RUNNING
    assert not list(run.path.glob(".probe*"))
