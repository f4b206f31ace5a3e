"""Without padding an encoder says what it says with it, whatever the head, mode or pass."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    ModernBertConfig,
    ModernBertForMaskedLM,
    ModernBertForSequenceClassification,
    PreTrainedModel,
    T5Config,
    T5ForConditionalGeneration,
    XLMRobertaConfig,
    XLMRobertaForQuestionAnswering,
    XLMRobertaForSequenceClassification,
)

from core.models.batches import pad
from core.models.device import Device
from core.models.packed_attention import packed_of
from core.models.packing import NAME, pack
from core.models.ready import ready

PADDED = Device(torch.device("cpu"), torch.float32)
PACKED = Device(torch.device("cpu"), torch.float32, packed=True)
SHAPE = {
    "vocab_size": 80, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
    "num_attention_heads": 2, "pad_token_id": 1, "max_position_embeddings": 64,
}  # fmt: skip
MODERN = {
    **SHAPE, "layer_types": ["full_attention", "sliding_attention"], "local_attention": 8,
    "bos_token_id": 0, "eos_token_id": 2, "cls_token_id": 0, "sep_token_id": 2,
}  # fmt: skip
NONE = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
LENGTHS = (3, 17, 17, 9, 1, 30)


def model_of(kind: str) -> PreTrainedModel:
    torch.manual_seed(0)
    if kind == "bert":
        return BertForSequenceClassification(BertConfig(**SHAPE, **NONE, num_labels=3))
    if kind == "xlm-r":
        return XLMRobertaForSequenceClassification(XLMRobertaConfig(**SHAPE, **NONE, num_labels=3))
    if kind == "spans":
        return XLMRobertaForQuestionAnswering(XLMRobertaConfig(**SHAPE, **NONE))
    if kind == "modernbert":
        return ModernBertForSequenceClassification(ModernBertConfig(**MODERN, num_labels=3))
    return ModernBertForMaskedLM(ModernBertConfig(**MODERN))


KINDS = ["bert", "xlm-r", "spans", "modernbert", "masked"]


def batch() -> dict[str, torch.Tensor]:
    rng = torch.Generator().manual_seed(1)
    rows = [torch.randint(5, 80, (n,), generator=rng).tolist() for n in LENGTHS]
    return pad(rows, 1, PADDED)


def read(model: PreTrainedModel, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Everything the head says, padding aside."""
    output = model(**inputs)
    scores = output.logits if "logits" in output else output.start_logits
    return scores[inputs["attention_mask"].bool()] if scores.shape[1] == max(LENGTHS) else scores


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("checkpointing", [False, True])
def test_scores_and_gradients_are_those_with_padding(kind: str, checkpointing: bool) -> None:
    plain = model_of(kind).train()
    packed = copy.deepcopy(plain)
    assert pack(packed, PACKED) and packed.config._attn_implementation == NAME
    gradients = []
    for model in (plain, packed):
        if checkpointing:
            model.activation_checkpointing_enable({"use_reentrant": False})
        found = read(model, batch())
        gradients.append((found, torch.autograd.grad(found.square().sum(), model.parameters())))
    torch.testing.assert_close(gradients[0][0], gradients[1][0], atol=1e-5, rtol=0)
    for one, other in zip(gradients[0][1], gradients[1][1], strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


def test_each_row_is_as_if_it_were_alone() -> None:
    model = ready(model_of("modernbert").eval(), PACKED)
    inputs = batch()
    whole = model(**inputs).logits
    for row, length in enumerate(LENGTHS):
        alone = model(inputs["input_ids"][row : row + 1, :length]).logits[0]
        torch.testing.assert_close(whole[row], alone, atol=1e-6, rtol=0)


def test_token_types_and_hidden_states_follow() -> None:
    plain = model_of("bert").eval()
    packed = ready(copy.deepcopy(plain), PACKED)
    inputs = {**batch(), "output_hidden_states": True}
    kept = inputs["attention_mask"].bool()
    inputs["token_type_ids"] = kept & (torch.arange(30) > 1)
    inputs["token_type_ids"] = inputs["token_type_ids"].long()
    expected, found = plain(**inputs), packed(**inputs)
    torch.testing.assert_close(found.logits, expected.logits, atol=1e-6, rtol=0)
    for one, other in zip(found.hidden_states, expected.hidden_states, strict=True):
        torch.testing.assert_close(one[kept], other[kept], atol=1e-5, rtol=0)


def test_a_mask_that_does_not_know_its_lengths_is_read() -> None:
    model = ready(model_of("xlm-r").eval(), PACKED)
    inputs = batch()
    cut = {name: values[[0, 5]] for name, values in inputs.items()}
    torch.testing.assert_close(model(**cut).logits, model(**inputs).logits[[0, 5]])


def test_copies_stay_packed_and_what_is_saved_does_not_tell(tmp_path: Path) -> None:
    model = ready(model_of("xlm-r").eval(), PACKED)
    again = copy.deepcopy(ready(model, PACKED))
    assert len(again.base_model._forward_hooks) == 1
    torch.testing.assert_close(again(**batch()).logits, model(**batch()).logits)
    model.save_pretrained(tmp_path)
    assert NAME not in json.dumps(json.loads((tmp_path / "config.json").read_text()))
    loaded = XLMRobertaForSequenceClassification.from_pretrained(tmp_path).eval()
    torch.testing.assert_close(loaded(**batch()).logits, model(**batch()).logits, atol=1e-6, rtol=0)


def test_what_is_no_encoder_stays_as_it_is() -> None:
    causal = GPT2LMHeadModel(GPT2Config(n_embd=16, n_layer=1, n_head=2, vocab_size=80))
    pair = T5ForConditionalGeneration(T5Config(d_model=16, d_kv=8, d_ff=16, num_layers=1))
    for model in (causal, pair):
        before = model.config._attn_implementation
        assert not pack(model, PACKED)
        assert model.config._attn_implementation == before and not model.base_model._forward_hooks
    assert not pack(model_of("bert"), PADDED)


def test_where_the_sequences_lie() -> None:
    found = packed_of([2, 3, 1], 3, torch.device("cpu"))
    assert found.ends.tolist() == [0, 2, 5, 6]
    assert found.places.tolist() == [0, 1, 3, 4, 5, 6]
    hidden = torch.arange(1.0, 7.0)[None, :, None]
    assert found.unpacked(hidden)[..., 0].tolist() == [[1, 2, 0], [3, 4, 5], [6, 0, 0]]
