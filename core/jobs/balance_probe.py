"""A run that probes frozen encoders: parts of speech or names, in and across languages."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.balancing.feature_cache import FIT, TEST, FeatureCache
from core.balancing.probe_scores import Fit, Measure, probe_scores
from core.config import BalanceProbeConfig
from core.data.tagging.dataset import TaggedSentences, TaggingDataset
from core.data.tagging.load import load_tagging
from core.data.tagging.uses import ProbeUses, allocate, ledger_of_probe
from core.errors import UserError
from core.jobs.checks import check_languages
from core.jobs.kinds import Work
from core.jobs.probed_models import Probed, find_probed
from core.metrics.probe_means import PairScores
from core.models.device import Device, pick_device
from core.models.encoder import load_encoder
from core.models.memory import Fitting
from core.runs.live import LiveRun
from core.runs.store import RunStore

FEATURES = "features"
"""Folder of the run that holds a model's features until its probes are scored."""


@dataclass(frozen=True)
class Inputs:
    """All that was read and checked."""

    config: BalanceProbeConfig
    probed: Probed
    data: TaggingDataset
    uses: ProbeUses
    device: Device


def prepare(config: BalanceProbeConfig, store: RunStore) -> Work:
    """Check the input of a run of linear probes."""
    check_languages(config.languages)
    probed = find_probed(config, store)
    data = load_tagging(config.task, config.data, config.languages or None, config.treebanks)
    if not config.languages:
        data = trained_languages(data, probed)
    uses = allocate(data, fit=config.train_sentences, test=config.test_sentences, seed=config.seed)
    inputs = Inputs(config, probed, data, uses, pick_device(config))
    for source in probed.sources.values():
        layers = load_encoder(source).layers
        if config.layer is not None and config.layer > layers:
            raise UserError(f"--layer {config.layer}: the encoder has {layers} (0: the embeddings)")
    return partial(_work, inputs)


def trained_languages(data: TaggingDataset, probed: Probed) -> TaggingDataset:
    """The languages of the data that the balance run was trained in; all for other models.

    Raises:
        UserError: there is none.
    """
    if not probed.languages:
        return data
    kept = {x: splits for x, splits in data.splits.items() if x in probed.languages}
    if not kept:
        raise UserError(
            f"{data.source['from']} has {', '.join(data.languages)}, and run {probed.run} was "
            f"trained in {', '.join(probed.languages)}: no language is in both. Name those to "
            "probe all the same (--languages)"
        )
    return replace(data, splits=kept)


def _work(inputs: Inputs, run: LiveRun) -> None:
    """Read, fit, test and record."""
    probed, uses = inputs.probed, inputs.uses
    run.update(
        fingerprints={
            "data": inputs.data.fingerprint,
            **{f"model {name}": source.fingerprint for name, source in probed.sources.items()},
        },
        parents=[probed.run] if probed.run else [],
        ledger=ledger_of_probe(inputs.data, uses).to_json(),
        environment={**run.record.environment, **inputs.device.describe()},
    )
    on_dev = [x for x, split in uses.fitted_on.items() if split != "train"]
    if on_dev:
        run.warn(f"Without a train split, probes are fitted on dev (*): {', '.join(on_dev)}.")
    found, lost = _all_models(run, inputs)
    if any(lost.values()):
        run.warn(_lost(lost, inputs))
    run.update(metrics=_metrics(inputs, found, lost))
    shutil.rmtree(run.path / FEATURES, ignore_errors=True)


def _all_models(run: LiveRun, inputs: Inputs) -> tuple[dict[str, PairScores], dict[str, int]]:
    """Scores of every model, and the most words of each language that any of them lost."""
    config, uses = inputs.config, inputs.uses
    fit = Fit(
        seeds=config.seeds,
        share=config.share,
        strength=config.strength,
        iterations=config.iterations,
        seed=config.seed,
        place=inputs.device.place,
    )
    fitting = Fitting(config.prediction_batch, "sentences", run.warn)
    found: dict[str, PairScores] = {}
    lost = dict.fromkeys(uses.languages, 0)
    for name, source in inputs.probed.sources.items():
        own = inputs.probed.own.get(name)
        languages = tuple(x for x in uses.languages if own in (None, x))
        if not languages:
            continue
        features = FeatureCache(
            folder=run.path / FEATURES / name,
            name=name,
            encoder=load_encoder(source),
            uses=uses,
            device=inputs.device,
            layer=config.layer,
            max_length=config.max_length,
            fitting=fitting,
            watching=lambda stage: partial(run.progress, stage),
        )
        for x in languages:
            lost[x] = max(lost[x], features.fit(x).lost + features.test(x).lost)
        tick = partial(run.progress, f"{name}: fitting probes")
        values = probe_scores(
            _measure(inputs), fit, languages, languages, features.fit, features.test, tick
        )
        features.remove()
        found[name] = PairScores(languages, languages, values)
        own_scores = zip(languages, values.mean(axis=0).diagonal(), strict=True)
        run.log(f"{name}, in-language: " + ", ".join(f"{x} {s:.1f}" for x, s in own_scores))
    return found, lost


def _measure(inputs: Inputs) -> Measure:
    return Measure(inputs.config.task, len(inputs.data.tag_names))


def _lost(lost: Mapping[str, int], inputs: Inputs) -> str:
    """The words without a feature, by language."""
    uses, asked = inputs.uses, inputs.config.max_length
    limit = min(load_encoder(source).longest for source in inputs.probed.sources.values())
    words = {x: uses.fit[x].word_count + uses.test[x].word_count for x in uses.languages}
    named = ", ".join(f"{x} {count:,} of {words[x]:,}" for x, count in lost.items() if count)
    remedy = (
        "A longer --max-length keeps more of them."
        if asked < limit
        else "No --max-length keeps more of them: the encoder reads no more."
    )
    return (
        f"Words beyond piece {min(asked, limit):,} of their sentence, or without a sub-word, are "
        f"left out: {named}. {remedy}"
    )


def _metrics(
    inputs: Inputs, found: Mapping[str, PairScores], lost: Mapping[str, int]
) -> dict[str, Any]:
    """What the record says; scores in percent."""
    probed, uses, measure = inputs.probed, inputs.uses, _measure(inputs)
    languages = uses.languages
    groups = {name: [x for x in part if x in languages] for name, part in probed.groups.items()}
    groups = {name: part for name, part in groups.items() if part} | {"all": list(languages)}
    return {
        "task": measure.task,
        "measure": measure.name,
        "seeds": inputs.config.seeds,
        "scores": {name: scores.pairs() for name, scores in found.items()},
        "in_lang": {name: scores.in_language() for name, scores in found.items()},
        "zero_shot": {name: scores.zero_shot() for name, scores in found.items()},
        "groups": groups,
        "group_scores": {
            name: {group: scores.of_group(part) for group, part in groups.items()}
            for name, scores in found.items()
            if name not in probed.own
        },
        "majority": {
            x: measure.majority(_tags(uses.fit[x]), _tags(uses.test[x])) for x in languages
        },
        "fitted_on": dict(uses.fitted_on),
        "repeated": dict(uses.repeated),
        "sentences": {x: {FIT: len(uses.fit[x]), TEST: len(uses.test[x])} for x in languages},
        "words": {
            x: {FIT: uses.fit[x].word_count, TEST: uses.test[x].word_count} for x in languages
        },
        "words_lost": dict(lost),
    }


def _tags(part: TaggedSentences) -> NDArray[np.int64]:
    """The tags of all words: [words]."""
    return np.array([tag for sentence in part.tags for tag in sentence], dtype=np.int64)
