import pytest
import torch

from core.config import EngineConfig, ModelConfig
from core.errors import UserError
from core.models.device import pick_device
from core.models.encode import buckets, class_logits, encode_texts, segments
from core.models.load import find_model, load_classifier, set_dropout
from core.models.optimizer import learning_rate_at
from core.runs.store import RunStore
from tests.tiny import write_model

NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    model = write_model(folder / "encoder")
    return find_model(ModelConfig(model=str(model)), RunStore(folder / "store"))


def test_bucketed_logits_equal_one_at_a_time(source):
    classifier = load_classifier(source, NAMES, 0.1, 0)
    classifier.model.eval()
    texts = [("ka lo apple",), ("mi",), ("pomme nu pe ra so ti vu ze",), ("tin rain",)] * 3
    rows = encode_texts(texts, classifier.tokenizer, 32)
    device = pick_device(EngineConfig(device="cpu"))
    together = class_logits(classifier.model, rows, classifier.tokenizer, device, bucket=3)
    for row, logits in zip(rows, together, strict=True):
        alone = classifier.model(torch.tensor([row])).logits[0]
        torch.testing.assert_close(alone, logits, atol=1e-5, rtol=0)


def test_pairs_get_the_token_types_a_bert_tokenizer_gives(source):
    classifier = load_classifier(source, NAMES, 0.1, 0)
    rows = encode_texts([("ka lo", "apple mi nu"), ("tin", "rain")], classifier.tokenizer, 32)
    ids = torch.tensor([rows[0]])
    first = rows[0].index(classifier.tokenizer.sep_token_id)
    expected = [0] * (first + 1) + [1] * (len(rows[0]) - first - 1)
    assert segments(ids, classifier.tokenizer.sep_token_id)[0].tolist() == expected
    classifier.model.eval()
    device = pick_device(EngineConfig(device="cpu"))
    logits = class_logits(classifier.model, rows, classifier.tokenizer, device)
    alone = classifier.model(ids, token_type_ids=torch.tensor([expected])).logits[0]
    torch.testing.assert_close(alone, logits[0], atol=1e-5, rtol=0)


def test_a_new_head_comes_from_the_seed(source):
    def head(seed):
        return load_classifier(source, NAMES, 0.1, seed).model.classifier.weight

    assert torch.equal(head(1), head(1))
    assert not torch.equal(head(1), head(2))


def test_every_dropout_field_is_set(source):
    settings = load_classifier(source, NAMES, 0.3, 0).model.config
    assert settings.hidden_dropout_prob == 0.3
    assert settings.attention_probs_dropout_prob == 0.3
    assert settings.classifier_dropout == 0.3
    set_dropout(settings, 0.0)
    assert settings.classifier_dropout == 0.0


def test_buckets_hold_every_position_once():
    groups = list(buckets([5, 1, 4, 4, 2], 2))
    assert sorted(i for group in groups for i in group) == [0, 1, 2, 3, 4]
    assert groups[0] == [0, 2]


def test_learning_rate_rises_then_falls():
    rates = [learning_rate_at(step, 10, 1.0, 0.2) for step in range(10)]
    assert rates[0] == 0.5
    assert rates[1] == max(rates) == 1.0
    assert rates[-1] == pytest.approx(0.125)


def test_a_decoder_is_refused(tmp_path):
    from transformers import T5Config

    T5Config().save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "whisper"}')
    with pytest.raises(UserError, match="no sequence classification head"):
        find_model(ModelConfig(model=str(tmp_path)), RunStore(tmp_path / "s"))


def test_a_missing_hub_model_offline_is_one_message(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UserError, match="no model found there"):
        find_model(ModelConfig(model="nobody/nothing"), RunStore(tmp_path))
