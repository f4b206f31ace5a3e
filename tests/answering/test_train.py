"""The training loop of span heads with real (tiny) models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.answering.features import Asked, Reader
from core.answering.losses import Weights, cross_entropy
from core.answering.sampling import sample_pairs
from core.answering.spans import right_tokens, span_scores
from core.answering.stage1 import learned, monolingual
from core.answering.teacher import Teacher
from core.answering.train import Course, SpanTraining, taught
from core.config import QaTrainConfig
from core.data.fact_world import FactWorld, qa
from core.errors import CoreError, UserError
from core.models.checkpoint import weights_of
from core.models.device import Device
from tests.answering.models import span_model

CPU = Device(torch.device("cpu"), torch.float32)
LANGUAGES = ("en", "zh", "sw")
PARTS = {"step", "epoch", "loss", "ce", "kl", "alpha", "map_at_k", "reciprocal_rank"}


class Reporter:
    """Keeps what a training tells."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows, self.warnings = path, [], []

    def progress(self, stage, step, total, **values):
        self.last = (stage, step, total)

    def add_history(self, row):
        self.rows.append(row)

    def cut_history(self, last_step):
        self.rows = [row for row in self.rows if row["step"] <= last_step]

    def warn(self, *texts):
        self.warnings += texts


@pytest.fixture(scope="module")
def data():
    return qa(FactWorld.build(), "unlabelled").in_languages(LANGUAGES).take(range(6))


def config(**changes):
    values = {"objective": "skd-map", "targets": 1, "epochs": 2, "batch": 8, "learning_rate": 1e-3}
    return QaTrainConfig(**{**values, "checkpoint_seconds": 1e9, **changes})


def training(data, path, kind="xlm-r", max_length=256, **changes):
    model, tokenizer = span_model(kind)
    settings = config(**changes)
    asked = sample_pairs(data, ["en"], settings.targets, settings.seed)
    windows = Reader(tokenizer, max_length, 16, typed=kind == "bert").windows(data, asked)
    teacher = Teacher(model, settings, CPU)
    reporter = Reporter(path)
    return SpanTraining(model, windows, Course.stage2(settings), CPU, reporter, teacher)


@pytest.mark.parametrize("kind", ["bert", "xlm-r", "byte-level", "built-in"])
def test_only_tokens_of_the_context_and_the_first_are_allowed(data, kind):
    model, tokenizer = span_model(kind)
    reader = Reader(tokenizer, 96, 16, typed=kind == "bert")
    windows = reader.windows(data, sample_pairs(data, ["en"], 1, 0))
    chosen = np.arange(len(windows))[::3]
    found = span_scores(model, windows, chosen, replace(CPU, tokens=64))
    whole = span_scores(model, windows, chosen, replace(CPU, tokens=100_000))
    assert torch.equal(found.isneginf(), whole.isneginf())
    torch.testing.assert_close(found, whole, atol=1e-4, rtol=1e-4)
    gold = right_tokens(windows, chosen, CPU)
    for row, position in enumerate(chosen):
        first, stop = windows.context_places(int(position))
        allowed = {0, *range(first, stop)}
        for side in range(2):
            assert set((~found[side, row].isneginf()).nonzero().flatten().tolist()) == allowed
            assert int(gold[side, row]) in allowed
        assert bool(windows.answered[position]) == (int(gold[0, row]) > 0)
    assert torch.isfinite(cross_entropy(found, gold))


def test_windows_of_pairs_without_an_answer_are_not_trained_on(data):
    _, tokenizer = span_model("xlm-r")
    side = data.sides["zh"]
    without = type(side)(side.questions, side.contexts, ((), *side.answers[1:]))
    data = type(data)(data.name, data.ids, data.clusters, {**data.sides, "zh": without})
    windows = Reader(tokenizer, 64, 16).windows(data, monolingual(data, ["en", "zh"]))
    pool = set(taught(windows).tolist())
    assert not windows.answered.all() and len(windows) > len(windows.asked)
    for position, owner in enumerate(windows.owner):
        assert (position in pool) == (windows.asked[owner] != Asked(0, "zh", "zh"))


def test_one_that_holds_no_answer_at_all_is_refused(data, tmp_path):
    side = data.sides["en"]
    none = type(side)(side.questions, side.contexts, ((),) * len(data))
    data = type(data)(data.name, data.ids, data.clusters, dict.fromkeys(LANGUAGES, none))
    with pytest.raises(CoreError, match="no window holds a whole answer"):
        training(data, tmp_path)


def test_the_teacher_is_the_student_at_the_start_of_each_epoch(data, tmp_path):
    loop = training(data, tmp_path)
    seen = []
    for _ in range(loop.steps):
        before = weights_of(loop.model)
        loop.train_step()
        loop.step += 1
        held = weights_of(loop.teacher.model)
        seen.append(all(torch.equal(held[name], before[name]) for name in held))
        assert not loop.teacher.model.training
        assert not any(
            p.requires_grad or p.grad is not None for p in loop.teacher.model.parameters()
        )
    starts = [step % loop.per_epoch == 0 for step in range(loop.steps)]
    assert seen == starts and sum(starts) == 2 and loop.per_epoch > 1


def test_at_first_teacher_and_student_agree(data, tmp_path):
    loop = training(data, tmp_path, "byte-level")  # has no dropout
    assert loop.train_step()["kl"] == pytest.approx(0, abs=1e-5)
    loop.step = 1
    assert loop.train_step()["kl"] > 1e-5


@pytest.mark.parametrize(
    ("objective", "parts"),
    [
        ("ce", lambda row: row["ce"]),
        ("kl", lambda row: row["kl"]),
        ("skd", lambda row: row["ce"] + row["kl"]),
        ("kl-map", lambda row: row["map_at_k"] * row["kl"]),
        ("skd-map", lambda row: row["ce"] + row["map_at_k"] * row["kl"]),
    ],
)
def test_every_step_tells_all_parts_and_the_loss_is_made_of_them(data, tmp_path, objective, parts):
    loop = training(data, tmp_path, objective=objective, dropout=0.0)
    epochs = loop.run()
    rows = loop.reporter.rows
    assert [row["step"] for row in rows] == list(range(1, loop.steps + 1))
    assert [row["epoch"] for row in rows] == [s // loop.per_epoch for s in range(loop.steps)]
    for row in rows:
        assert set(row) >= PARTS | {"learning_rate"}
        assert row["loss"] == pytest.approx(parts(row), rel=2e-4)
        alpha = {"ce": 0.0, "kl": 1.0, "skd": 1.0}.get(objective, row["map_at_k"])
        assert row["alpha"] == alpha
        assert 0 <= row["map_at_k"] <= 1 and 0 <= row["reciprocal_rank"] <= 1
    means = [np.mean([row["loss"] for row in rows if row["epoch"] == e]) for e in range(2)]
    assert [epoch["loss"] for epoch in epochs] == pytest.approx(means, rel=5e-5)
    if objective not in ("kl", "kl-map"):
        assert epochs[-1]["ce"] < epochs[0]["ce"]


def test_a_teacher_that_knows_nothing_of_a_batch_teaches_nothing_of_it(data, tmp_path):
    loop = training(data, tmp_path, objective="kl-map", dropout=0.0)
    mine = loop.pool[:8]
    lesson = loop.teacher.weigh(loop.teacher.say(loop.windows, mine, 8))
    lesson = lesson._replace(weights=Weights(0.0, 0.0))
    assert loop._backward(mine, 8, lesson, 8)["loss"] == 0
    assert all(not p.grad.any() for p in loop.model.parameters() if p.grad is not None)


def test_parts_of_a_batch_add_up_to_the_batch(data, tmp_path):
    """Also alpha, which is of the whole batch; less memory changes nothing but rounding."""
    gradients, numbers = [], []
    for size in (8, 3):
        loop = training(data, tmp_path, "byte-level", temperature=3.0)
        for parameter in loop.model.parameters():  # so that teacher and student differ
            parameter.data += 0.05 * torch.randn(
                parameter.shape, generator=torch.Generator().manual_seed(parameter.numel())
            )
        loop.model.eval()  # without dropout
        mine = loop.pool[:8]
        lesson = loop.teacher.weigh(loop.teacher.say(loop.windows, mine, size))
        alpha = {"alpha": lesson.weights.kl}
        numbers.append(loop._backward(mine, 8, lesson, size) | alpha)
        gradients.append([p.grad.clone() for p in loop.model.parameters() if p.grad is not None])
    assert numbers[0]["kl"] > 0.01
    assert numbers[1] == pytest.approx(numbers[0], rel=1e-4)
    for whole, parts in zip(*gradients, strict=True):
        torch.testing.assert_close(parts, whole, atol=1e-5, rtol=1e-3)


def test_without_a_teacher_it_is_cross_entropy_alone(data, tmp_path):
    model, tokenizer = span_model("built-in")
    windows = Reader(tokenizer, 256, 16).windows(data, monolingual(data, ["en"]))
    course = Course.stage2(config(epochs=30, learning_rate=1e-3))
    loop = SpanTraining(model, windows, course, CPU, Reporter(tmp_path))
    epochs = loop.run()
    assert set(epochs[0]) == {"loss", "exact"}
    assert learned(epochs[-1]) and epochs[-1]["loss"] < epochs[0]["loss"] / 2
    assert not learned({"exact": 1.0})


def test_a_loss_that_is_no_number_ends_it(data, tmp_path):
    loop = training(data, tmp_path)
    next(loop.model.parameters()).data.fill_(float("nan"))
    with pytest.raises(CoreError, match="self-distilling diverged; lower --learning-rate"):
        loop.run()


def test_eq_5_with_too_large_a_k_never_weighs_a_loss():
    model, _ = span_model("bert")
    with pytest.raises(UserError, match="--k: 10, more than 2 x --window 3"):
        Teacher(model, config(window=3), CPU)
    with pytest.raises(UserError, match="--k: 10"):
        Teacher(model, config(window=3, objective="kl-map"), CPU)
    for changes in ({"coefficient": "reciprocal-rank"}, {"objective": "skd"}):
        Teacher(model, config(window=3, **changes), CPU)


def test_windows_in_parts_by_tokens_have_the_gradients_of_the_whole(data, tmp_path):
    loop = training(data, tmp_path, "byte-level", max_length=64)  # has no dropout
    gradients = []
    for tokens in (None, int(loop.windows.lengths.max())):
        loop.device = replace(loop.device, training_tokens=tokens)
        loop._backward(loop.pool[:6], 6, loop._lesson(loop.pool[:6]), 6)
        gradients.append([p.grad.clone() for p in loop.model.parameters() if p.grad is not None])
    for one, whole in zip(*gradients, strict=True):
        torch.testing.assert_close(one, whole, atol=1e-6, rtol=1e-4)
