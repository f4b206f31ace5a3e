"""Answering the evaluation questions of a run, before or after its training."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, NamedTuple

from core.answering.evaluation import evaluate
from core.answering.spans import SpanModel
from core.config import QaEvaluateConfig, QaTrainConfig
from core.data.qa.scores import QaScores
from core.jobs.qa_inputs import QaJob
from core.metrics.qa_transfer import summarize
from core.models.surprisal import Engine
from core.runs.live import LiveRun

When = Literal["before", "after"]
FILES = ("qa_scores", "qa_shown")


class Scored(NamedTuple):
    """How the questions were answered."""

    scores: QaScores
    summary: dict[str, Any]
    """What the record keeps of it."""


def answer_all(
    run: LiveRun, spans: SpanModel, job: QaJob[QaTrainConfig] | QaJob[QaEvaluateConfig], when: When
) -> Scored:
    """Answer the questions in all pairs of languages; scores and shown answers go to files."""
    config, data = job.config, job.uses.evaluation
    pairs = f"{len(data.languages)} x {len(data.languages)} languages"
    stage = f"answering {when}, {pairs}" if isinstance(config, QaTrainConfig) else "answering"
    tick = partial(run.progress, stage)
    engine = Engine(job.device, config.prediction_batch, tick, run.warn)
    found = evaluate(
        spans.model,
        spans.tokenizer,
        data,
        config,
        engine,
        max_length=config.max_length,
        stride=config.stride,
        seed=config.seed,
    )
    found.scores.save(run.path / f"qa_scores_{when}.npz")
    found.shown.save(run.path / f"qa_shown_{when}.npz")
    summary = summarize(found.scores, found.questions_per_second)
    run.log(
        f"{summary['answered']:,} questions in {pairs}, "
        f"{found.questions_per_second:,.0f} questions/s"
    )
    return Scored(found.scores, summary)


def files(*moments: When) -> dict[str, str]:
    """Artifacts of these moments: name -> file."""
    return {f"{name}_{when}": f"{name}_{when}.npz" for when in moments for name in FILES}
