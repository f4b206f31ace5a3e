"""The whole engine on a tiny model and a tiny task, through its front door."""

import json
import shutil

import numpy as np
import pytest
import torch
from huggingface_hub import constants
from safetensors.numpy import load_file
from transformers import AutoModel, AutoTokenizer

from core.config import DistillConfig, SelectConfig
from core.data.predictions import Predictions
from core.errors import RunCancelledError, UserError
from core.jobs.runner import run_now
from core.jobs.worker import resume
from core.runs.checkpoints import TRAINING
from core.runs.live import CANCEL, LiveRun
from core.runs.record import Status
from core.runs.store import RunStore
from core.runs.view import RunView
from tests.tiny import LANGUAGES, write_data, write_model


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("engine")
    return {
        "model": str(write_model(folder / "encoder")),
        "dataset": str(write_data(folder / "topics.csv", items=150)),
        "store": RunStore(folder / "store"),
    }


def config(world, **changes):
    values = {
        "model": world["model"],
        "dataset": world["dataset"],
        "finetune_epochs": 12,
        "finetune_batch": 8,
        "finetune_patience": 12,
        "finetune_learning_rate": 3e-3,
        "learning_rate": 1e-3,
        "steps": 12,
        "check_every": 4,
        "batch": 5,
        "max_length": 32,
    }
    return DistillConfig(**{**values, **changes})


@pytest.fixture(scope="module")
def finished(world):
    return run_now("distill", config(world), world["store"])


def test_record_of_a_distillation(world, finished):
    record = finished.record
    assert record.status is Status.FINISHED
    assert set(record.metrics["before"]["accuracy"]) == set(LANGUAGES)
    assert {"average", "average_non_english", "transfer_gap"} <= set(record.metrics["after"])
    assert set(record.selection["teachers"]) | set(record.selection["students"]) == set(LANGUAGES)
    assert len(record.selection["pseudo_labels"]) == record.ledger["selection"]["count"]
    assert record.command[:4] == ["python", "-m", "core", "distill"]
    assert record.parents and world["store"].find(record.parents[0]).record.kind == "finetune"
    assert json.loads((finished.path / "record.json").read_text())["finished"]


def test_a_revision_on_the_hub_is_fine_tuned_and_distilled(world, tmp_path, monkeypatch):
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "hub" / "models--someone--tiny"
    shutil.copytree(world["model"], repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "v2").write_text(commit)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    settings = config(world, model="someone/tiny", revision="v2", steps=2, finetune_epochs=1)
    store = RunStore(tmp_path / "store")
    first = run_now("distill", settings, store)
    again = run_now("distill", settings, store)
    assert first.record.parents == again.record.parents
    assert first.record.config["revision"] == "v2"


def test_each_example_and_language_is_encoded_once_a_step(world, finished):
    steps = finished.record.metrics["distillation"]["steps"]
    assert finished.record.metrics["distillation"]["encodings"] == steps * len(LANGUAGES) * 5


def test_the_model_counts_one_forward_per_sequence(world, monkeypatch):
    """Counted at the model's own door, anchor off, checks aside."""
    from core.models.heads import classification

    seen = []
    true = classification.class_logits

    def counting(model, rows, *rest):
        if torch.is_grad_enabled():
            seen.append(len(rows))
        return true(model, rows, *rest)

    monkeypatch.setattr(classification, "class_logits", counting)
    run_now("distill", config(world, anchor=0.0, steps=3), world["store"])
    assert seen == [len(LANGUAGES) * 5] * 3


def test_the_finetuned_parent_is_reused(world, finished):
    again = run_now("distill", config(world, steps=2), world["store"])
    assert again.record.parents == finished.record.parents


def test_history_has_every_step_and_full_checks(finished):
    rows = RunView(finished.path, finished.record).history()
    assert [row["step"] for row in rows] == list(range(13))
    assert {"kappa", "agreement_by_language", "mutual_information", "accuracy"} <= set(rows[4])


def test_the_loss_is_the_weighted_sum_of_its_parts(world, finished):
    """The gradient follows: from the same start, another weight of the KL leads elsewhere."""
    other = run_now("distill", config(world, kl_weight=3.0, anchor=0.5, steps=3), world["store"])
    for run, kl, anchor in ((finished, 1.0, 1.0), (other, 3.0, 0.5)):
        rows = RunView(run.path, run.record).history()[1:4]
        assert rows
        for row in rows:
            assert row["loss"] == pytest.approx(kl * row["kl"] + anchor * row["anchor"], rel=1e-5)
    first, later = (RunView(x.path, x.record).history() for x in (finished, other))
    assert first[1]["kl"] == pytest.approx(later[1]["kl"])
    assert first[3]["kl"] != pytest.approx(later[3]["kl"], rel=1e-3)


def test_predictions_and_model_are_there(finished):
    before = Predictions.load(finished.path / "predictions_before.npz")
    after = Predictions.load(finished.path / "predictions_after.npz")
    assert before.examples == after.examples
    assert np.allclose(after.probabilities.sum(-1), 1, atol=1e-5)
    AutoModel.from_pretrained(finished.path / "model")
    AutoTokenizer.from_pretrained(finished.path / "model")
    assert "## Accuracy" in (finished.path / "model" / "README.md").read_text()


@pytest.mark.parametrize("mode", ["frozen", "live", "ema"])
def test_a_cancelled_run_resumes_to_the_same_weights(world, mode, monkeypatch):
    settings = config(world, teacher_mode=mode, seed=3, stop_on_collapse=False)
    whole = run_now("distill", settings, world["store"])
    true, left = LiveRun.progress, [None]

    def cancel_at_seven(self, stage, step, total, **values):
        if stage == "distilling" and step == 7 and left[0] is None:
            left[0] = self.id
            (self.path / CANCEL).touch()
        true(self, stage, step, total, **values)

    monkeypatch.setattr(LiveRun, "progress", cancel_at_seven)
    with pytest.raises(RunCancelledError):
        run_now("distill", settings, world["store"])
    cancelled = world["store"].find(left[0])
    assert cancelled.status is Status.CANCELLED
    assert (cancelled.path / TRAINING).is_dir()
    resumed = resume(world["store"], left[0])
    assert resumed.record.status is Status.FINISHED
    assert resumed.id == left[0]
    assert resumed.record.attempts == 2
    assert resumed.record.metrics == whole.record.metrics
    one = load_file(whole.path / "model" / "model.safetensors")
    two = load_file(resumed.path / "model" / "model.safetensors")
    assert all((one[name] == two[name]).all() for name in one)


def test_distill_refuses_without_a_teacher_and_leaves_no_run(world):
    before = len(world["store"].paths())
    with pytest.raises(UserError, match="no language reaches the threshold"):
        run_now("distill", config(world, threshold=0.9), world["store"])
    assert len(world["store"].paths()) == before


def test_select_without_a_teacher_ends_well(world):
    settings = SelectConfig(
        **{name: getattr(config(world, threshold=0.9), name) for name in SelectConfig.model_fields}
    )
    run = run_now("select", settings, world["store"])
    assert run.record.status is Status.FINISHED
    assert run.record.selection["teachers"] == []
    assert "No language reaches" in run.record.warnings[0]


def test_a_collapse_is_named_and_the_kept_checkpoint_is_no_worse(world):
    run = run_now(
        "distill",
        config(world, teacher_mode="live", learning_rate=0.3, steps=40, anchor=0.0),
        world["store"],
    )
    outcome = run.record.metrics["distillation"]
    assert outcome["collapse"]
    assert outcome["criterion_kept"] >= outcome["criterion_start"]
    assert any("Collapse at step" in text for text in run.record.warnings)


def test_a_failure_is_recorded_with_its_reason(world, monkeypatch):
    from core.distillation.train import Distillation

    def burst(self):
        raise RuntimeError("the tensor burst")

    monkeypatch.setattr(Distillation, "run", burst)
    with pytest.raises(RuntimeError):
        run_now("distill", config(world), world["store"])
    newest = next(
        run
        for run in world["store"]
        if run.record.kind == "distill" and run.status is Status.FAILED
    )
    assert newest.record.error == "RuntimeError: the tensor burst"
    assert "Traceback" in (newest.path / "log.txt").read_text()
