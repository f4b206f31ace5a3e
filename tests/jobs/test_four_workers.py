"""Four workers on one store: every run is computed exactly once, and all four have a share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from core.config import SelectConfig
from core.jobs import workers
from core.jobs.submit import submit
from core.runs import claims
from core.runs.record import Status
from core.runs.store import RunStore, StoredRun, read_run
from core.runs.view import RunView
from core.runs.waiting import waiting
from tests.processes import needs_proc

ROOT = Path(__file__).resolve().parents[2]
WORKERS, JOBS = 4, 100
pytestmark = needs_proc


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


def launch(store: RunStore) -> subprocess.Popen[bytes]:
    """A worker as a user starts one."""
    return subprocess.Popen(
        [sys.executable, "-m", "core", "worker", "--store", str(store.root), "--device", "cpu"],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stderr=subprocess.DEVNULL,
    )


def worker_of(run: StoredRun) -> int:
    """The process that computed a run, once it is sure that no other one did."""
    found = read_run(run.path)
    assert isinstance(found, StoredRun), found.reason
    assert (found.status, found.record.attempts) == (Status.FINISHED, 1), found.record.error
    assert found.record.selection is not None and found.record.fingerprints["data"]
    assert [path.name for path in (run.path / claims.FOLDER).iterdir()] == ["1"]
    holding = claims.newest(run.path)
    assert holding.released
    log = RunView.of(found).log().decode().splitlines()
    assert [line.split(" ", 1)[1] for line in log] == ["finished"]
    assert not (run.path / "history.jsonl").exists()
    return int(holding.holder["pid"])


def test_a_hundred_runs_are_computed_once_each(
    tmp_path: Path, predictions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(workers.NO_WORKER, "1")
    store = RunStore(tmp_path / "store")
    runs = [
        submit(store, "select", SelectConfig(predictions=str(predictions), seed=seed))
        for seed in range(JOBS)
    ]
    started = [launch(store) for _ in range(WORKERS)]
    assert [one.wait(timeout=120) for one in started] == [0] * WORKERS
    assert waiting(store.root) == [] and len(store.paths()) == JOBS
    shares = Counter(worker_of(run) for run in runs)
    assert shares.total() == JOBS and len(shares) > 1
