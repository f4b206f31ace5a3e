"""A run that trains teachers, baselines and a balanced student, and measures them (MRR)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from transformers import BertForMaskedLM

from core.balancing.architecture import fresh_model, parameters
from core.balancing.comparison import (
    SPECIALS,
    Texts,
    is_taught,
    model_names,
    prepare_texts,
    task_of,
    warnings_of,
)
from core.balancing.ranks import reciprocal_ranks
from core.balancing.training import Row, Task, Trained, Training
from core.config import BalanceConfig
from core.config.balance import TEACHER
from core.data import reciprocal_ranks as ranks_file
from core.data.corpora.corpus import characters, unique_items
from core.data.corpora.division import Division
from core.data.reciprocal_ranks import ReciprocalRanks, save_ranks
from core.jobs.balance_inputs import BalanceInputs, read_inputs
from core.jobs.inputs import refuse_change
from core.jobs.kinds import Work
from core.languages import english_name
from core.metrics.balance import differences, group_means
from core.models.card import model_card
from core.models.checkpoint import Checkpoint
from core.models.device import Device, pick_device
from core.models.pretrained import quiet
from core.models.ready import ready
from core.models.save import save_model
from core.runs.checkpoints import TRAINING, remove_checkpoints
from core.runs.live import LiveRun
from core.runs.store import RunStore

MODELS, TRAINED = "models", "training.json"


def prepare(config: BalanceConfig, store: RunStore) -> Work:
    """Check all input: text, languages, sizes and the models asked for."""
    inputs = read_inputs(config)
    device = pick_device(config)

    def work(run: LiveRun) -> None:
        quiet()
        begun = (run.path / MODELS).is_dir()
        refuse_change(run, {"data": inputs.corpus.fingerprint}, begun=begun)
        run.update(
            fingerprints={"data": inputs.corpus.fingerprint},
            environment={**run.record.environment, **device.describe()},
        )
        run.warn(*inputs.warnings)
        run.progress("training a tokenizer", 0, 1)
        texts = prepare_texts(inputs.division, config)
        run.warn(*warnings_of(texts, config))
        names = model_names(config, inputs.languages)
        trained = _train_all(run, config, texts, names, device)
        ranks = _measure(run, config, texts, names, device)
        save_ranks(run.path / ranks_file.NAME, ranks)
        run.update(
            metrics=_metrics(run, config, inputs, texts, trained, ranks),
            artifacts={
                "history": "history.jsonl",
                "reciprocal_ranks": ranks_file.NAME,
                MODELS: MODELS,
            },
        )
        remove_checkpoints(run.path)

    return work


def folder_of(run: Path, name: str) -> Path:
    """Where a run keeps one of its models."""
    return run / MODELS / name


def _train_all(
    run: LiveRun, config: BalanceConfig, texts: Texts, names: Sequence[str], device: Device
) -> dict[str, Trained]:
    """Train the models that an earlier attempt did not finish."""
    (run.path / MODELS).mkdir(exist_ok=True)
    found: dict[str, Trained] = {}
    for number, name in enumerate(names, start=1):
        place = folder_of(run.path, name) / TRAINED
        if place.exists():
            found[name] = Trained(**json.loads(place.read_text(encoding="utf-8")))
            continue
        earlier = [row for one in found.values() for row in one.history]
        stage = f"training {name}, model {number} of {len(names)}"
        found[name] = _train(run, config, texts, name, stage, device, earlier)
    _write_history(run, [row for one in found.values() for row in one.history])
    return found


def _train(
    run: LiveRun,
    config: BalanceConfig,
    texts: Texts,
    name: str,
    stage: str,
    device: Device,
    earlier: list[Row],
) -> Trained:
    """Train one model and keep it."""
    task = _with_teachers(run, task_of(name, texts, config), device)
    model = fresh_model(config, texts.tokenizer, config.seed)
    training = Training(model, texts.tokenizer, task, config, device, run.path, run.warn)
    _write_history(run, [*earlier, *training.history])

    def tick(step: int, steps: int, values: Row) -> None:
        run.progress(stage, step, steps, **values)

    trained = training.run(tick, run.add_history)
    save_model(
        run.path,
        model,
        texts.tokenizer,
        _card(run, name),
        folder=f"{MODELS}/{name}",
        beside={TRAINED: json.dumps(asdict(trained))},
    )
    # A finished model is what a resume goes on from, and the store looks for a checkpoint.
    Checkpoint(run.path, TRAINING, 0).save({}, None, {"model": None})
    return trained


def _with_teachers(run: LiveRun, task: Task, device: Device) -> Task:
    """The task with its teachers, which are not trained any more."""
    if not is_taught(task.name):
        return task
    teachers = {language: _load(run, TEACHER + language, device) for language in task.rows}
    return Task(**{**task.__dict__, "teachers": teachers})


def _load(run: LiveRun, name: str, device: Device) -> BertForMaskedLM:
    model = BertForMaskedLM.from_pretrained(folder_of(run.path, name))
    return ready(model, device).eval().requires_grad_(False)


def _write_history(run: LiveRun, rows: Sequence[Row]) -> None:
    """Replace the history: steps begin anew with each model."""
    run.cut_history(-1)
    for row in rows:
        run.add_history(row)


def _measure(
    run: LiveRun, config: BalanceConfig, texts: Texts, names: Sequence[str], device: Device
) -> ReciprocalRanks:
    """The reciprocal ranks of every model at the same masked positions of the test set."""
    ranks: dict[str, dict[str, NDArray[Any]]] = {}
    for number, name in enumerate(names):
        run.progress("measuring MRR on the test set", number, len(names))
        model = _load(run, name, device)
        asked = [name.removeprefix(TEACHER)] if name.startswith(TEACHER) else list(texts.test)
        ranks[name] = {
            language: reciprocal_ranks(
                model,
                texts.test[language],
                texts.tokenizer.pad_token_id,
                device,
                config.prediction_batch,
            )
            for language in asked
        }
    items = sorted({item for own in texts.test.values() for item in own.items})
    number_of = {item: number for number, item in enumerate(items)}
    clusters = {
        language: np.repeat(
            np.array([number_of[item] for item in own.items], np.int32),
            [len(places) for places in own.places],
        )
        for language, own in texts.test.items()
    }
    return ReciprocalRanks(ranks, clusters)


def _metrics(
    run: LiveRun,
    config: BalanceConfig,
    inputs: BalanceInputs,
    texts: Texts,
    trained: Mapping[str, Trained],
    ranks: ReciprocalRanks,
) -> dict[str, Any]:
    """All numbers of the comparison; MRR in percent."""
    mrr = {
        name: {language: 100 * float(values.mean()) for language, values in own.items()}
        for name, own in ranks.ranks.items()
    }
    teachers = {language: mrr.pop(f"{TEACHER}{language}")[language] for language in texts.test}
    steps = {name: task_of(name, texts, config).epoch_steps for name in trained}
    some = fresh_model(config, texts.tokenizer, config.seed)
    return {
        "mrr": mrr,
        "teachers": teachers,
        "groups": inputs.groups,
        "means": {
            name: group_means(own, inputs.groups)
            for name, own in {"teachers": teachers, **mrr}.items()
        },
        "difference": {
            name: differences(own, teachers, inputs.groups) for name, own in mrr.items()
        },
        **_sizes(inputs.division, texts),
        "parameters": parameters(some),
        "vocabulary": len(texts.tokenizer),
        "steps": {name: one.steps for name, one in trained.items()},
        "kept_steps": {name: one.kept_step for name, one in trained.items()},
        "epochs": {name: one.steps / steps[name] for name, one in trained.items()},
        "dev_mrr": {name: one.dev_mrr for name, one in trained.items()},
    }


def _sizes(division: Division, texts: Texts) -> dict[str, Any]:
    """How much text there is for what; a second translation of a verse is no new one."""

    def pieces(rows: Mapping[str, Sequence[Sequence[int]]]) -> dict[str, int]:
        return {key: sum(len(row) - SPECIALS for row in own) for key, own in rows.items()}

    def count(what: Any, passages: Mapping[str, Any]) -> dict[str, int]:
        return {language: what(own) for language, own in passages.items()}

    return {
        "tokens": pieces(texts.train),
        "pieces": dict(texts.pieces),
        "cut_sentences": dict(texts.cut),
        "balanced_tokens": pieces(texts.balanced),
        "characters": count(characters, division.train),
        "balanced_characters": count(characters, division.balanced),
        "sentences": count(len, division.train),
        "unique_sentences": count(unique_items, division.train),
        "balanced_sentences": count(len, division.balanced),
        "test_sentences": count(len, division.test),
        "test_positions": {language: own.positions for language, own in texts.test.items()},
        "repeated": division.repeated,
    }


def _card(run: LiveRun, name: str) -> str:
    what = f"The model `{name}` of a comparison of balanced multilingual training."
    if name.startswith(TEACHER):
        what = f"A monolingual masked language model of {english_name(name[len(TEACHER) :])}."
    return model_card(run.record, what, "AutoModelForMaskedLM", {}, folder=name)
