"""Adapters: nothing changes at first, little is trained, and what is saved is an ordinary model."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    ModernBertConfig,
    ModernBertForSequenceClassification,
    MT5Config,
    MT5ForConditionalGeneration,
    MT5ForSequenceClassification,
)

from core.config import FinetuneConfig, QaTrainConfig
from core.errors import CoreError
from core.models.checkpoint import load_weights, weights_of
from core.models.lora import adapted, add_adapters, merge_adapters
from core.models.optimizer import adamw
from core.models.recipe import settle

SMALL = {
    "vocab_size": 40,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 16,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "cls_token_id": 1,
    "sep_token_id": 2,
}
T5 = {
    "vocab_size": 40,
    "d_model": 16,
    "d_kv": 8,
    "d_ff": 32,
    "num_layers": 2,
    "num_heads": 2,
    "decoder_start_token_id": 0,
    "dropout_rate": 0.0,
}
GPT = {"vocab_size": 40, "n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 16}
IDS = torch.tensor([[1, 7, 9, 12, 2], [1, 30, 31, 5, 2]])
MODELS = {
    "bert": lambda: BertForSequenceClassification(BertConfig(**SMALL)),
    "spans": lambda: BertForQuestionAnswering(BertConfig(**SMALL)),
    "modernbert": lambda: ModernBertForSequenceClassification(ModernBertConfig(**SMALL)),
    "mt5-classifier": lambda: MT5ForSequenceClassification(MT5Config(**T5)),
    "mt5": lambda: MT5ForConditionalGeneration(MT5Config(**T5)),
    "gpt2": lambda: GPT2LMHeadModel(GPT2Config(**GPT, bos_token_id=1, eos_token_id=2)),
}
HEADS = {
    "bert": {"classifier.weight", "classifier.bias"},
    "spans": {"qa_outputs.weight", "qa_outputs.bias"},
    "mt5": set(),
    "gpt2": set(),
}


def made(name: str) -> nn.Module:
    torch.manual_seed(1)
    return MODELS[name]().eval()


def scores(model: nn.Module, name: str) -> torch.Tensor:
    more = {"decoder_input_ids": IDS[:, :2]} if name == "mt5" else {}
    output = model(input_ids=IDS, attention_mask=torch.ones_like(IDS), **more)
    return output.start_logits if name == "spans" else output.logits


def trained(model: nn.Module) -> dict[str, nn.Parameter]:
    return {name: one for name, one in model.named_parameters() if one.requires_grad}


def train(model: nn.Module, name: str, steps: int = 3) -> None:
    optimizer = adamw(model, 1e-2, 0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        scores(model, name).square().mean().backward()
        optimizer.step()


@pytest.mark.parametrize("name", MODELS)
def test_a_saved_model_is_an_ordinary_one_with_the_same_scores(name):
    model = made(name)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    plain = scores(model, name)
    add_adapters(model, 4, 0)
    torch.testing.assert_close(scores(model, name), plain, rtol=1e-4, atol=1e-5)
    train(model, name)
    adapters = {key: value.clone() for key, value in model.state_dict().items() if "lora" in key}
    learned = scores(model, name)
    assert not torch.allclose(learned, plain, atol=1e-4)
    merge_adapters(model)
    after = model.state_dict()
    assert after.keys() == before.keys()
    torch.testing.assert_close(scores(model, name), learned, rtol=1e-4, atol=1e-5)
    places = [key.split(".lora_A")[0] for key in adapters if ".lora_A" in key]
    assert len(places) >= 8
    for place in places:
        a, b = (adapters[f"{place}.lora_{x}.default.weight"] for x in "AB")
        product = 2 * b @ a
        expected = before[f"{place}.weight"] + (product.T if name == "gpt2" else product)
        torch.testing.assert_close(after[f"{place}.weight"], expected)
    same = {key for key in before if torch.equal(before[key], after[key])}
    assert {key for key in before if "embed" in key or "wte" in key} <= same


@pytest.mark.parametrize("name", HEADS)
def test_the_head_is_trained_whole_and_a_language_model_has_none(name):
    model = made(name)
    add_adapters(model, 2, 0)
    assert {key for key in trained(model) if "lora" not in key} == HEADS[name]
    inside = [key for key in trained(model) if "lora" in key]
    assert inside and not any("classifier" in key or "lm_head" in key for key in inside)


def test_the_rank_decides_how_much_is_trained():
    model = made("bert")
    add_adapters(model, 3, 0)
    found = sum(one.numel() for key, one in trained(model).items() if "lora" in key)
    layers, pooler = 2 * (4 * (16 + 16) + 2 * (16 + 32)), 16 + 16
    assert found == 3 * (layers + pooler)


def test_the_seed_decides_the_start():
    drawn = []
    for seed in (0, 0, 1):
        model = made("bert")
        add_adapters(model, 2, seed)
        drawn.append(torch.cat([x.flatten() for x in trained(model).values()]))
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])


def test_everything_is_trained_again_after_it():
    model = made("bert")
    frozen = model.bert.embeddings.word_embeddings.weight
    frozen.requires_grad_(False)
    names = trained(model).keys()
    with adapted(model, 2, 0):
        assert trained(model).keys() != names
    assert trained(model).keys() == names
    with adapted(model, None, 0):
        assert trained(model).keys() == names


def test_only_what_is_trained_is_kept_and_comes_back():
    model = made("bert")
    assert weights_of(model).keys() == model.state_dict().keys()
    add_adapters(model, 2, 0)
    kept = weights_of(model)
    assert kept.keys() == trained(model).keys()
    first = scores(model, "bert")
    train(model, "bert")
    assert not torch.allclose(scores(model, "bert"), first, atol=1e-4)
    load_weights(model, kept)
    torch.testing.assert_close(scores(model, "bert"), first)
    assert weights_of(model.requires_grad_(False)).keys() == model.state_dict().keys()


@pytest.mark.parametrize("change", ["less", "more"])
def test_weights_of_another_model_are_refused(change):
    model = made("bert")
    kept = weights_of(model)
    if change == "less":
        del kept["classifier.bias"]
    else:
        kept["classifier.other"] = kept["classifier.bias"]
    with pytest.raises(CoreError, match="weights of another model"):
        load_weights(model, kept)


class Wide:
    """As much of a model's source as a recipe reads."""

    width = 1024


def test_adapters_learn_faster_where_no_rate_is_set():
    plain = settle(FinetuneConfig(), Wide())
    assert (plain.finetune_learning_rate, plain.dropout) == (2e-5, 0.1)
    found = settle(FinetuneConfig(lora=8), Wide())
    assert (found.finetune_learning_rate, found.dropout) == (2e-4, 0.1)
    given = settle(FinetuneConfig(lora=8, finetune_learning_rate=1e-5), Wide())
    assert given.finetune_learning_rate == 1e-5
    answers = settle(QaTrainConfig(lora=8), Wide())
    assert (answers.learning_rate, answers.stage1_learning_rate) == (2e-4, 2e-4)
    assert answers.stage1_epochs == 3
