"""What probes of models will cost: sentences are cut, and a probe is fitted for some steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from transformers import PreTrainedTokenizerBase

from core.balancing.linear_probe import fit_probe
from core.config import BalanceProbeConfig, Config
from core.data.tagging.load import load_tagging
from core.data.tagging.uses import allocate
from core.estimate.cost import FLOAT, Stage, handling
from core.estimate.shape import Shape
from core.jobs.balance_probe import trained_languages
from core.jobs.estimate import Plan, base_with
from core.jobs.estimate_lengths import predicted, together
from core.jobs.estimate_task import settings_of
from core.jobs.probed_models import find_probed
from core.models.calibrate import clock, parameters_of
from core.models.device import Device, pick_device
from core.models.encode import encode_texts
from core.models.load import load_tokenizer
from core.runs.store import RunStore

SAMPLE = 60
"""Sentences of a language that are cut into tokens."""
STEPS = 8
"""Of a fit, that are made to know what one takes."""
WORDS = 8000
"""That it is made with, at most."""
COPIES = 4
"""Of the features of a language, that live at once while a probe is fitted."""


def plan(kind: str, config: Config, store: RunStore) -> Plan:
    """The stages of a run that probes models.

    Raises:
        UserError: bad input.
    """
    assert isinstance(config, BalanceProbeConfig)
    probed = find_probed(config, store)
    data = load_tagging(config.task, config.data, config.languages or None, config.treebanks)
    if not config.languages:
        data = trained_languages(data, probed)
    uses = allocate(data, fit=config.train_sentences, test=config.test_sentences, seed=config.seed)
    device, source = pick_device(config), next(iter(probed.sources.values()))
    settings, tokenizer = settings_of(source), load_tokenizer(source)
    base, shape = base_with(settings, device), Shape.of(settings.to_dict())
    lengths = {x: _lengths(uses.fit[x].words, tokenizer, config) for x in uses.languages}
    words = {x: uses.fit[x].word_count for x in uses.languages}
    sentences = {x: len(uses.fit[x]) + len(uses.test[x]) for x in uses.languages}
    step = _step(max(words.values()), shape.hidden, len(data.tag_names), device)
    stages = [handling(parameters_of(settings), len(probed.sources))]
    for name in probed.sources:
        own = [x for x in uses.languages if probed.own.get(name) in (None, x)]
        fitted = sum(words[x] for x in own) * config.share * config.seeds * config.iterations
        rows = sum(sentences[x] for x in own)
        every = [length for x in own for length in lengths[x]] or [1]
        tokens = predicted(every, rows, device.budget, config.prediction_batch)
        held = COPIES * FLOAT * shape.hidden * max(words.values())
        at_once = together(tokens, device.budget, config.prediction_batch)
        stages.append(Stage(f"reading, {name}", rows, tokens, at_once=at_once, data=held))
        stages.append(Stage(f"fitting probes, {name}", 0, 0, seconds=fitted * step))
    return Plan(stages, settings, device, base)


def _lengths(
    sentences: Sequence[Sequence[str]],
    tokenizer: PreTrainedTokenizerBase,
    config: BalanceProbeConfig,
) -> list[int]:
    """Tokens of a sample."""
    some = sentences[:: max(1, len(sentences) // SAMPLE)]
    rows = encode_texts([(" ".join(words),) for words in some], tokenizer, config.max_length)
    return [len(row) for row in rows]


def _step(words: int, features: int, tags: int, device: Device) -> float:
    """Seconds of a step of a fit for each word."""
    count = min(words, WORDS)
    rng = np.random.default_rng(0)
    values = rng.standard_normal((count, features), dtype=np.float32)
    gold = rng.integers(0, tags, count)
    began = clock(device)
    fit_probe(values, gold, tags, iterations=STEPS, place=device.place)
    return (clock(device) - began) / STEPS / count
