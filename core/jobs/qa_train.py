"""A run of cross-lingual QA self-distillation: stage 1 or its reuse, answer, distil, answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.answering.sampling import check_targets, never_asked, sample_pairs
from core.answering.spans import LOADER, SpanModel
from core.answering.teacher import Teacher
from core.answering.train import Course, SpanTraining
from core.config import QaTrainConfig
from core.data.qa.scores import QaScores
from core.jobs.kinds import Work
from core.jobs.qa_finetune import check_start, fine_tuned, starts_as_it_is
from core.jobs.qa_inputs import QaJob, read, source_languages
from core.jobs.qa_scoring import Scored, answer_all, files
from core.metrics.qa_transfer import change
from core.models.card import model_card
from core.models.lora import adapted
from core.models.save import save_model
from core.runs.checkpoints import TRAINING, find_checkpoint, remove_checkpoints
from core.runs.live import LiveRun
from core.runs.store import RunStore

USES = ("stage2", "evaluation")
HOW = {
    "ce": "cross-entropy on the right spans of questions in several languages",
    "kl": "self-distillation on questions in several languages, without their right spans",
    "kl-map": "self-distillation weighted by the teacher's knowledge, on questions in several "
    "languages, without their right spans",
    "skd": "self-distillation on questions in several languages",
    "skd-map": "self-distillation weighted by the teacher's knowledge, on questions in several "
    "languages",
}
"""Objective -> what was done, for the model card."""


def prepare(config: QaTrainConfig, store: RunStore) -> Work:
    """Check the input of a self-distillation on questions."""
    job = read(config, store, USES)
    data = job.uses.stage2
    check_targets(data.name, data.languages, source_languages(config), config.targets)
    check_start(job)

    def work(run: LiveRun) -> None:
        job.describe(run, USES if starts_as_it_is(job) else ("stage1", *USES))
        _train(run, job, store)

    return work


def _train(run: LiveRun, job: QaJob[QaTrainConfig], store: RunStore) -> None:
    config, data = job.config, job.uses.stage2
    spans = fine_tuned(run, job, store)
    before = _before(run, spans, job)
    asked = sample_pairs(data, source_languages(config), config.targets, config.seed)
    if gaps := never_asked(asked, data.languages):
        run.warn(told_of_gaps(gaps, len(data.languages), config.targets))
    windows = spans.reader(config.max_length, config.stride).windows(data, asked)
    with adapted(spans.model, config.lora, config.seed):
        teacher = Teacher(spans.model, config, job.device)
        course = Course.stage2(config)
        training = SpanTraining(spans.model, windows, course, job.device, run, teacher)
        run.log(
            f"{len(asked):,} pairs of {len(data):,} questions, {len(training.pool):,} of "
            f"{len(windows):,} windows, {training.steps:,} steps"
        )
        epochs = training.run()
    after = answer_all(run, spans, job, "after")
    run.update(
        metrics={
            "before": before.summary,
            "after": after.summary,
            "change": change(before.scores, after.scores),
            "pairs_trained": len(asked),
            "windows_trained": len(training.pool),
            "steps": training.steps,
            "epochs": epochs,
            "normalization": config.normalization,
        },
        artifacts={**files("before", "after"), "history": "history.jsonl"},
    )
    what = f"{job.source.given} after {HOW[config.objective]}."
    card = model_card(run.record, what, LOADER, run.record.metrics)
    folder = save_model(run.path, spans.model, spans.tokenizer, card)
    run.update(artifacts={**run.record.artifacts, "model": folder})
    remove_checkpoints(run.path)


def _before(run: LiveRun, spans: SpanModel, job: QaJob[QaTrainConfig]) -> Scored:
    """The answers before stage 2; a run that goes on with stage 2 has them already."""
    known: dict[str, Any] | None = run.record.metrics.get("before")
    if known is not None and find_checkpoint(run.path, TRAINING) is not None:
        return Scored(QaScores.load(run.path / files("before")["qa_scores_before"]), known)
    found = answer_all(run, spans, job, "before")
    told = {"before": found.summary, "normalization": job.config.normalization}
    run.update(metrics=told, artifacts=files("before"))
    return found


def told_of_gaps(gaps: Sequence[tuple[str, str]], languages: int, targets: int) -> str:
    """Which pairs of languages are in no training example, and what would help.

    Args:
        gaps: (question language, context language) of each.
        languages: of the questions.
        targets: languages drawn beside the source.
    """
    some = ", ".join(f"{one}-{other}" for one, other in gaps[:5])
    help_ = (
        "with --targets 1 two languages meet only if one is the source; take 2 or more"
        if targets == 1
        else "take more questions or --targets"
    )
    return (
        f"{len(gaps):,} of {languages**2:,} pairs of languages are in no example of stage 2 "
        f"({some}{', ...' * (len(gaps) > 5)}): {help_}."
    )
