"""What decides scores changes the fingerprint, and nothing else does."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.config import ModelConfig
from core.models.device import Device
from core.models.find import find_model
from core.models.fingerprint import model_fingerprint, rows_fingerprint, weights_fingerprint
from core.models.heads.asked import AskedRow
from core.models.heads.asker import Standing
from core.models.heads.multiple_choice import ChoiceRow
from core.models.load import load_classifier
from core.runs.store import RunStore
from tests.tiny import classes, write_model

CPU = Device(torch.device("cpu"), torch.float32)


@pytest.fixture
def model() -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.LayerNorm(4))


def test_one_changed_weight_is_another_model(model: torch.nn.Module) -> None:
    before = weights_fingerprint(model)
    assert weights_fingerprint(model) == before
    with torch.no_grad():
        model[0].weight[1, 2] += 1e-7
    assert weights_fingerprint(model) != before


def test_precision_and_head_count(model: torch.nn.Module) -> None:
    found = {
        model_fingerprint(model, "head", CPU),
        model_fingerprint(model, "head", Device(CPU.place, torch.bfloat16)),
        model_fingerprint(model, b"head", CPU),
    }
    assert len(found) == 3


def test_rows_of_every_kind() -> None:
    rows = [
        [[1, 2], [3]],
        [[1], [2, 3]],
        [[1, 2, 3]],
        [ChoiceRow(([1, 2], [3]))],
        [AskedRow((Standing((1, 2), 0, 1),))],
        [AskedRow((Standing((1, 2), 1, 2),))],
    ]
    assert len({rows_fingerprint(row) for row in rows}) == len(rows)
    long = np.arange(5000)
    changed = long.copy()
    changed[2500] = 0
    assert rows_fingerprint([long]) != rows_fingerprint([changed])
    assert rows_fingerprint([long]) == rows_fingerprint([long.tolist()])


def test_the_order_of_the_classes_counts(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "store")
    source = find_model(ModelConfig(model=str(write_model(tmp_path / "encoder"))), store)
    keys = set()
    for names in (("a", "b"), ("b", "a")):
        loaded = load_classifier(source, classes(names), 0.0, seed=0)
        keys.add(model_fingerprint(loaded.model, loaded.head, CPU))
    assert len(keys) == 2
