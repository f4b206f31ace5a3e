"""What runs on questions will cost: the windows of a sample of the questions are counted."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.answering.features import Asked, Reader, every_pair
from core.answering.sampling import sample_pairs
from core.answering.stage1 import course_of, monolingual
from core.config import Config, QaEvaluateConfig, QaFinetuneConfig, QaTrainConfig
from core.data.qa.dataset import QaDataset
from core.estimate.cost import Stage, handling
from core.jobs.estimate import Plan, base_with
from core.jobs.estimate_lengths import predicted, together, trained
from core.jobs.estimate_task import BYTES, settings_of
from core.jobs.finetune_once import own_settings
from core.jobs.qa_finetune import KIND, reuse_key, starts_as_it_is
from core.jobs.qa_finetune import USES as STAGE1
from core.jobs.qa_inputs import QaJob, read, source_languages
from core.models.calibrate import parameters_of
from core.models.device import Device
from core.models.load import load_tokenizer
from core.models.pretrained import set_dropout
from core.runs.store import RunStore

SAMPLE = 200
"""Questions whose windows are counted."""


@dataclass(frozen=True)
class Size:
    """Windows of some questions."""

    rows: float
    lengths: list[int]
    """Tokens of a sample of them."""
    seconds: float
    """That making the windows takes."""

    @property
    def tokens(self) -> float:
        """Of a window, without padding."""
        return sum(self.lengths) / max(1, len(self.lengths))


def plan(kind: str, config: Config, store: RunStore) -> Plan:
    """The stages of a run on questions.

    Raises:
        UserError: bad input.
    """
    if isinstance(config, QaFinetuneConfig):
        stage1 = read(config, store, STAGE1)
        return _plan(stage1, lambda reader: _stage1(stage1, reader))
    if isinstance(config, QaTrainConfig):
        job = read(config, store, ("stage2", "evaluation"))
        return _plan(job, lambda reader: _training_run(job, reader, store))
    assert isinstance(config, QaEvaluateConfig)
    asked = read(config, store, ("evaluation",))
    return _plan(asked, lambda reader: [_answering(asked, reader)])


def _plan(job: QaJob[Any], stages_of: Callable[[Reader], list[Stage]]) -> Plan:
    config, settings = job.config, settings_of(job.source)
    if config.dropout is not None:
        set_dropout(settings, config.dropout)
    base = base_with(settings, job.device)
    stages = stages_of(Reader(load_tokenizer(job.source), config.max_length, config.stride))
    written = sum(stage.trains for stage in stages)
    loading = handling(parameters_of(settings), 1 + 5 * written)
    return Plan([loading, *stages], settings, job.device, base)


def _training_run(job: QaJob[QaTrainConfig], reader: Reader, store: RunStore) -> list[Stage]:
    """Stage 1 where no earlier one will do, stage 2, and the answers before and after."""
    stages: list[Stage] = []
    if not starts_as_it_is(job):
        own = own_settings(job.config, QaFinetuneConfig)
        start: QaJob[QaFinetuneConfig] = QaJob(own, job.uses, job.source, job.device)
        known = store.reusable(KIND, reuse_key(start))
        if known is None or job.config.stage1 != "auto":
            stages += _stage1(start, reader)
    before = _answering(job, reader)
    return [*stages, before, *_stage2(job, reader), replace(before, what="answering after")]


def _answering(job: QaJob[QaTrainConfig] | QaJob[QaEvaluateConfig], reader: Reader) -> Stage:
    """The windows through the model, and the best answers found in them."""
    data, at_once = job.uses.evaluation, job.config.prediction_batch
    size, budget = _size(reader, data, every_pair(data)), job.device.budget
    tokens = predicted(size.lengths, round(size.rows), budget, at_once)
    at_once = together(tokens, budget, at_once)
    kept = BYTES * size.rows * size.tokens
    return Stage("answering", size.rows, tokens, at_once=at_once, data=kept, beside=size.seconds)


def _stage1(job: QaJob[QaFinetuneConfig], reader: Reader) -> list[Stage]:
    assert job.uses.stage1 is not None
    data, languages = job.uses.stage1, source_languages(job.config)
    size = _size(reader, data, monolingual(data, languages))
    course = course_of(job.config, languages)
    return [_training("stage 1", size, course.epochs, course.batch, job.device, 0)]


def _stage2(job: QaJob[QaTrainConfig], reader: Reader) -> list[Stage]:
    config, data = job.config, job.uses.stage2
    asked = sample_pairs(data, source_languages(config), config.targets, config.seed)
    size = _size(reader, data, asked)
    training = _training("self-distilling", size, config.epochs, config.batch, job.device, 1)
    teacher = Stage("asking the teacher", training.rows, training.tokens, at_once=config.batch)
    return [training, teacher]


def _training(what: str, size: Size, epochs: int, batch: int, device: Device, copies: int) -> Stage:
    updates = epochs * math.ceil(size.rows / batch)
    tokens = trained(size.lengths, min(batch, math.ceil(size.rows)), device.budget)
    kept = BYTES * size.rows * size.tokens
    return Stage(
        what, epochs * size.rows, tokens.mean, updates, batch, copies=copies, pause=0, data=kept,
        beside=size.seconds, longest=tokens.most,
    )  # fmt: skip


def _size(reader: Reader, data: QaDataset, asked: Sequence[Asked]) -> Size:
    step = max(1, len(asked) // SAMPLE)
    some = asked[::step]
    began = time.process_time()
    windows = reader.windows(data, some)
    share = len(asked) / max(1, len(some))
    took = (time.process_time() - began) * share
    return Size(len(windows) * share, windows.lengths.tolist(), took)
