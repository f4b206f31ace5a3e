"""When fine-tuning goes wrong, somebody says so; and fine-tuning without stopping items."""

import math

import numpy as np
import pytest
import torch

from core.config import EngineConfig, ModelConfig, TaskConfig
from core.data.load import load_splits
from core.data.splits import allocate
from core.errors import CoreError
from core.models import finetune as module
from core.models.device import pick_device
from core.models.find import find_model
from core.models.finetune import FinetuneResult, finetune
from core.models.load import load_classifier
from core.runs.store import RunStore
from tests.tiny import CLASSES, classes, write_data, write_model


def test_a_divergence_is_named(tmp_path, monkeypatch):
    source = find_model(
        ModelConfig(model=str(write_model(tmp_path / "encoder"))), RunStore(tmp_path / "s")
    )
    uses = allocate(load_splits(str(write_data(tmp_path / "topics.csv", items=60))))
    monkeypatch.setattr(
        module, "_evaluate", lambda *_: {"stopping_loss": math.nan, "stopping_accuracy": 33.0}
    )
    with pytest.raises(CoreError, match="lower --finetune-learning-rate"):
        finetune(
            load_classifier(source, classes(CLASSES), 0.1, 0),
            uses.labelled.in_languages(["en"]),
            uses.stopping.in_languages(["en"]),
            TaskConfig(finetune_epochs=1, finetune_learning_rate=1e-3),
            pick_device(EngineConfig(device="cpu")),
        )


@pytest.mark.parametrize(("accuracy", "learned"), [(40.0, False), (40.1, True), (20.0, False)])
def test_learned_means_better_than_the_largest_class(accuracy, learned):
    row = {"train_loss": 1.0, "stopping_loss": 1.0, "stopping_accuracy": accuracy}
    assert FinetuneResult([row], 1, 40.0, 20).learned is learned


@pytest.mark.parametrize(("chance", "stopping"), [(40.0, 19), (100.0, 500), (None, 0)])
def test_too_little_to_say_that_nothing_was_learned(chance, stopping):
    row = {"train_loss": 1.0, "stopping_loss": 1.0, "stopping_accuracy": 20.0}
    assert FinetuneResult([row], 1, chance, stopping).learned


def test_without_stopping_items_the_last_of_all_epochs_is_kept(tmp_path):
    source = find_model(
        ModelConfig(model=str(write_model(tmp_path / "encoder"))), RunStore(tmp_path / "s")
    )
    splits = load_splits(str(write_data(tmp_path / "topics.csv", items=60)))
    uses = allocate(splits, labelled=4, stopping_share=0)
    config = TaskConfig(finetune_epochs=6, finetune_patience=1, finetune_learning_rate=1e-3)
    classifier = load_classifier(source, classes(CLASSES), 0.0, 0)
    before = {name: value.clone() for name, value in classifier.model.state_dict().items()}
    found = finetune(
        classifier,
        uses.labelled.in_languages(["en"]),
        uses.stopping.in_languages(["en"]),
        config,
        pick_device(EngineConfig(device="cpu")),
    )
    assert (len(found.epochs), found.kept_epoch, found.chance) == (6, 6, None)
    assert found.learned
    assert list(found.epochs[0]) == ["train_loss"]
    assert found.epochs[-1]["train_loss"] < found.epochs[0]["train_loss"]
    after = classifier.model.state_dict()
    assert any((before[name] != after[name]).any() for name in before)


def test_a_batch_in_parts_by_tokens_has_the_gradients_of_the_whole(tmp_path):
    source = find_model(
        ModelConfig(model=str(write_model(tmp_path / "encoder"))), RunStore(tmp_path / "s")
    )
    uses = allocate(load_splits(str(write_data(tmp_path / "topics.csv", items=60))))
    data = uses.labelled.in_languages(["en"])
    config = TaskConfig(finetune_batch=16, finetune_learning_rate=1e-3)
    gradients = []
    for tokens in (None, 60, 1):
        device = pick_device(EngineConfig(device="cpu", training_tokens=tokens))
        classifier = load_classifier(source, classes(CLASSES), 0.0, 0)
        loop = module._Finetuning(classifier, data, data, config, device, None)
        loss = loop._backward(np.arange(16), 16)
        gradients.append((loss, [p.grad for p in classifier.model.parameters()]))
    for loss, found in gradients[1:]:
        assert loss == pytest.approx(gradients[0][0], abs=1e-6)
        for one, whole in zip(found, gradients[0][1], strict=True):
            torch.testing.assert_close(one, whole, atol=1e-6, rtol=0)
