"""A step of distillation, for every head: the weights change and the loss falls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.config import DistillConfig
from core.data.splits import Uses
from core.distillation.material import gather
from core.distillation.train import Distillation
from core.models.checkpoint import weights_of
from core.models.predict import predict
from core.runs.live import LiveRun
from core.runs.store import RunStore
from core.selection.strategies import choose
from tests.models.heads.items import CHOICES, DEVICE, PAIRS, STORY, load, templates

STORIES = {"en": {"template": STORY}}


def distillation(folder, family, kind, data, **settings) -> Distillation:
    asked = kind in ("prompt", "first-step", "causal")
    found = templates(STORIES if data.choices else None, data) if asked else None
    classifier = load(folder, family, kind, found, data)
    values = {"learning_rate": 1e-4, "warmup": 0.0, "steps": 9, "max_length": 60}
    values |= {"batch": len(data), "anchor_batch": len(data)}
    config = DistillConfig(device="cpu", **values, **settings)
    uses = Uses(data, data, data, data, data)
    before = {
        use: predict(classifier, data, DEVICE, max_length=60)
        for use in ("selection", "distillation")
    }
    selection = choose(before["selection"], "none")
    material = gather(config, classifier, DEVICE, uses, selection, before)
    run = LiveRun(RunStore(folder / "store").create("distill", {}, ["python"]))
    return Distillation(classifier.model, material, config, DEVICE, run)


HEADS = [
    ("bert", "classification", PAIRS),
    ("bert", "prompt", PAIRS),
    ("xlm-r", "prompt", CHOICES),
    ("modernbert", "prompt", PAIRS),
    ("mt5", "first-step", PAIRS),
    ("xlm-r", "multiple-choice", CHOICES),
    ("modernbert", "multiple-choice", CHOICES),
    ("gpt-2", "causal", PAIRS),
    ("llama", "causal", CHOICES),
]


@pytest.mark.parametrize("mode", ["frozen", "live", "ema"])
@pytest.mark.parametrize(("family", "kind", "data"), HEADS)
def test_a_step_changes_the_weights_and_lowers_the_loss(family, kind, data, mode, tmp_path):
    loop = distillation(tmp_path, family, kind, data, teacher_mode=mode)
    items = np.arange(len(data))
    before, weights = loop.losses(items, items), weights_of(loop.model)
    assert set(before) == {"kl", "anchor", "loss"} and before["loss"].requires_grad
    loop.train_step()
    after = loop.losses(items, items)
    assert after["loss"] < before["loss"]
    assert any(not torch.equal(x, weights[name]) for name, x in weights_of(loop.model).items())


@pytest.mark.parametrize(("family", "kind", "data"), HEADS)
def test_a_batch_in_parts_has_the_same_gradients(family, kind, data, tmp_path):
    loop = distillation(tmp_path, family, kind, data)
    items = np.arange(2)

    def gradient(size: int) -> torch.Tensor:
        loop._backward(items, items, 0, size)
        return loop.model.get_input_embeddings().weight.grad.clone()

    whole, parts = gradient(2), gradient(1)
    assert whole.abs().max() > 1e-4
    torch.testing.assert_close(parts, whole, atol=1e-5 * float(whole.abs().max()), rtol=1e-3)


@pytest.mark.parametrize(("family", "kind", "data"), HEADS[1:3] + HEADS[6:7])
@pytest.mark.parametrize("method", ["distillation", "self-training-all"])
def test_a_batch_over_the_budget_of_tokens_goes_in_parts(family, kind, data, method, tmp_path):
    loop = distillation(tmp_path, family, kind, data, method=method, confident_share=1.0)
    pool, items = loop.objective.pool, np.arange(2)
    lengths = loop.objective.lengths(pool)
    rows = loop.material.examples.encoded.rows
    each = [[len(row) for row in own] for own in rows]
    assert lengths.sum() == np.sum(each) and lengths.min() > 0
    gradients = []
    for budget in (None, int(lengths.max()), 1):
        loop.device = replace(loop.device, training_tokens=budget)
        asked = []
        monitored = loop.losses

        def counted(some, *rest, losses=monitored, asked=asked):
            asked.append(len(some))
            return losses(some, *rest)

        loop.losses = counted
        loop._backward(pool, items, 0, len(pool))
        loop.losses = monitored
        assert sum(asked) == len(pool) and (len(asked) == 1) == (budget is None)
        assert budget != 1 or asked == [1] * len(pool)
        gradients.append(loop.model.get_input_embeddings().weight.grad.clone())
    scale = float(gradients[0].abs().max())
    assert scale > 1e-4
    for found in gradients[1:]:
        torch.testing.assert_close(found / scale, gradients[0] / scale, atol=1e-6, rtol=1e-4)
