"""Estimates of real runs: every kind has one, and the counts are those of the run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.cli import main
from core.config import DistillConfig, FinetuneConfig, GenerateConfig, PretrainConfig
from core.estimate.cost import Stage
from core.jobs.estimate import MODULES, estimate, in_parts
from core.jobs.estimate_task import plan
from core.jobs.kinds import KINDS
from core.jobs.runner import run_now
from core.runs.store import RunStore
from tests.tiny import write_data, write_model


@pytest.fixture(autouse=True)
def _speeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def task(tmp_path: Path) -> dict[str, object]:
    return {
        "model": str(write_model(tmp_path / "encoder")),
        "dataset": str(write_data(tmp_path / "topics.csv", items=60)),
        "max_length": 32,
        "finetune_epochs": 2,
        "device": "cpu",
    }


def test_every_kind_has_an_estimate() -> None:
    assert set(MODULES) == set(KINDS)


def test_a_distillation_is_counted(task: dict[str, object], tmp_path: Path) -> None:
    config = DistillConfig(**task, steps=4, batch=4, check_every=2, keep="last")
    store = RunStore(tmp_path / "store")
    cost = estimate("distill", config, store)
    assert [what for what, _ in cost.stages][1:3] == ["fine-tuning", "stopping items"]
    run = run_now("distill", config, store)
    (distilling,) = (x for x in plan("distill", config, store).stages if x.what == "distilling")
    counted = run.record.metrics["distillation"]["encodings"]  # without the anchors
    assert distilling.rows == counted + config.steps * config.anchor_batch and counted == 48
    again = estimate("distill", config, store)  # the fine-tuning and its answers are there now
    asked = {"fine-tuning", "stopping items", "evaluation", "selection", "distillation"}
    assert not asked & {what for what, _ in again.stages}
    assert "evaluation items after" in {what for what, _ in again.stages}
    assert 0 < again.encodings < cost.encodings and again.flops < cost.flops
    assert cost.memory > 4 * 5 * cost.parameters


def test_twice_the_epochs_are_twice_the_work(task: dict[str, object], tmp_path: Path) -> None:
    store = RunStore(tmp_path / "store")
    one = estimate("finetune", FinetuneConfig(**task), store)
    two = estimate("finetune", FinetuneConfig(**{**task, "finetune_epochs": 4}), store)
    assert two.encodings == 2 * one.encodings and two.flops == pytest.approx(2 * one.flops)
    assert two.memory == pytest.approx(one.memory, rel=0.05)


def test_a_batch_in_parts() -> None:
    """50 tokens hold 5 texts of the longest batch, and one text whatever its length."""
    learning = Stage("learning", 64, 8, 4, 16, longest=10)
    assert in_parts(learning, 50).at_once == 5
    assert in_parts(learning, 5).at_once == 1
    assert in_parts(learning, 1000) == in_parts(learning, None) == learning
    asking = Stage("asking", 64, 8, at_once=16)
    assert in_parts(asking, 50) == asking


def test_from_scratch(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "store")
    small = PretrainConfig(languages="en,fr", steps=10, layers=1, hidden=32, heads=2, device="cpu")
    found = estimate("pretrain", small, store)
    trained = 10 * 96 + 10 * 48
    assert trained < found.encodings and found.parameters > 2000 * 32
    assert {"texts and tokens", "training", "contrast"} < {what for what, _ in found.stages}


def test_writing_is_tried(tmp_path: Path) -> None:
    """A folder of texts: only its filters take time, and nothing is left in the store."""
    for language, text in (("en", "The river is wide here."), ("de", "Der Fluss ist hier breit.")):
        lines = "".join(f"{text} {number}\n" for number in range(40))
        (tmp_path / f"{language}.txt").write_text(lines, encoding="utf-8")
    config = GenerateConfig(from_=str(tmp_path), languages=("en", "de"))
    found = estimate("generate", config, RunStore(tmp_path / "store"))
    assert found.flops == 0 and found.seconds > 0 and found.memory > 1e8
    assert not (tmp_path / "store").exists()


def test_a_dry_run_says_the_cost(
    task: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [f"--{name.replace('_', '-')}={value}" for name, value in task.items()]
    where = ["--store", str(tmp_path / "store"), "--dry-run"]
    for form in ([], ["--json"]):
        with pytest.raises(SystemExit) as stop:
            main(["predict", *words, *where, *form])
        assert stop.value.code == 0
        out, err = capsys.readouterr()
        if form:
            told = json.loads(out)
            assert told["command"].startswith("python -m core predict")
            assert told["cost"]["encodings"] > 0 and told["cost"]["device"] == "CPU"
        else:
            assert out.startswith("python -m core predict") and out.count("\n") == 1
            assert "encodings" in err and "of memory" in err
    assert not (tmp_path / "store").exists()
