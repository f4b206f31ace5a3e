"""Kill the worker at random moments, resume, and compare the end with an undisturbed run.

``python -m tests.jobs.kills --kills 200 --runs 20`` prints what happened; the tests do a short one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors.numpy import load_file

from core.config import DistillConfig
from core.jobs.kinds import command_for
from core.runs.liveness import requeue, standing
from core.runs.record import Status
from core.runs.store import BrokenRun, RunStore, StoredRun, read_run
from tests.tiny import write_data, write_model

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0
"""Seconds a run may take to its end once nobody kills it."""
SHARE_EARLY, EARLY = 0.2, 4.0
"""So many kills come within the first seconds, most of which a process spends on its imports; the
others come while it computes."""
FIRST_STAGE = "reading the input"
KEPT = ("metrics", "selection", "ledger", "badges", "warnings", "artifacts", "fingerprints")


@dataclass
class Tally:
    """What happened."""

    kills: int = 0
    runs: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    """Where the run was when its worker was killed."""


def config_of(folder: Path, seed: int) -> DistillConfig:
    """A short distillation of a tiny model, with a checkpoint after every step."""
    return DistillConfig(
        model=str(folder / "encoder"),
        dataset=str(folder / "topics.csv"),
        finetune="always",
        finetune_epochs=12,
        finetune_batch=8,
        finetune_learning_rate=3e-3,
        learning_rate=1e-3,
        max_length=32,
        steps=150,
        check_every=10,
        checkpoint_seconds=0.0,
        device="cpu",
        seed=seed,
    )


def prepare(folder: Path) -> None:
    """The tiny model and its data."""
    write_model(folder / "encoder")
    write_data(folder / "topics.csv", items=150)


def compute(store: RunStore) -> subprocess.Popen[bytes]:
    """A real worker on the queue of a store, with a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "core", "worker", "--store", str(store.root), "--device", "cpu"],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def disturb(folder: Path, seed: int, kills: int, rng: random.Random, tally: Tally) -> None:
    """One run whose worker is killed again and again; raises AssertionError if it shows.

    Args:
        folder: with the model and the data.
        seed: of the run.
        kills: how often, unless the run ends before.
        rng: of the moments.
        tally: added to.
    """
    config = config_of(folder, seed)
    plain, stores = RunStore(folder / f"plain-{seed}"), RunStore(folder / f"killed-{seed}")
    expected = outcome(_to_the_end(plain, _submit(plain, config)))
    lasts = _seconds_of_work(plain, _submit(plain, config))
    run = _submit(stores, config)
    tally.runs += 1
    for _ in range(kills):
        worker = compute(stores)
        if rng.random() < SHARE_EARLY:
            time.sleep(rng.uniform(0.2, EARLY))
        else:
            _wait_for_work(worker, run)
            time.sleep(rng.uniform(0, lasts))
        if worker.poll() is not None:
            break
        progress = _stage(run)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        tally.kills += 1
        tally.stages[progress] += 1
        check(stores, run)
        if standing(_read(run)) == "lost":
            requeue(_read(run))
    found = outcome(_to_the_end(stores, run))
    assert found == expected, f"seed {seed}: another end than undisturbed"


def check(store: RunStore, run: StoredRun) -> None:
    """Nothing is lost or broken, whatever the moment was."""
    for path in store.paths():
        found = read_run(path)
        assert isinstance(found, StoredRun), f"broken: {found.reason}"
    for _ in range(100):  # the system takes a moment to end a process
        state = standing(_read(run))
        if state != "running":
            break
        time.sleep(0.05)
    assert state in ("lost", "queued", "finished"), state


def outcome(run: StoredRun) -> dict[str, Any]:
    """All that a run found, its history and its weights, as plain values."""
    record = run.record.model_dump(mode="json")
    weights = load_file(run.path / "model" / "model.safetensors")
    arrays = sorted(path.name for path in run.path.glob("*.npz"))
    return {
        **{name: record[name] for name in KEPT},
        "history": (run.path / "history.jsonl").read_text(encoding="utf-8"),
        "weights": {name: value.tobytes() for name, value in weights.items()},
        "arrays": {name: load_arrays(run.path / name) for name in arrays},
    }


def load_arrays(path: Path) -> dict[str, bytes]:
    """Contents of an npz file (the archive itself holds times)."""
    import numpy as np

    with np.load(path, allow_pickle=False) as file:
        return {name: file[name].tobytes() for name in file.files}


def _submit(store: RunStore, config: DistillConfig) -> StoredRun:
    values = config.model_dump(mode="json")
    return store.create("distill", values, command_for("distill", config), priority=0)


def _to_the_end(store: RunStore, run: StoredRun) -> StoredRun:
    if standing(_read(run)) == "lost":
        requeue(_read(run))
    if _read(run).status is not Status.FINISHED:
        compute(store).wait(timeout=PATIENCE)
    found = _read(run)
    assert found.status is Status.FINISHED, f"{found.status}: {found.record.error}"
    return found


def _wait_for_work(worker: subprocess.Popen[bytes], run: StoredRun) -> None:
    """Wait until the worker has read the input, or ended."""
    before = _stamp(run)
    while worker.poll() is None and (_stamp(run) == before or _stage(run) == FIRST_STAGE):
        time.sleep(0.01)


def _seconds_of_work(store: RunStore, run: StoredRun) -> float:
    """How long an undisturbed run takes once it has read its input."""
    worker = compute(store)
    _wait_for_work(worker, run)
    began = time.monotonic()
    worker.wait(timeout=PATIENCE)
    return time.monotonic() - began


def _stamp(run: StoredRun) -> int:
    """Changes whenever the run says where it is."""
    try:
        return (run.path / "status.json").stat().st_mtime_ns
    except OSError:
        return 0


def _read(run: StoredRun) -> StoredRun:
    found = read_run(run.path)
    assert not isinstance(found, BrokenRun), f"broken: {found.reason}"
    return found


def _stage(run: StoredRun) -> str:
    try:
        status = json.loads((run.path / "status.json").read_text(encoding="utf-8"))
        return str(status["stage"])
    except (OSError, ValueError, KeyError):
        return "before it began"


def main(arguments: Sequence[str] | None = None) -> None:
    """Kill as often as asked over as many runs, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    rng, tally = random.Random(given.seed), Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        while tally.kills < given.kills or tally.runs < given.runs:
            each = max(1, -(-(given.kills - tally.kills) // max(1, given.runs - tally.runs)))
            disturb(folder, tally.runs, each, rng, tally)
            sys.stdout.write(f"run {tally.runs}: {tally.kills} kills so far, same end\n")
            sys.stdout.flush()
    for stage, count in tally.stages.most_common():
        sys.stdout.write(f"{count:>5}  killed while: {stage}\n")


if __name__ == "__main__":
    main()
