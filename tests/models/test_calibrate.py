"""Measured speeds: counted where that can be, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel

from core.estimate.cost import Manner, Stage
from core.models import calibrate
from core.models.calibrate import load_libraries, parameters_of, speed_of
from core.models.device import Device

CPU = Device(torch.device("cpu"), torch.float32)
SETTINGS = BertConfig(
    vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2
)


@pytest.fixture(autouse=True)
def _quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(calibrate, "SECONDS", 0.02)


def test_parameters_are_counted() -> None:
    own = sum(x.numel() for x in BertModel(SETTINGS).parameters())
    assert parameters_of(SETTINGS) == own


def test_a_stage_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("learning", 8, 12, 2, 4)
    first = speed_of(SETTINGS, CPU, stage)
    assert first.rate > 0 and first.update > 0 and first.parameters == parameters_of(SETTINGS)
    assert speed_of(SETTINGS, CPU, stage) == first  # to the last digit: it was kept
    asking = speed_of(SETTINGS, CPU, Stage("asking", 8, 12, at_once=4))
    assert asking.update == asking.saved == 0 and asking.rate != first.rate


def test_what_a_token_keeps_does_not_depend_on_the_rows() -> None:
    few, many = (speed_of(SETTINGS, CPU, Stage("x", 64, 8, 1, rows)).saved for rows in (8, 64))
    assert many == pytest.approx(few, rel=0.1)
    words = speed_of(SETTINGS, CPU, Stage("x", 64, 8, 1, 8, positions=8)).saved
    assert words > few + 50 * 4  # the probabilities of 50 words, at every place


def test_dropout_is_kept_too() -> None:
    """Masks of dropout stay for the backward pass."""
    settings = BertConfig(**{**SETTINGS.to_dict(), "hidden_dropout_prob": 0.0})
    without = BertConfig(**{**settings.to_dict(), "attention_probs_dropout_prob": 0.0})
    stage = Stage("x", 8, 16, 1, 8)
    assert speed_of(settings, CPU, stage).saved > speed_of(without, CPU, stage).saved


def test_adapters_train_little() -> None:
    """A [16, 16] layer gets 2 x 16 weights a rank, one of [16, 32] 48; others none."""
    stage = Stage("learning", 8, 12, 2, 4)
    whole, thin = (speed_of(SETTINGS, CPU, stage, Manner(lora=x)) for x in (None, 2))
    assert whole.trained == whole.parameters == thin.parameters
    inside = 2 * 2 * (4 * 32 + 2 * 48)
    pooler = 2 * 32
    assert thin.trained == inside + pooler
    assert thin.update > 0 and thin.again == 0


def test_activations_computed_again() -> None:
    """What a layer keeps is there for one layer at a time."""
    stage = Stage("learning", 8, 12, 2, 4)
    usual, again = (speed_of(SETTINGS, CPU, stage, Manner(checkpointing=x)) for x in (False, True))
    assert again.saved < usual.saved / 2
    assert again.again == pytest.approx(usual.saved / 2, rel=0.1)


def test_a_model_of_one_layer() -> None:
    """It is cut down to no more layers than it has, and stays as it is."""
    single = BertConfig(**{**SETTINGS.to_dict(), "num_hidden_layers": 1})
    load_libraries(single, CPU)
    assert (single.num_hidden_layers, single.vocab_size) == (1, 50)
