"""What runs on plain text will cost: pretraining and balanced training."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from core.balancing.architecture import architecture
from core.balancing.comparison import is_taught, model_names, prepare_texts, task_of
from core.balancing.masked_lm import build
from core.balancing.rows import Rows, tokenize
from core.config import BalanceConfig, Config, PretrainConfig
from core.data.fact_world import (
    LANGUAGES,
    FactWorld,
    name_pairs,
    parallel_texts,
    restatements,
    training_text,
)
from core.estimate.cost import Stage, handling
from core.jobs.balance_inputs import read_inputs
from core.jobs.estimate import Plan, base_with
from core.jobs.estimate_lengths import together
from core.jobs.estimate_task import BYTES
from core.models.calibrate import parameters_of
from core.models.device import Device, pick_device
from core.runs.store import RunStore

SHARE = 0.05
"""Of the pairs and parallel texts of a pretraining, that is written to know what all take."""
PROBED = 1.0
"""Sequences that the questions after a pretraining take, for each of its texts."""
CONTRASTS = 0.5
"""Every other step of a pretraining has a contrast of parallel texts as well."""


def plan(kind: str, config: Config, store: RunStore) -> Plan:
    """The stages of a run on text.

    Raises:
        UserError: bad input.
    """
    if isinstance(config, PretrainConfig):
        return _pretraining(config)
    assert isinstance(config, BalanceConfig)
    return _balance(config)


def _pretraining(config: PretrainConfig) -> Plan:
    """A twentieth of the texts is written and cut into tokens to know what all will take."""
    device, began = pick_device(config), time.process_time()
    sample = _sample(config)
    model, tokenizer = build(sample.texts, config)
    fixed = time.process_time() - began - sample.seconds
    began = time.process_time()
    rows = tokenize(tokenizer, {}, sample.pairs, sample.parallel, config.max_length)
    cutting = time.process_time() - began
    rest = tokenize(tokenizer, sample.texts, [], [], config.max_length)
    settings, share, many = model.config, config.masked_share, 1 / SHARE
    settings.sparse_prediction = False
    base = base_with(settings, device)
    singles, pairs = list(map(len, rest.masked)), list(map(len, rows.masked))
    parallel = [len(first) + len(second) for first, second in rows.parallel]
    data = BYTES * (sum(singles) + many * (sum(pairs) + sum(parallel)))
    count = len(singles) + many * len(pairs)
    tokens = (sum(singles) + many * sum(pairs)) / max(1.0, count)
    contrasts = CONTRASTS * config.steps * bool(config.contrast and parallel)
    both = float(np.mean(parallel)) if parallel else 0.0
    batch, asked = config.batch, share * tokens
    shorter: dict[str, Any] = {
        "pause": config.checkpoint_seconds,
        "copies": 0,
        "data": data,
        "longest": max([*singles, *pairs]),
    }
    stages = [
        Stage("texts and tokens", 0, 0, seconds=fixed + many * (sample.seconds + cutting)),
        Stage("training", config.steps * batch, tokens, config.steps, batch, asked, **shorter),
        Stage(
            "contrast", 2 * contrasts * config.contrast_batch, both / 2, contrasts,
            2 * config.contrast_batch, **shorter,
        ),
        *_probing(rest, device),
    ]  # fmt: skip
    return Plan(stages, settings, device, base)


class _Sample(NamedTuple):
    """Some of the text of a pretraining."""

    texts: dict[str, list[str]]
    """All."""
    pairs: list[tuple[str, str]]
    """A share of them."""
    parallel: list[Any]
    """Likewise."""
    seconds: float
    """That writing the shares took."""


def _sample(config: PretrainConfig) -> _Sample:
    world = FactWorld.build(languages=config.languages or LANGUAGES)
    texts = {x: list(training_text(world, x)) for x in world.languages}
    began, parallel = time.process_time(), []
    pairs = restatements(world, round(SHARE * config.restatements))
    if len(world.languages) > 1:
        pairs += name_pairs(world, round(SHARE * config.name_pairs))
        parallel = parallel_texts(world, round(SHARE * config.parallel_texts))
    return _Sample(texts, list(pairs), list(parallel), time.process_time() - began)


def _balance(config: BalanceConfig) -> Plan:
    inputs, device = read_inputs(config), pick_device(config)
    began = time.process_time()
    texts = prepare_texts(inputs.division, config)
    cutting = time.process_time() - began
    settings = architecture(config, len(texts.tokenizer))
    base = base_with(settings, device)
    rows = [len(row) for own in texts.train.values() for row in own]
    tokens = sum(rows) / max(1, len(rows))
    masked, batch = config.masked_share * tokens, config.batch
    at_once = together(tokens, device.budget, config.prediction_batch)
    names = model_names(config, inputs.languages)
    stages, looked = [Stage("cutting the text", 0, 0, seconds=cutting)], 0.0
    tested = sum(len(own.items) for own in texts.test.values())
    for name in names:
        task, taught = task_of(name, texts, config), is_taught(name)
        count = task.steps * batch
        stages.append(
            Stage(
                name, count, tokens, task.steps, batch, masked, pause=config.checkpoint_seconds,
                copies=1 + taught * len(inputs.languages), longest=max(rows, default=0),
            )
        )  # fmt: skip
        if taught:
            stages.append(Stage(f"teachers of {name}", count, tokens, 0, batch, masked))
        dev = sum(len(own.items) for own in task.dev.values())
        alone = 1 if taught or name in config.models else len(inputs.languages)
        looked += dev * math.ceil(task.steps / config.check_every) + tested / alone
    stages.append(Stage("measuring MRR", looked, tokens, 0, at_once, masked))
    loading = handling(parameters_of(settings), 2.0 * len(names))
    return Plan([loading, *stages], settings, device, base)


def _probing(rows: Rows, device: Device) -> Iterator[Stage]:
    """The questions about all facts after the training: one or two passes for each text."""
    lengths = list(map(len, rows.masked))
    tokens = sum(lengths) / max(1, len(lengths))
    at_once = together(tokens, device.budget, len(lengths))
    yield Stage("probing", PROBED * len(lengths), tokens, at_once=at_once, positions=1)
