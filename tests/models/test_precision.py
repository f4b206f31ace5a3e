"""How far bfloat16 is from float32, and that weights stay float32 whatever the arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from core.config import EngineConfig, ModelConfig
from core.data.load import load_splits
from core.models.device import pick_device
from core.models.find import find_model
from core.models.load import load_classifier
from core.models.optimizer import adamw, take_step
from core.models.predict import predict
from core.runs.store import RunStore
from tests.tiny import CLASSES, classes, write_data, write_model


def test_bfloat16_is_near_float32_and_leaves_the_weights(tmp_path: Path) -> None:
    model = str(write_model(tmp_path / "encoder"))
    source = find_model(ModelConfig(model=model), RunStore(tmp_path / "s"))
    (data,) = load_splits(str(write_data(tmp_path / "topics.csv", items=40))).values()
    classifier = load_classifier(source, classes(CLASSES), 0.0, 0)
    found = {}
    for precision in ("float32", "bfloat16"):
        device = pick_device(EngineConfig(device="cpu", precision=precision))
        found[precision] = predict(classifier, data, device, max_length=32).probabilities
    apart = np.abs(found["bfloat16"] - found["float32"])
    assert 0 < apart.max() < 0.02, "other arithmetic, nearly the same probabilities"
    assert {p.dtype for p in classifier.model.parameters()} == {torch.float32}
    rows = classifier.head.encode(data, 32).rows[0][:4]
    loss = classifier.head.logits(classifier.model, rows, device).logsumexp(-1).sum()
    loss.backward()
    optimizer = adamw(classifier.model, 1e-3, 0.0)
    before = classifier.model.classifier.weight.detach().clone()
    take_step(classifier.model, optimizer, 1e-3, 1.0)
    assert not torch.equal(before, classifier.model.classifier.weight)
    states = [value for state in optimizer.state.values() for value in state.values()]
    assert {value.dtype for value in states} == {torch.float32}
    gradients = [p.grad for p in classifier.model.parameters() if p.grad is not None]
    assert {gradient.dtype for gradient in gradients} == {torch.float32}


def test_the_budget_does_not_change_what_is_said(tmp_path: Path) -> None:
    model = str(write_model(tmp_path / "encoder"))
    source = find_model(ModelConfig(model=model), RunStore(tmp_path / "s"))
    (data,) = load_splits(str(write_data(tmp_path / "topics.csv", items=40))).values()
    classifier = load_classifier(source, classes(CLASSES), 0.0, 0)
    engines = [
        EngineConfig(device="cpu", batch_tokens=1),
        EngineConfig(device="cpu", batch_tokens=10_000),
        EngineConfig(device="cpu", attention="packed"),
        EngineConfig(device="cpu"),
    ]
    found = [
        predict(classifier, data, pick_device(engine), max_length=32).probabilities
        for engine in engines
    ]
    for one in found[1:]:
        np.testing.assert_allclose(one, found[0], atol=1e-6)
