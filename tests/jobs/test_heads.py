"""Every head, from the command line to the model that comes out of it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import transformers
from safetensors.numpy import load_file

from core.cli import main
from core.config import DistillConfig, PredictConfig, SelectConfig
from core.data import load
from core.data.parallel import ParallelDataset
from core.data.predictions import Predictions
from core.errors import RunCancelledError, UserError
from core.jobs.runner import run_now
from core.jobs.worker import resume
from core.models import surprisal
from core.runs.live import CANCEL, LiveRun
from core.runs.store import RunStore
from tests.probing.language_models import write
from tests.tiny import CLASSES, LANGUAGES, WORDS, rows, write_data

TOPICS = """
[en]
template = "{1} is {answer} , mango"
causal = "{1} is {answer}"
answers = { fruit = "apple", metal = "iron tin", weather = "rain" }

[fr]
template = "{1} ka {answer} , mango"
causal = "{1} ka {answer}"
answers = { fruit = "pomme", metal = "fer or", weather = "pluie" }
"""
ASKED = [("xlm-r", "prompt"), ("modernbert", "prompt"), ("mt5", "first-step"), ("llama", "causal")]
CLASSES_OF = {
    "prompt": "AutoModelForMaskedLM",
    "first-step": "AutoModelForSeq2SeqLM",
    "causal": "AutoModelForCausalLM",
    "multiple-choice": "AutoModelForSequenceClassification",
}
SHORT = {
    "device": "cpu",
    "finetune_epochs": 2,
    "finetune_batch": 16,
    "finetune_learning_rate": 1e-3,
    "max_length": 48,
    "dropout": 0.0,
}
STEPS = {"steps": 3, "batch": 3, "check_every": 2, "learning_rate": 1e-3, "anchor_batch": 4}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("heads")
    for family in ("xlm-r", "modernbert", "mt5", "llama", "gpt-2"):
        write(family, folder / family)
    (folder / "topics.toml").write_text(TOPICS, encoding="utf-8")
    write_data(folder / "topics.csv", items=90)
    return folder


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as stop:
        main([str(a) for a in arguments])
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def options(values) -> list[str]:
    return [x for name, value in values.items() for x in (f"--{name.replace('_', '-')}", value)]


def settings(world, family, **changes):
    values = {"dataset": str(world / "topics.csv"), "templates": str(world / "topics.toml")}
    return {**SHORT, **values, "model": str(world / family), **changes}


def stories(*_, **__) -> dict[str, ParallelDataset]:
    """Multiple choice with cause and effect, of the tiny tasks' words."""
    found = {}
    for split, seed in (("train", 1), ("test", 2)):
        items = [row for row in rows(60, seed) if row["language"] == "en"]
        answers = np.random.default_rng(seed).integers(2, size=len(items))
        texts = {}
        for language in LANGUAGES:
            words = WORDS[language]
            right = [words[row["label"]][0] for row in items]
            wrong = [words[CLASSES[(CLASSES.index(row["label"]) + 1) % 3]][1] for row in items]
            texts[language] = tuple(
                (f"{r} ka {seed}{i}", ("cause", "effect")[i % 2], *((r, w) if a == 0 else (w, r)))
                for i, (r, w, a) in enumerate(zip(right, wrong, answers, strict=True))
            )
        ids = tuple(f"{split}/{i}" for i in range(len(items)))
        names = ("choice 1", "choice 2")
        found[split] = ParallelDataset("xcopa", ids, texts, names, answers, choices=2)
    return found


def check_end_to_end(capsys, store, arguments, head):
    """Distil, load what came out, and use it again: the same predictions."""
    status, out, err = run(
        capsys, "distill", *arguments, *options(STEPS), "--store", store, "--json"
    )
    assert status == 0, err
    record = json.loads(out)
    assert record["config"]["head"] == head and record["metrics"]["after"]["accuracy"]
    assert ("templates" in record["fingerprints"]) == (head != "multiple-choice")
    folder = store / record["id"] / "model"
    model = getattr(transformers, CLASSES_OF[head]).from_pretrained(folder)
    assert type(model).__name__ in model.config.architectures
    assert CLASSES_OF[head] in (folder / "README.md").read_text(encoding="utf-8")
    rest = [x for x in arguments]
    rest[rest.index("--model") + 1] = record["id"]
    if "--templates" in rest:  # they come with the model
        place = rest.index("--templates")
        del rest[place : place + 2]
    status, out, err = run(capsys, "predict", *rest, "--store", store, "--json")
    assert status == 0, err
    again = json.loads(out)
    assert again["parents"] == [record["id"]] and again["config"]["head"] == head
    one = Predictions.load(store / record["id"] / "predictions_after.npz")
    two = Predictions.load(store / again["id"] / "predictions_before.npz")
    np.testing.assert_allclose(one.probabilities, two.probabilities, atol=1e-6)
    return record


@pytest.mark.parametrize(("family", "head"), ASKED)
def test_labels(world, family, head, tmp_path, capsys):
    arguments = options(settings(world, family, head=head))
    check_end_to_end(capsys, tmp_path / "store", arguments, head)


@pytest.mark.parametrize(
    ("family", "head"),
    [("xlm-r", "multiple-choice"), ("xlm-r", "prompt"), ("gpt-2", "causal")],
)
def test_choices(world, family, head, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(load.FOLDERS, "sib200", stories)
    values = {**SHORT, "dataset": "sib200", "data": str(world), "model": str(world / family)}
    check_end_to_end(capsys, tmp_path / "store", options({**values, "head": head}), head)


@pytest.mark.parametrize(("family", "head"), ASKED)
def test_never_means_zero_shot(world, family, head, tmp_path):
    store = RunStore(tmp_path / "store")
    config = SelectConfig(**settings(world, family, head=head, finetune="never"))
    found = run_now("select", config, store)
    assert found.record.parents == [] and len(store.paths()) == 1
    assert set(found.record.ledger) == {"selection", "evaluation"}
    assert "asked in English there" in " ".join(found.record.warnings)  # Swahili
    log = (found.path / "log.txt").read_text(encoding="utf-8")
    assert f"head {head}: own wording in en, fr; English wording in sw" in log
    assert "apple" not in log
    asked = json.loads((found.path / "templates.json").read_text(encoding="utf-8"))
    assert asked["sw"] == asked["en"] and asked["fr"]["answers"]["fruit"] == "pomme"


def test_auto_finds_the_head(world, tmp_path):
    store = RunStore(tmp_path / "store")
    for family, head in (("llama", "causal"), ("mt5", "first-step")):
        config = PredictConfig(**settings(world, family, finetune="never"))
        assert config.head == "auto"
        assert run_now("predict", config, store).record.config["head"] == head
    config = PredictConfig(**{**settings(world, "xlm-r"), "templates": None})
    assert run_now("predict", config, store).record.config["head"] == "classification"


def test_a_fine_tuning_is_reused_where_its_english_is_the_same(world, tmp_path):
    store = RunStore(tmp_path / "store")

    def parents(text: str, **changes) -> list[str]:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        values = settings(world, "xlm-r", head="prompt", templates=str(path), **changes)
        return run_now("predict", PredictConfig(**values), store).record.parents

    first = parents(TOPICS)
    assert parents(TOPICS.replace("pomme", "prune")) == first
    assert parents(TOPICS.replace('"apple"', '"plum"')) != first
    assert parents(TOPICS.replace("is {answer} ,", "mi {answer} ,")) != first
    plain = PredictConfig(**{**settings(world, "xlm-r"), "templates": None})
    assert run_now("predict", plain, store).record.parents != first


def test_a_stopped_run_goes_on_and_refuses_other_templates(world, tmp_path, monkeypatch):
    path = tmp_path / "mine.toml"
    path.write_text(TOPICS, encoding="utf-8")
    values = settings(world, "xlm-r", head="prompt", templates=str(path), dropout=0.1)
    config = DistillConfig(**values, **STEPS, checkpoint_seconds=0.0)
    whole = run_now("distill", config, RunStore(tmp_path / "whole"))
    true, stopped = LiveRun.progress, []

    def progress(self, now, at, total, **more):
        if now == "distilling" and at == 2 and not stopped:
            stopped.append(self.id)
            (self.path / CANCEL).touch()
        true(self, now, at, total, **more)

    monkeypatch.setattr(LiveRun, "progress", progress)
    store = RunStore(tmp_path / "store")
    with pytest.raises(RunCancelledError):
        run_now("distill", config, store)
    path.write_text(TOPICS.replace("pomme", "prune"), encoding="utf-8")
    with pytest.raises(UserError, match="its templates changed since it began"):
        resume(store, stopped[0])
    path.write_text(TOPICS, encoding="utf-8")
    resumed = resume(store, stopped[0])
    one, two = (load_file(x.path / "model" / "model.safetensors") for x in (whole, resumed))
    assert all((one[name] == two[name]).all() for name in one)


def test_memory_that_runs_out_halves_what_goes_through_at_once(world, tmp_path, monkeypatch):
    true = surprisal._answer
    values = settings(world, "xlm-r", head="prompt", finetune="never")

    def small(model, narrow, device, sequences, *rest):
        if len(sequences) > 10:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return true(model, narrow, device, sequences, *rest)

    config = PredictConfig(**values, prediction_batch=32)
    plain = run_now("predict", config, RunStore(tmp_path / "plain"))
    monkeypatch.setattr(surprisal, "_answer", small)
    tight = run_now("predict", config, RunStore(tmp_path / "tight"))
    assert any("from then on 128" in text for text in tight.record.warnings)
    one, two = (Predictions.load(x.path / "predictions_before.npz") for x in (plain, tight))
    np.testing.assert_allclose(one.probabilities, two.probabilities, atol=1e-5)


ERRORS = {
    "no mask": (["xlm-r", "--head", "first-step"], "asks an encoder-decoder"),
    "no decoder": (["xlm-r", "--head", "causal"], "asks a decoder-only language model"),
    "no masked model": (["llama", "--head", "prompt"], "asks a masked language model"),
    "labels": (["xlm-r", "--head", "multiple-choice"], "those of topics have labels"),
    "no such head": (["xlm-r", "--head", "span"], "span"),
    "no such file": (["xlm-r", "--head", "prompt", "--templates", "no.toml"], "no such file"),
    "no templates": (["xlm-r", "--head", "prompt", "--templates", "english"], "--templates FILE"),
    "no use": (["xlm-r", "--templates", "english"], "the head is classification"),
    "no use at all": (
        ["xlm-r", "--head", "classification", "--templates", "english"],
        "asks in no words of its own",
    ),
    "too short": (
        ["xlm-r", "--head", "prompt", "--max-length", "8", "--finetune", "never"],
        "--max-length: 8 pieces are too few",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_one_message(name, world, tmp_path, capsys):
    (family, *rest), said = ERRORS[name]
    values = {"model": world / family, "dataset": world / "topics.csv", "device": "cpu"}
    if name == "too short":
        values["templates"] = world / "topics.toml"
    status, out, err = run(capsys, "predict", *options(values), *rest, "--store", tmp_path / "s")
    assert (status, out) == (2, "") and said in err and "Traceback" not in err


ALIKE = TOPICS.replace('"iron tin"', '"apple rain"')
LONG = TOPICS.replace("is {answer} ,", "ka lo mi nu pe ra so ti vu ze " * 9 + "{answer} ,")


@pytest.mark.parametrize("verb", ["predict", "select", "distill"])
@pytest.mark.parametrize("dry", [True, False])
@pytest.mark.parametrize(
    ("family", "text", "said"),
    [
        ("mt5", ALIKE, "'apple' and 'apple rain' (asked in en) have the same first piece"),
        ("xlm-r", LONG, "has positions for 60 pieces, too few for topics in en"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_a_run_is_made(
    verb, dry, family, text, said, world, tmp_path, capsys
):
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    values = {"model": world / family, "dataset": world / "topics.csv", "device": "cpu"}
    values |= {"templates": tmp_path / "mine.toml", "finetune": "never"}
    values |= {"head": "prompt"} if family == "xlm-r" else {}
    values |= {"anchor": 0} if verb == "distill" else {}
    store = tmp_path / "store"
    more = ["--dry-run"] if dry else []
    status, out, err = run(capsys, verb, *options(values), *more, "--store", store)
    assert (status, out) == (2, "") and said in err
    assert not store.exists() or not list(store.iterdir())
    assert "log" not in err and "fine-tuning" not in err


def test_choices_that_are_too_long_are_refused_before_a_run_is_made(
    world, tmp_path, capsys, monkeypatch
):
    def long(*_, **__):
        return {
            split: replace(
                data,
                texts={
                    x: tuple((*f[:3], " ".join("kalominu") * 9) for f in fields)
                    for x, fields in data.texts.items()
                },
            )
            for split, data in stories().items()
        }

    monkeypatch.setitem(load.FOLDERS, "sib200", long)
    values = {"dataset": "sib200", "data": world, "model": world / "xlm-r", "device": "cpu"}
    status, out, err = run(
        capsys, "predict", *options(values), "--dry-run", "--store", tmp_path / "s"
    )
    assert (status, out) == (2, "") and "has positions for 60 pieces" in err
    assert "template" not in err


def test_problems_of_a_file_come_together(world, tmp_path, capsys):
    path = tmp_path / "mine.toml"
    path.write_text('[en]\ntemplate = "{2}"\nanswers = { fruit = "a" }\n[qqx]\n', encoding="utf-8")
    values = {"model": world / "xlm-r", "dataset": world / "topics.csv", "head": "prompt"}
    status, _, err = run(
        capsys, "predict", *options({**values, "templates": path}), "--store", tmp_path / "s"
    )
    assert status == 2 and "no {answer}" in err and "no word for metal" in err and "[qqx]" in err
    assert not (tmp_path / "s").exists() or not list((tmp_path / "s").iterdir())
