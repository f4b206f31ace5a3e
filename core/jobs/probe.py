"""A run that asks a language model what each language knows."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from core.config import ModelConfig, ProbeConfig, PromptsConfig
from core.data.fact_world import FactWorld, knowing
from core.data.ledger import ledger_of_prompts
from core.data.load_probing import load_probing
from core.data.predictions import Predictions
from core.data.probing import ProbingDataset
from core.data.probing_answers import ProbingAnswers
from core.data.probing_scores import CandidateScores, to_predictions
from core.data.probing_uses import comparable
from core.data.problems import shown
from core.errors import UserError
from core.jobs.fitted import badges_of_fitted
from core.jobs.inputs import folder
from core.jobs.kinds import Work
from core.metrics import probing
from core.models.device import Device, pick_device
from core.models.find import ModelSource, find_model
from core.models.fingerprint import model_fingerprint, rows_fingerprint, tokenizer_fingerprint
from core.models.language_model import LanguageModel, load_language_model
from core.models.surprisal import Engine
from core.probing.check import refuse_unscorable
from core.probing.dataset import prompts_in
from core.probing.prompts import Calibration, Scoring
from core.probing.score import check_fit, score
from core.runs.live import LiveRun
from core.runs.score_cache import ScoreCache
from core.runs.store import RunStore
from core.selection.regions import choose_by_region, regions_to_json
from core.selection.strategies import choose
from core.selection.truth import check_truth


def read_prompts(config: ProbeConfig) -> ProbingDataset:
    """The prompts that a probing run asks.

    Raises:
        UserError: they can't be read.
    """
    return load_probing(
        config.dataset,
        folder(config.data),
        config.languages or None,
        paraphrases=config.paraphrases,
        facts=None if config.facts == "all" else config.facts,
        wordings=config.wordings,
    )


def prepare(config: ProbeConfig, store: RunStore) -> Work:
    """Check the input of a probing run."""
    data = read_prompts(config)
    scoring = Scoring(config.scorer, config.fill, calibration_of(config, data))
    config = config.model_copy(update={"calibration": scoring.calibration})
    device = pick_device(config)
    source = find_model(
        ModelConfig(model=config.model, revision=config.revision), store, "language model"
    )
    model = load_language_model(source)
    check_fit(model, scoring)
    refuse_unscorable(
        model, [prompts_in(data, x) for x in data.languages], shown(Path(config.dataset))
    )

    def work(run: LiveRun) -> None:
        ledger = ledger_of_prompts({"evaluation": [data]})
        run.update(
            config=config.model_dump(mode="json"),
            fingerprints={"model": source.fingerprint, "data": data.fingerprint},
            parents=[source.run] if source.run else [],
            ledger=ledger.to_json(),
            badges=badges_of_fitted(ledger, source, store),
            environment={**run.record.environment, **device.describe()},
        )
        run.warn(*unchanged(data, scoring.calibration))
        engine = Engine(device, config.prediction_batch, note=run.warn)
        scores = ask(run, model, data, scoring, engine)
        found = to_predictions(data, scores)
        found.save(run.path / "predictions_before.npz")
        ProbingAnswers.of(data, scores).save(run.path / "answers_before.npz")
        run.update(
            metrics={**probing.score(data, scores).to_json(), **truth(data, found, source)},
            selection=teachers(data, found, scoring.calibration),
            artifacts={
                "predictions_before": "predictions_before.npz",
                "answers_before": "answers_before.npz",
            },
        )

    return work


def teachers(
    data: ProbingDataset, predictions: Predictions, calibration: Calibration
) -> dict[str, Any] | None:
    """Who teaches, over all examples and (``regions``) on those of each region.

    Returns:
        What a record keeps; None for a single language, which has nobody to teach, and where no
        example is `comparable`.
    """
    if calibration != "raw":
        places = {example: place for place, example in enumerate(data.example_ids)}
        data = comparable(data)
        predictions = predictions.take([places[example] for example in data.example_ids])
    if len(data.languages) < 2 or not len(data):
        return None
    found = choose(predictions).to_json()
    if data.regions:
        found["regions"] = regions_to_json(choose_by_region(predictions, data.regions))
    return found


def truth(
    data: ProbingDataset, predictions: Predictions, source: ModelSource
) -> dict[str, dict[str, Any]]:
    """``truth``: whether the chosen teachers were truly given more of each region's facts.

    Only for the fact world's prompts and a model as it was pretrained on that world, the built-in
    one for instance; nothing where fewer than two languages, or no regions, can be told apart.
    """
    pretrained = source.run is not None and "-pretrain-" in source.run
    if data.name != "fact-world" or not pretrained or len(data.languages) < 2:
        return {}
    known = knowing(FactWorld.build(languages=data.languages))
    with suppress(UserError):  # no region that some know better
        return {"truth": check_truth(predictions, data.regions, known).to_json()}
    return {}


def calibration_of(config: PromptsConfig, data: ProbingDataset) -> Calibration:
    """The calibration asked for, or the one that the data allow.

    Raises:
        UserError: it needs prompts without country, and the data have none.
    """
    have = all(probes.countryless for probes in data.probes.values())
    if config.calibration not in (None, "raw") and not have:
        raise UserError(
            f"--calibration {config.calibration} needs prompts without their country or region, "
            f"and {config.dataset} has none; leave it out, or say --calibration raw"
        )
    return config.calibration or ("calibrated" if have else "raw")


def unchanged(data: ProbingDataset, calibration: Calibration) -> list[str]:
    """What must be said about prompts that calibration compares with themselves."""
    if calibration != "calibrated":
        return []
    counts = {x: len(probes.unchanged()) for x, probes in data.probes.items()}
    named = ", ".join(f"{language} {count}" for language, count in counts.items() if count)
    if not named:
        return []
    return [
        "Prompts whose country-less form is the prompt itself get every answer right when "
        f"calibrated: {named}. They do not vote and are not distilled; compare with "
        "--calibration raw."
    ]


def ask(
    run: LiveRun,
    model: LanguageModel,
    data: ProbingDataset,
    scoring: Scoring,
    engine: Engine,
    what: str = "probing",
) -> CandidateScores:
    """Scores of all candidates in all languages, with progress by language.

    A language that the same model was asked the same in before is not asked again.
    """
    cache, keys = ScoreCache(run.path.parent), keys_of(model, data, scoring, engine.device)
    found = {}
    for position, (language, probes) in enumerate(data.probes.items()):
        sizes = [len(candidates) for candidates in probes.candidates]
        ends = np.cumsum(sizes, dtype=np.int64)[:-1]
        known = cache.find(keys[language], sum(sizes))
        if known is not None:
            run.log(f"{language}: known from an earlier run (same weights, prompts and precision)")
            found[language] = np.split(known, ends)
            continue
        stage = f"{what} in {language} ({position + 1} of {len(data.languages)})"
        scored = score(
            model,
            prompts_in(data, language),
            probes.countryless or None,
            engine._replace(tick=partial(run.progress, stage)),
            scoring,
        )
        counts = scored.counts
        run.log(f"{language}: {counts.done:,} sequences, {counts.saved:,} saved")
        found[language] = list(scored.scores)
        cache.keep(keys[language], np.concatenate(scored.scores))
    cache.trim()
    return found


def keys_of(
    model: LanguageModel, data: ProbingDataset, scoring: Scoring, device: Device
) -> dict[str, str]:
    """Language -> the key of its scores: whatever decides them."""
    first = model_fingerprint(model.model, model, device)
    pieces = tokenizer_fingerprint(model.tokenizer)
    return {
        x: f"{first}-{rows_fingerprint([pieces, prompts_in(data, x), probes.countryless, scoring])}"
        for x, probes in data.probes.items()
    }
