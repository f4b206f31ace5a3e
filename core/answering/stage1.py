"""Stage 1: a span head fine-tuned on questions and contexts of one language, or of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.answering.features import Asked
from core.answering.spans import SpanModel
from core.answering.train import Course, SpanTraining
from core.config import QaStage1Config
from core.data.qa.dataset import QaDataset
from core.distillation.train import Reporter
from core.languages import english_name
from core.models.device import Device
from core.models.finetune import WARMUP, WEIGHT_DECAY
from core.models.lora import adapted
from core.models.recipe import settled
from core.runs.checkpoints import FINETUNING

CLIP = 1.0
LEAST_RIGHT = 5.0
"""Percent of the windows whose start and end a model that learned something finds, at least."""


def monolingual(data: QaDataset, languages: Sequence[str]) -> tuple[Asked, ...]:
    """Every question in each of these languages that has it, with the context in the same one."""
    return tuple(
        Asked(item, language, language)
        for language in languages
        if language in data.sides
        for item in range(len(data))
        if data.has(item, language, language)
    )


def course_of(config: QaStage1Config, languages: Sequence[str]) -> Course:
    """How long and how fast stage 1 goes."""
    return Course(
        stage=f"stage 1 on {', '.join(map(english_name, languages))}",
        folder=FINETUNING,
        epochs=int(settled(config.stage1_epochs)),
        batch=config.stage1_batch,
        learning_rate=settled(config.stage1_learning_rate),
        weight_decay=WEIGHT_DECAY,
        warmup=WARMUP,
        clip=CLIP,
        seed=config.seed,
        checkpoint_seconds=config.checkpoint_seconds,
        slower="--stage1-learning-rate",
    )


def fine_tune(
    spans: SpanModel,
    data: QaDataset,
    languages: Sequence[str],
    config: QaStage1Config,
    device: Device,
    reporter: Reporter,
) -> dict[str, Any]:
    """Train on the right spans, each question in its own language.

    Args:
        spans: changed in place.
        data: with these languages.
        languages: question and context are in the same one.
        config: windows, epochs, batch, learning rate and seed.
        device: where to compute.
        reporter: the run; it is warned when nothing was learned.

    Returns:
        ``epochs``: means of ``loss`` and ``exact`` (percent of the windows with both ends found)
        over each; ``questions`` and ``windows`` trained on.
    """
    asked = monolingual(data, languages)
    windows = spans.reader(config.max_length, config.stride).windows(data, asked)
    course = course_of(config, languages)
    with adapted(spans.model, config.lora, config.seed):
        training = SpanTraining(spans.model, windows, course, device, reporter)
        epochs = training.run()
    if not learned(epochs[-1]):
        reporter.warn(
            f"Stage 1 learned nothing: in its last epoch the model found both ends of the answer "
            f"in {epochs[-1]['exact']:.1f} % of the windows it was trained on. Train longer "
            "(--stage1-epochs), on more questions, or with another --stage1-learning-rate."
        )
    return {"epochs": epochs, "questions": len(asked), "windows": len(training.pool)}


def learned(epoch: Mapping[str, float]) -> bool:
    """Whether the model finds answers it was trained on, in more than a few windows."""
    return epoch["exact"] >= LEAST_RIGHT
