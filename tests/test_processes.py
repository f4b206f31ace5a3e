"""Two processes compute what one computes; only one of them writes; they end together."""

from __future__ import annotations

import json
import os
import signal
import time
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from core import processes
from core.config import BalanceConfig, Config, DistillConfig, QaTrainConfig
from core.jobs.kinds import command_for
from core.jobs.runner import run_now
from core.processes import Place, dealt, share
from core.runs.live import CANCEL
from core.runs.record import Status
from core.runs.store import RunStore, StoredRun
from tests.balancing.balanced import tiny, write_folder
from tests.data.qa import files
from tests.launched import ranks, started
from tests.processes import needs_proc
from tests.tiny import write_data, write_model

STEPS = 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("together")
    write_model(made / "encoder", max_position_embeddings=96)
    write_data(made / "topics.csv", items=90)
    write_folder(made / "texts")
    files.xquad(made / "public", count=6)
    files.write(made / "own.en.json", files.articles("en", 4, prefix="s", titles="first "))
    return made


def distillation(folder: Path, **changes: Any) -> DistillConfig:
    values = {
        "model": str(folder / "encoder"),
        "dataset": str(folder / "topics.csv"),
        "finetune_epochs": 2,
        "finetune_learning_rate": 3e-3,
        "learning_rate": 1e-3,
        "steps": STEPS,
        "batch": 5,
        "anchor_batch": 3,
        "check_every": 12,
        "max_length": 32,
        "dropout": 0.0,
        "device": "cpu",
        "checkpoint_seconds": 0.0,
        **changes,
    }
    return DistillConfig(**values)


def config_of(kind: str, folder: Path) -> Config:
    if kind == "distill":
        return distillation(folder)
    if kind == "balance":
        return BalanceConfig.model_validate(
            tiny(
                dataset=str(folder / "texts"),
                sizes="en:1,fr:0.5,sw:0.25",
                test_share=0.2,
                batch=7,
                steps=STEPS,
                check_every=8,
                dropout=0.0,
            ).model_dump()
        )
    return QaTrainConfig(
        model=str(folder / "encoder"),
        dataset="xquad",
        data=str(folder / "public"),
        stage1_dataset=str(folder / "own.en.json"),
        stage1_epochs=2,
        stage1_batch=7,
        epochs=3,
        batch=7,
        targets=1,
        max_length=80,
        shown_questions=2,
        dropout=0.0,
        device="cpu",
    )


def launched(kind: str, config: Config, store: Path) -> tuple[int, str, str]:
    """Exit status, record and words of a run that two processes compute."""
    process = started(command_for(kind, config)[3:], store)
    out, words = process.communicate(timeout=280)
    return process.returncode, out, words


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (path / "history.jsonl").read_text().splitlines()]


def numbers(value: Any, place: str = "") -> dict[str, float]:
    """Every number of a nested JSON value, by where it stands."""
    if isinstance(value, dict):
        return {k: v for n, x in value.items() for k, v in numbers(x, f"{place}.{n}").items()}
    if isinstance(value, list):
        return {k: v for n, x in enumerate(value) for k, v in numbers(x, f"{place}.{n}").items()}
    return {place: value} if isinstance(value, int | float) else {}


def assert_the_same(one: Path, two: Path) -> None:
    """History, metrics and weights within what the order of sums changes."""
    first, second = (json.loads((x / "record.json").read_text()) for x in (one, two))
    rounded = first["kind"] == "qa_train"  # its history has five digits, its epochs have all
    for mine, theirs in zip(rows_of(one), rows_of(two), strict=True):
        tolerance = 1e-4 if rounded else 1e-5
        assert numbers(theirs) == pytest.approx(numbers(mine), abs=1e-5, rel=tolerance)
    epochs = [numbers(x["metrics"].get("epochs")) for x in (first, second)]
    assert epochs[1] == pytest.approx(epochs[0], abs=1e-5, rel=1e-5) and bool(epochs[0]) != (
        first["kind"] == "distill"
    )
    found = [numbers(x["metrics"]) for x in (first, second)]
    timed = [name for name in found[0] if "seconds" in name or "per_second" in name]
    for own in found:
        for name in timed:
            del own[name]
    assert found[1] == pytest.approx(found[0], abs=1e-3, rel=1e-4)
    assert second["environment"]["processes"] == 2 and "processes" not in first["environment"]
    weights = [sorted(x.rglob("*.safetensors")) for x in (one, two)]
    assert [x.relative_to(one) for x in weights[0]] == [x.relative_to(two) for x in weights[1]]
    if rounded:  # softmax over tokens leaves whole directions of the weights undecided
        return
    for mine, theirs in zip(*weights, strict=True):
        other = load_file(theirs)
        for name, values in load_file(mine).items():
            if name.endswith("key.bias"):  # its gradient is nothing but rounding
                continue
            np.testing.assert_allclose(other[name], values, atol=2e-4, err_msg=name)


@pytest.mark.parametrize(
    "kind", ["distill", *(pytest.param(x, marks=pytest.mark.slow) for x in ("qa_train", "balance"))]
)
def test_two_processes_end_where_one_does(kind, folder, tmp_path):
    config = config_of(kind, folder)
    one = run_now(kind, config, RunStore(tmp_path / "one"))
    status, out, words = launched(kind, config, tmp_path / "two")
    assert status == 0, words
    made = json.loads(out)  # said once, by one process
    assert made["finished"] and words.count("finished") == 1
    assert len(rows_of(one.path)) > STEPS / 8
    assert_the_same(one.path, tmp_path / "two" / made["id"])
    assert {x.record.kind for x in RunStore(tmp_path / "two").readable()} == {
        x.record.kind for x in RunStore(tmp_path / "one").readable()
    }
    leftovers = [x for x in (tmp_path / "two").rglob("*") if "tmp" in x.name or ".new" in x.name]
    assert not leftovers and not list((tmp_path / "two").glob("*/checkpoint*"))


def run_in(store: Path, kind: str, seconds: float = 120) -> StoredRun:
    """The run of a kind, once it has a history of a few steps."""
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        for run in RunStore(store).readable() if store.exists() else ():
            history = run.path / "history.jsonl"
            if run.record.kind == kind and history.exists() and len(rows_of(run.path)) > 3:
                return run
        time.sleep(0.05)
    raise AssertionError("the run never began")


@pytest.mark.slow
def test_a_cancel_ends_both_and_two_go_on(folder, tmp_path):
    config = distillation(folder, steps=400, check_every=200)
    process = started(command_for("distill", config)[3:], tmp_path / "two")
    run = run_in(tmp_path / "two", "distill")
    (run.path / CANCEL).touch()
    _, words = process.communicate(timeout=120)
    assert process.returncode != 0
    assert words.count(f"run {run.id} was cancelled") == 1
    stopped = RunStore(tmp_path / "two").find(run.id)
    assert stopped.status is Status.CANCELLED
    done = len(rows_of(run.path))
    assert 3 < done < 400 and (run.path / "checkpoint" / "state.json").exists()

    again = started(["distill", "--resume", run.id], tmp_path / "two")
    out, words = again.communicate(timeout=240)
    assert again.returncode == 0, words
    assert json.loads(out)["id"] == run.id
    whole = run_now("distill", config, RunStore(tmp_path / "one"))
    assert_the_same(whole.path, run.path)


@pytest.mark.slow
@needs_proc
@pytest.mark.parametrize("rank", [0, 1])
def test_a_killed_process_takes_the_other_with_it(rank, folder, tmp_path):
    process = started(
        command_for("distill", distillation(folder, steps=4000))[3:], tmp_path / "two"
    )
    run = run_in(tmp_path / "two", "distill")
    every = ranks(process.pid)
    assert sorted(every) == [0, 1]
    os.kill(every[rank], signal.SIGKILL)
    _, words = process.communicate(timeout=120)
    assert process.returncode != 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in every.values())
    found = RunStore(tmp_path / "two").find(run.id)
    if rank == 1:
        assert found.status is Status.FAILED
        assert words.count("another process of this run failed: it ended without a word") <= 2
        assert "it ended without a word" in (found.record.error or "")
    assert not [x for x in run.path.iterdir() if x.name.endswith(".tmp")]


@pytest.mark.slow
def test_bad_input_is_said_once_and_nothing_is_written(folder, tmp_path):
    config = distillation(folder, threshold=5.0)
    process = started(command_for("distill", config)[3:], tmp_path / "two")
    out, words = process.communicate(timeout=120)
    assert process.returncode != 0 and not out
    assert words.count("--threshold: 5") == 1
    assert not list((tmp_path / "two").glob("2*"))


@pytest.mark.slow
def test_what_one_process_computes_is_refused(tmp_path):
    process = started(["probe", "--model", "built-in"], tmp_path / "two")
    _, words = process.communicate(timeout=120)
    assert words.count("probe is computed by one process; leave out accelerate launch") == 1


def as_process(monkeypatch: pytest.MonkeyPatch, rank: int, total: int) -> None:
    monkeypatch.setattr(processes, "place", lambda: Place(rank, total, rank))


@pytest.mark.parametrize(("count", "among"), [(7, None), (1, None), (0, None), (5, 2), (5, 0)])
def test_every_row_is_somebodys(monkeypatch, count, among):
    rows, found = np.arange(count), []
    for rank in range(3):
        as_process(monkeypatch, rank, 3)
        mine = share(rows, among)
        assert share(torch.from_numpy(rows), among).tolist() == mine.tolist()
        if among is not None and rank >= among:
            assert not len(mine)
        found += mine.tolist()
    assert sorted(found) == (rows.tolist() if among != 0 else [])


@pytest.mark.parametrize("batches", [[[5, 6], [1], [2, 3], [4]], [[1]], []])
def test_all_have_as_many_rounds(monkeypatch, batches):
    rounds = []
    for rank in range(3):
        as_process(monkeypatch, rank, 3)
        rounds.append(list(dealt(batches)))
    assert len({len(one) for one in rounds}) == 1
    assert sorted(x for one in rounds for some, _ in one for x in some) == sorted(
        chain.from_iterable(batches)
    )
    assert [done for _, done in rounds[0]] == {4: [5, 6], 1: [1], 0: []}[len(batches)]


def test_one_process_needs_no_launcher(monkeypatch):
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    monkeypatch.setenv("WORLD_SIZE", "8")
    processes.place.cache_clear()
    assert processes.place() == Place()
    processes.place.cache_clear()
    assert processes.everyones(3) == [3] and processes.any_of(True)
    assert processes.from_main(lambda: 4) == 4
    assert list(dealt([[1, 2], [3]])) == [([1, 2], 2), ([3], 3)]
    assert share([1, 2]) == [1, 2]


def test_who_is_who_stands_in_the_environment(monkeypatch):
    for name, value in {"MASTER_ADDR": "x", "RANK": "3", "WORLD_SIZE": "4"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LOCAL_RANK", "1")
    processes.place.cache_clear()
    try:
        assert processes.place() == Place(3, 4, 1)
        assert not processes.is_main()
    finally:
        processes.place.cache_clear()
