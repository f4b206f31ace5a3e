"""Whether somebody still computes a run: processes, cancelling, resuming."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from core.errors import ClaimLostError, RunCancelledError, UserError
from core.runs import claims, liveness, process
from core.runs import live as live_module
from core.runs.checkpoints import TRAINING
from core.runs.describe import listing
from core.runs.live import CANCEL, LiveRun
from core.runs.liveness import (
    SILENCE,
    Watch,
    cancel,
    is_lost,
    is_resumable,
    requeue,
    standing,
    take_up,
)
from core.runs.record import Status
from core.runs.store import BrokenRun, RunStore, StoredRun, read_run
from core.runs.view import RunView
from core.runs.waiting import is_waiting, line_up, waiting
from tests.processes import needs_proc


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
    """A run that a process began."""
    found = claims.newest(run.path)
    if not found.released:
        claims.Claim(run.path / "claims" / str(found.number)).release()
    live = LiveRun(run, claims.take(run.path, claims.newest(run.path), worker))
    live.start()
    return live


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
    live = running(run, process.identity())
    live.progress("distilling", 1, 9)
    assert lost(run) is None
    running(run, gone)
    assert "gone" in (lost(run) or "")
    assert standing(reread(run)) == "lost" and "lost" in listing([reread(run)])
    assert is_resumable(reread(run))
    claims.note_end(run.path, gone["pid"], 9)
    assert "SIGKILL" in (lost(run) or "") and "memory" in (lost(run) or "")
    assert is_lost(RunView(run.path, run.record.model_copy(update={"finished": "x"}))) is None


def test_a_queued_run_waits_or_was_never_started(run: StoredRun) -> None:
    assert "in no queue" in (lost(run) or "")
    assert standing(run) == "never started" and is_resumable(run)
    line_up(run.path)
    assert lost(run) is None and standing(run) == "queued"


def test_cancel_of_a_run_nobody_began(run: StoredRun) -> None:
    line_up(run.path)
    cancel(run)
    assert reread(run).status is Status.CANCELLED
    assert not is_waiting(run.path)


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


def test_requeue_lines_a_cancelled_run_up(run: StoredRun) -> None:
    live = LiveRun(run)
    live.start()
    (run.path / CANCEL).touch()
    live.cancel()
    opened = requeue(run, priority=2)
    assert opened.status is reread(run).status is Status.QUEUED
    assert waiting(run.path.parent) == [(run.id, 2)]
    assert not (run.path / CANCEL).exists()
    again = LiveRun(opened)
    again.start()
    assert not is_waiting(run.path)
    again.fail("why")
    with pytest.raises(UserError, match="failed"):
        requeue(run)


@needs_proc
def test_a_run_in_other_hands_is_left_alone(run: StoredRun, other: dict[str, Any]) -> None:
    running(run, other)
    for take in (requeue, take_up):
        with pytest.raises(UserError, match=f"held by process {other['pid']}"):
            take(run)
    with pytest.raises(UserError, match="held by process"):
        LiveRun(run).start()
    assert reread(run).status is Status.RUNNING


@needs_proc
def test_who_was_taken_for_dead_writes_no_more(run: StoredRun, gone: dict[str, Any]) -> None:
    stalled = running(run, gone)
    after = take_up(run)
    after.start()
    for write in (
        lambda: stalled.progress("distilling", 1, 9),
        stalled.finish,
        lambda: stalled.update(metrics={"a": 1}),
    ):
        with pytest.raises(ClaimLostError):
            write()
    assert reread(run).record.attempts == 2 and reread(run).record.metrics == {}


def test_a_failed_run_with_a_checkpoint_can_go_on(run: StoredRun) -> None:
    live = LiveRun(run)
    live.start()
    live.fail("the disk was full")
    assert not is_resumable(reread(run))
    (run.path / TRAINING).mkdir()
    (run.path / TRAINING / "state.json").write_text("{}")
    assert is_resumable(reread(run))
    opened = take_up(run)
    assert opened.record.error is None and opened.claim is not None
    assert claims.newest(run.path).is_alive()[0]


@needs_proc
def test_another_machine_is_known_by_its_heartbeat(
    run: StoredRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(liveness.time, "monotonic", lambda: clock[0])
    live = running(run, {**process.identity(), "boot_id": "x", "machine": "y"})
    watch, view = Watch(), RunView.of(reread(run))
    assert is_lost(view) is None and is_lost(view, watch) is None
    clock[0] += SILENCE - 1
    live.note_status("a long step")
    assert is_lost(view, watch) is None
    with pytest.raises(UserError, match="another machine"):
        requeue(run, watch)
    clock[0] += SILENCE + 1
    assert "no sign" in (is_lost(view, watch) or "")
    assert is_lost(view, Watch()) is None  # one that has just begun to look can't tell
    requeue(run, watch)
    with pytest.raises(ClaimLostError):
        live.check_cancelled()


@needs_proc
def test_a_machine_that_went_with_a_waiting_run_does_not_keep_it(
    run: StoredRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(liveness.time, "monotonic", lambda: clock[0])
    line_up(run.path)
    away = {**process.identity(), "boot_id": "x", "machine": "y"}
    claims.take(run.path, claims.newest(run.path), away)  # and then its power failed
    watch, view = Watch(), RunView.of(run)
    assert is_lost(view) is None and is_lost(view, watch) is None
    clock[0] += SILENCE + 1
    assert "no sign" in (is_lost(view, watch) or "")
    requeue(run, watch, priority=1)
    assert waiting(run.path.parent) == [(run.id, 1)] and is_lost(view, watch) is None


def test_an_end_is_never_written_over_a_record_that_cannot_be_read(
    run: StoredRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = BrokenRun(run.id, run.path, "record.json can't be read: Input/output error")
    monkeypatch.setattr(liveness, "read_run", lambda _: broken)
    before = (run.path / "record.json").read_bytes()
    with pytest.raises(UserError, match="broken"):
        requeue(run)
    cancel(run)
    assert (run.path / "record.json").read_bytes() == before
    assert claims.newest(run.path).released


def test_the_heart_beats_through_a_long_step(
    run: StoredRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "BEAT_SECONDS", 0.01)
    live = LiveRun(run)
    live.start()
    view = RunView.of(run)

    def beat() -> int:
        return int((view.progress() or {})["heartbeat"])

    first = beat()
    with live.beating():
        for _ in range(200):
            if beat() > first + 2:
                break
            time.sleep(0.01)
    assert beat() > first + 2 and (view.progress() or {})["stage"] == "starting"
