"""Loading encoders with a span head."""

from __future__ import annotations

import json
import shutil

import pytest
import torch
from transformers import AutoModelForSequenceClassification

from core.answering.spans import load_spans
from core.config import ModelConfig
from core.errors import UserError
from core.models.find import find_model
from core.runs.store import RunStore
from tests.tiny import write_model

HEAD = "qa_outputs.weight"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("spans") / "encoder")


def found(folder, tmp_path):
    return find_model(ModelConfig(model=str(folder)), RunStore(tmp_path), "question answering")


def test_a_fresh_head_is_drawn_from_the_seed_and_the_encoder_is_the_models(folder, tmp_path):
    source = found(folder, tmp_path)
    assert not source.answers
    first, again, other = (load_spans(source, 0.1, seed).model for seed in (1, 1, 2))
    states = [model.state_dict() for model in (first, again, other)]
    assert torch.equal(states[0][HEAD], states[1][HEAD])
    assert not torch.equal(states[0][HEAD], states[2][HEAD])
    assert states[0][HEAD].shape[0] == 2
    for name, value in states[0].items():
        if not name.startswith("qa_outputs"):
            assert torch.equal(value, states[2][name])
    assert first.config.hidden_dropout_prob == 0.1 and first.dtype == torch.float32


def test_a_saved_head_is_kept_whatever_the_seed(folder, tmp_path):
    spans = load_spans(found(folder, tmp_path), 0.0, 1)
    spans.model.save_pretrained(tmp_path / "saved")
    spans.tokenizer.save_pretrained(tmp_path / "saved")
    source = found(tmp_path / "saved", tmp_path)
    assert source.answers and source.family is None and not source.has_head
    again = load_spans(source, 0.0, 7).model.state_dict()
    assert torch.equal(again[HEAD], spans.model.state_dict()[HEAD])


def test_a_classifier_of_three_classes_gets_a_head_of_two_ends(folder, tmp_path):
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=3)
    shutil.copytree(folder, tmp_path / "three")
    model.save_pretrained(tmp_path / "three")
    spans = load_spans(found(tmp_path / "three", tmp_path), 0.0, 0)
    assert spans.model.state_dict()[HEAD].shape[0] == 2 == spans.model.config.num_labels


def test_it_knows_how_much_the_model_reads_at_once(folder, tmp_path):
    spans = load_spans(found(folder, tmp_path), 0.0, 0)
    assert spans.tokenizer.model_max_length == 64
    assert spans.model.config.max_position_embeddings == 64


def test_architectures_without_a_span_head_are_refused(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "other")
    settings = tmp_path / "other" / "config.json"
    content = json.loads(settings.read_text()) | {"model_type": "vit", "architectures": None}
    settings.write_text(json.dumps(content))
    with pytest.raises(UserError, match="vit models have no question answering head; use an enco"):
        found(tmp_path / "other", tmp_path)


def test_damaged_weights_are_one_message(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "cut")
    weights = tmp_path / "cut" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(UserError, match="can't be loaded") as error:
        load_spans(found(tmp_path / "cut", tmp_path), 0.0, 0)
    assert "\n" not in str(error.value)
