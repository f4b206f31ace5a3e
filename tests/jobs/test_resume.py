"""Stopped anywhere, resumed: the same record and the same weights as an undisturbed run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.numpy import load_file

from core.config import Config, DistillConfig, FinetuneConfig, PretrainConfig
from core.errors import RunCancelledError
from core.jobs.runner import run_now
from core.jobs.worker import resume
from core.models.heads import classification
from core.runs.live import CANCEL, LiveRun
from core.runs.record import Status
from core.runs.store import RunStore, StoredRun
from tests.tiny import write_data, write_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("resume")
    write_model(made / "encoder")
    write_data(made / "topics.csv", items=90)
    return made


def tuned(folder: Path, **changes: Any) -> dict[str, Any]:
    return {
        "model": str(folder / "encoder"),
        "dataset": str(folder / "topics.csv"),
        "finetune_epochs": 4,
        "finetune_batch": 8,
        "finetune_learning_rate": 3e-3,
        "learning_rate": 1e-3,
        "max_length": 32,
        "checkpoint_seconds": 0.0,
        **changes,
    }


def configs(folder: Path) -> dict[str, Config]:
    values = tuned(folder, finetune="always")
    del values["learning_rate"]
    return {
        "finetune": FinetuneConfig(**values),
        "distill": DistillConfig(**tuned(folder, steps=6, check_every=3, finetune="always")),
        "self-training": DistillConfig(
            **tuned(folder, steps=6, check_every=3, method="self-training-all", dropout=0.1),
            stop_on_collapse=False,
        ),
        "adapters": DistillConfig(
            **tuned(folder, steps=6, check_every=3, finetune="always", lora=2),
            teacher_mode="ema",
        ),
        "proximity": DistillConfig(
            **tuned(folder, steps=6, check_every=3, strategy="proximity", neighbours=1),
            teacher_mode="ema",
        ),
        "pretrain": PretrainConfig(
            languages=("en", "sw"),
            steps=7,
            batch=4,
            layers=1,
            hidden=16,
            heads=2,
            vocabulary=400,
            restatements=20,
            name_pairs=20,
            parallel_texts=40,
            contrast_batch=4,
            checkpoint_seconds=0.0,
        ),
    }


def outcome(run: StoredRun) -> tuple[dict[str, Any], Any]:
    """What must be equal: all that was found, and the weights."""
    record = run.record.model_dump(mode="json")
    kept = ("metrics", "selection", "ledger", "warnings", "artifacts", "fingerprints")
    weights = load_file(run.path / "model" / "model.safetensors")
    history = run.path / "history.jsonl"
    rows = history.read_text() if history.exists() else ""
    return {name: record[name] for name in kept} | {"history": rows}, weights


@pytest.mark.parametrize(
    ("kind", "stage", "step"),
    [
        ("finetune", "fine-tuning on English", 1),
        ("finetune", "fine-tuning on English", 9),
        ("distill", "fine-tuning on English", 9),
        ("distill", "predicting selection items", 0),
        ("distill", "distilling", 1),
        ("distill", "distilling", 5),
        ("distill", "predicting evaluation items after", 0),
        ("self-training", "self-training", 2),
        ("self-training", "self-training", 5),
        ("proximity", "distilling", 4),
        ("adapters", "fine-tuning on English", 9),
        ("adapters", "distilling", 4),
        ("pretrain", "training the masked language model", 4),
        ("pretrain", "probing", 1),
    ],
)
def test_a_run_stopped_there_ends_as_if_nothing_had_been(
    kind: str, stage: str, step: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, store = configs(folder)[kind], RunStore(tmp_path / "store")
    kind = dict.fromkeys(("self-training", "proximity", "adapters"), "distill").get(kind, kind)
    whole = run_now(kind, config, RunStore(tmp_path / "whole"))
    true, stopped = LiveRun.progress, []

    def progress(self: LiveRun, now: str, at: int, total: int, **values: Any) -> None:
        if now == stage and at >= step and self.record.kind == kind and not stopped:
            stopped.append(self.id)
            (self.path / CANCEL).touch()
        true(self, now, at, total, **values)

    monkeypatch.setattr(LiveRun, "progress", progress)
    with pytest.raises(RunCancelledError):
        run_now(kind, config, store)
    assert store.find(stopped[0]).status is Status.CANCELLED
    resumed = resume(store, stopped[0])
    found, expected = outcome(resumed), outcome(StoredRun(whole.path, whole.record))
    assert found[0] == expected[0]
    assert all((found[1][name] == expected[1][name]).all() for name in expected[1])
    assert not list(resumed.path.glob("*checkpoint*"))
    if kind == "distill":  # one fine-tuning, gone on with, and not a second one
        assert len(store.paths()) == 2
        [parent] = [store.find(name) for name in resumed.record.parents]
        assert parent.status is Status.FINISHED
        assert not list(parent.path.glob("*checkpoint*"))


def test_memory_that_runs_out_halves_what_goes_through_at_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = DistillConfig(
        **tuned(folder, steps=4, check_every=2, batch=8, dropout=0.0, anchor_batch=8)
    )
    plain = run_now("distill", config, RunStore(tmp_path / "plain"))
    true = classification.class_logits

    def small(model: Any, rows: Any, *rest: Any) -> torch.Tensor:
        if torch.is_grad_enabled() and len(rows) > 15:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return true(model, rows, *rest)

    monkeypatch.setattr(classification, "class_logits", small)
    tight = run_now("distill", config, RunStore(tmp_path / "tight"))
    assert "Memory ran out with 8 parallel items at once; from then on 4." not in str(
        plain.record.warnings
    )
    assert any("parallel items at once; from then on" in x for x in tight.record.warnings)
    rows = [run.path.joinpath("history.jsonl").read_text() for run in (plain, tight)]
    assert rows[0] != rows[1]
    one, two = (load_file(run.path / "model" / "model.safetensors") for run in (plain, tight))
    assert max(abs(one[name] - two[name]).max() for name in one) < 1e-3
    assert tight.record.metrics["distillation"]["encodings"] == 4 * 8 * 3
