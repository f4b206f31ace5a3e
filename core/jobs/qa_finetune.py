"""Stage 1 of cross-lingual QA as a run of its own, reused by every run that starts from it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.answering.spans import LOADER, SpanModel
from core.answering.stage1 import fine_tune
from core.config import QaFinetuneConfig, QaTrainConfig
from core.errors import UserError
from core.jobs.finetune_once import Start, own_settings, start_from
from core.jobs.kinds import Work
from core.jobs.qa_inputs import QaJob, check_answers, find_span_model, read, source_languages
from core.languages import english_name
from core.models.card import model_card
from core.models.save import save_model
from core.runs.checkpoints import remove_checkpoints
from core.runs.live import LiveRun
from core.runs.store import RunStore

KIND = "qa_finetune"
RECIPE = 1
"""Raised when a change of the code lets the same settings give other weights."""
USES = ("stage1",)
DECISIVE = ("max_length", "stride", "dropout", "stage1_epochs", "stage1_batch", "seed")
"""Settings that decide the weights, beside the learning rate; the questions and the model are
fingerprinted."""


def prepare(config: QaFinetuneConfig, store: RunStore) -> Work:
    """Check the input of a stage 1 run."""
    job = read(config, store, USES)
    check_stage1(job)

    def work(run: LiveRun) -> None:
        run.update(reuse_key=reuse_key(job))
        train(run, job, [run])

    return work


def starts_as_it_is(job: QaJob[QaTrainConfig]) -> bool:
    """Whether the run starts from the model's own span head instead of a stage 1."""
    stage1 = job.config.stage1
    return stage1 == "never" or (stage1 == "auto" and job.source.answers)


def check_start(job: QaJob[QaTrainConfig]) -> None:
    """The model has a span head, or there are questions to fit one.

    Raises:
        UserError: neither.
    """
    if starts_as_it_is(job):
        check_answers(job.source, "say --stage1 auto, or give a model that stage 1 made")
    else:
        check_stage1(job)


def check_stage1(job: QaJob[QaFinetuneConfig] | QaJob[QaTrainConfig]) -> None:
    """There are questions for stage 1.

    Raises:
        UserError: there are none.
    """
    if job.uses.stage1 is None:
        raise UserError(
            f"--stage1-dataset: missing; {job.config.dataset} has no questions for stage 1. Name "
            "some (squad, or a file in SQuAD's format), or give a model with a span head (qa train "
            "--stage1 never)"
        )


def fine_tuned(run: LiveRun, job: QaJob[QaTrainConfig], store: RunStore) -> SpanModel:
    """The model stage 2 starts from: as it is, from an earlier stage 1, or from one made now."""
    if starts_as_it_is(job):
        run.update(parents=[job.source.run] if job.source.run else [])
        return job.load()
    config = own_settings(job.config, QaFinetuneConfig)
    own: QaJob[QaFinetuneConfig] = QaJob(config, job.uses, job.source, job.device)
    parent = start_from(
        Start(KIND, config, reuse_key(own), reuse=job.config.stage1 == "auto"),
        store,
        run,
        lambda live: train(live, own, [live, run]),
    )
    return job.load(find_span_model(str(parent.path / "model"), store))


class Watched:
    """What a training tells, to several runs: all show its progress, the first one keeps it."""

    def __init__(self, runs: list[LiveRun]) -> None:
        self.runs = runs
        self.path: Path = runs[0].path

    def progress(self, stage: str, step: int, total: int, **values: Any) -> None:
        """Say where it is; raises RunCancelledError when one of the runs was cancelled."""
        for run in self.runs:
            run.progress(stage, step, total, **values)

    def add_history(self, row: dict[str, Any]) -> None:
        """Keep one row of the history."""
        self.runs[0].add_history(row)

    def cut_history(self, last_step: int) -> None:
        """Drop the rows after a step."""
        self.runs[0].cut_history(last_step)

    def warn(self, *texts: str) -> None:
        """Keep what a reader must know."""
        self.runs[0].warn(*texts)


def train(run: LiveRun, job: QaJob[QaFinetuneConfig], watching: list[LiveRun]) -> None:
    """Fine-tune, save the model as this run's artifact, and write its metrics.

    Raises:
        UserError: there are no questions for stage 1.
    """
    check_stage1(job)
    assert job.uses.stage1 is not None
    languages = source_languages(job.config)
    own = replace(job, uses=replace(job.uses, badges=()))  # they are of other uses
    own.describe(run, USES)
    spans = job.load()
    result = fine_tune(spans, job.uses.stage1, languages, job.config, job.device, Watched(watching))
    run.update(
        parents=[job.source.run] if job.source.run else [],
        metrics={"languages": list(languages), **result},
    )
    named = ", ".join(map(english_name, languages))
    what = f"{job.source.given} fine-tuned on questions and contexts in {named} only."
    card = model_card(run.record, what, LOADER, {})
    folder = save_model(run.path, spans.model, spans.tokenizer, card)
    run.update(artifacts={"model": folder, "history": "history.jsonl"})
    remove_checkpoints(run.path)


def reuse_key(job: QaJob[QaFinetuneConfig]) -> str:
    """Equal keys: the same model, questions, settings, precision and seed."""
    check_stage1(job)
    assert job.uses.stage1 is not None
    decisive: dict[str, Any] = {name: getattr(job.config, name) for name in DECISIVE}
    if job.config.lora is not None:
        decisive["lora"] = job.config.lora
    decisive |= {
        "recipe": RECIPE,
        "learning_rate": job.config.stage1_learning_rate,
        "languages": source_languages(job.config),
        "model": job.source.fingerprint,
        "questions": job.uses.stage1.fingerprint,
        "device": job.device.place.type,
        "precision": str(job.device.dtype),
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:16]
