import shutil

import pytest
import torch
from huggingface_hub import constants
from transformers import BertConfig, BertModel, RobertaConfig, RobertaModel

from core.config import EngineConfig, ModelConfig
from core.errors import UserError
from core.models import locate
from core.models.device import pick_device
from core.models.encode import class_logits, encode_texts, segments
from core.models.find import find_model
from core.models.load import load_classifier
from core.models.locate import built_in_run, run_of_folder
from core.models.optimizer import learning_rate_at
from core.models.pretrained import position_limits, set_dropout
from core.runs.live import LiveRun
from core.runs.store import RunStore
from tests.tiny import classes, write_model

NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    model = write_model(folder / "encoder")
    return find_model(ModelConfig(model=str(model)), RunStore(folder / "store"))


def test_bucketed_logits_equal_one_at_a_time(source):
    classifier = load_classifier(source, classes(NAMES), 0.1, 0)
    classifier.model.eval()
    texts = [("ka lo apple",), ("mi",), ("pomme nu pe ra so ti vu ze",), ("tin rain",)] * 3
    rows = encode_texts(texts, classifier.tokenizer, 32)
    device = pick_device(EngineConfig(device="cpu", batch_tokens=24))
    together = class_logits(classifier.model, rows, classifier.tokenizer, device)
    for row, logits in zip(rows, together, strict=True):
        alone = classifier.model(torch.tensor([row])).logits[0]
        torch.testing.assert_close(alone, logits, atol=1e-5, rtol=0)


def test_pairs_get_the_token_types_a_bert_tokenizer_gives(source):
    classifier = load_classifier(source, classes(NAMES), 0.1, 0)
    if "token_type_ids" not in classifier.tokenizer.model_input_names:
        classifier.tokenizer.model_input_names = [
            *classifier.tokenizer.model_input_names,
            "token_type_ids",
        ]
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
        return load_classifier(source, classes(NAMES), 0.1, seed).model.classifier.weight

    assert torch.equal(head(1), head(1))
    assert not torch.equal(head(1), head(2))


def test_every_dropout_field_is_set(source):
    settings = load_classifier(source, classes(NAMES), 0.3, 0).model.config
    assert settings.hidden_dropout_prob == 0.3
    assert settings.attention_probs_dropout_prob == 0.3
    assert settings.classifier_dropout == 0.3
    settings.encoder_layerdrop = 0.25
    set_dropout(settings, 0.0)
    assert settings.classifier_dropout == 0.0
    assert settings.encoder_layerdrop == 0.25


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


def test_a_folder_has_no_revisions(source, tmp_path):
    config = ModelConfig(model=source.location, revision="v2")
    with pytest.raises(UserError, match=r"--revision v2: .* a folder on this machine"):
        find_model(config, RunStore(tmp_path))


def test_a_head_of_another_size_is_replaced_from_the_seed(source, tmp_path):
    old = load_classifier(source, classes(("x", "y")), 0.1, 0)
    old.model.save_pretrained(tmp_path)
    old.tokenizer.save_pretrained(tmp_path)
    found = find_model(ModelConfig(model=str(tmp_path)), RunStore(tmp_path / "s"))
    assert found.class_names == ("x", "y") and found.has_head
    one, two = (
        load_classifier(found, classes(NAMES), 0.1, 5).model.classifier.weight for _ in "ab"
    )
    assert one.shape[0] == 3 and torch.equal(one, two)


def test_classes_fit_by_name_and_order(source):
    from dataclasses import replace

    own = replace(source, has_head=True, class_names=("Entailment", "neutral"))
    assert own.named and own.fits(("entailment", "NEUTRAL"))
    assert not own.fits(("neutral", "entailment"))
    assert not replace(own, has_head=False).fits(own.class_names)
    assert not replace(own, class_names=("LABEL_0", "LABEL_1")).named


def test_positions_limit_the_length(source):
    small = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 9}
    small |= {"intermediate_size": 8}
    roberta = RobertaModel(RobertaConfig(max_position_embeddings=514, pad_token_id=1, **small))
    assert position_limits(roberta) == [512]
    assert position_limits(BertModel(BertConfig(max_position_embeddings=64, **small))) == [64]
    classifier = load_classifier(source, classes(NAMES), 0.1, 0)
    assert classifier.tokenizer.model_max_length == 64


def test_gradient_checkpointing_gives_the_same_gradients(source):
    device = pick_device(EngineConfig(device="cpu"))

    def gradient(checkpointing):
        found = load_classifier(
            source, classes(NAMES), 0.1, 0, gradient_checkpointing=checkpointing
        )
        found.model.train()
        assert found.model.is_activation_checkpointing == checkpointing
        rows = encode_texts([("ka lo apple",), ("tin rain",)], found.tokenizer, 32)
        torch.manual_seed(1)
        class_logits(found.model, rows, found.tokenizer, device).square().sum().backward()
        return found.model.base_model.embeddings.word_embeddings.weight.grad

    torch.testing.assert_close(gradient(True), gradient(False))


def test_a_hub_model_is_known_by_its_commit(source, tmp_path, monkeypatch):
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "hub" / "models--someone--tiny"
    shutil.copytree(source.location, repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    found = find_model(ModelConfig(model="someone/tiny"), RunStore(tmp_path / "s"))
    assert (found.fingerprint, found.revision) == (f"someone/tiny@{commit}", commit)
    load_classifier(found, classes(NAMES), 0.1, 0)
    (repository / "refs" / "main").write_text("f" * 40)  # the hub has moved on meanwhile
    load_classifier(found, classes(NAMES), 0.1, 0)
    (repository / "snapshots" / commit / "model.safetensors").unlink()
    with pytest.raises(UserError, match="save_pretrained"):
        load_classifier(found, classes(NAMES), 0.1, 0)


def test_a_folder_of_a_run_is_known_as_its_model(source, tmp_path):
    run = LiveRun(RunStore(tmp_path).create("finetune", {}, ["python"]))
    shutil.copytree(source.location, run.path / "model")
    run.update(artifacts={"model": "model"})
    assert run_of_folder(run.path / "model").id == run.id
    config = ModelConfig(model=str(run.path / "model"))
    assert find_model(config, RunStore(tmp_path / "other")).run == run.id
    with pytest.raises(UserError, match="no such run in other"):
        find_model(ModelConfig(model=run.id), RunStore(tmp_path / "other"))


def test_the_built_in_model_is_the_run_that_is_named(source, tmp_path, monkeypatch):
    monkeypatch.setattr(locate, "ROOT", tmp_path)
    runs = RunStore(tmp_path / "cached_runs")
    with pytest.raises(UserError, match="does not name its run"):
        built_in_run()
    named, newer = (LiveRun(runs.create("pretrain", {}, ["python"])) for _ in "ab")
    (runs.root / "BUILT_IN").write_text(f"{named.id}\n")
    with pytest.raises(UserError, match="is queued"):
        built_in_run()
    for run in (named, newer):
        run.finish()
    with pytest.raises(UserError, match="no model in it"):
        built_in_run()
    shutil.copytree(source.location, named.path / "model")
    named.update(artifacts={"model": "model"}, started=named.record.submitted)
    assert built_in_run().id == named.id
    (runs.root / "BUILT_IN").write_text("19990101T000000-pretrain-000000\n")
    with pytest.raises(UserError, match=r"record.json is missing"):
        built_in_run()
