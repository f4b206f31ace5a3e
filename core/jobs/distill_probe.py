"""A run that distils a language model on prompts: select, teach, and ask before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.config import DistillProbeConfig, ModelConfig
from core.data.fact_world import LANGUAGES, FactWorld, Split
from core.data.ledger import ledger_of_prompts
from core.data.load_probing import load_probing
from core.data.probing import ProbingDataset
from core.data.probing_answers import ProbingAnswers
from core.data.probing_scores import CandidateScores, to_predictions
from core.data.probing_uses import ProbingUses, cross_validation, fact_world_uses, transductive
from core.data.problems import shown
from core.distillation.train import Distillation, DistillResult
from core.errors import UserError
from core.jobs.checks import check_enough, check_teachers
from core.jobs.distill import how_it_went, warn
from core.jobs.fitted import badges_of_fitted
from core.jobs.folds import FoldReporter, finish_fold, finished_fold
from core.jobs.inputs import folder
from core.jobs.kinds import Work
from core.jobs.probe import ask, calibration_of, unchanged
from core.metrics import probing
from core.metrics.probing_change import paired_change
from core.models.card import model_card
from core.models.checkpoint import weights_of
from core.models.device import Device, pick_device
from core.models.find import ModelSource, find_model
from core.models.language_model import LanguageModel, load_language_model
from core.models.recipe import settle
from core.models.save import save_model
from core.probing.check import refuse_unscorable
from core.probing.dataset import prompts_in
from core.probing.examples import check_family
from core.probing.material import gather, select
from core.probing.prompts import Scoring
from core.probing.score import check_fit
from core.probing.surprisal import Engine
from core.runs.checkpoints import remove_checkpoints
from core.runs.live import LiveRun
from core.runs.store import RunStore
from core.selection.regions import regions_to_json

FOLDS = 5
"""Of the cross-validation, where nothing else is said."""


@dataclass(frozen=True)
class Job:
    """Everything a distillation on prompts needs, read and checked."""

    config: DistillProbeConfig
    data: ProbingDataset | None
    """All examples of a cross-validation; None where there is one distillation."""
    uses: Sequence[ProbingUses]
    """One per fold, or the only one."""
    source: ModelSource
    device: Device
    scoring: Scoring
    """Of the results."""

    @property
    def distilled_scoring(self) -> Scoring:
        """Of the distributions that are distilled."""
        return Scoring(self.config.distilled_scorer, "ids", self.scoring.calibration)


def prepare(config: DistillProbeConfig, store: RunStore) -> Work:
    """Check the input of a distillation on prompts."""
    data, uses = _read(config)
    some = uses[0].distillation
    check_enough(some.languages, config.dataset)
    check_teachers(config, some.languages)
    calibration = calibration_of(config, some)
    scoring = Scoring(config.scorer, config.fill, calibration)
    device = pick_device(config)
    wanted = ModelConfig(model=config.model, revision=config.revision)
    source = find_model(wanted, store, "language model")
    config = settle(config.model_copy(update={"calibration": calibration}), source)
    model = load_language_model(source, config.dropout)
    check_family(model, config.model)
    check_fit(model, scoring)
    source_name = shown(Path(config.dataset))
    for asked in (some, uses[0].selection, *uses[0].evaluations.values()):
        refuse_unscorable(model, [prompts_in(asked, x) for x in asked.languages], source_name)
    job = Job(config, data, uses, source, device, scoring)

    def work(run: LiveRun) -> None:
        _describe(run, job, store)
        engine = Engine(device, config.prediction_batch, note=run.warn)
        if data is None:
            _once(run, job, model, engine)
        else:
            _in_folds(run, job, data, model, engine)
        remove_checkpoints(run.path)

    return work


def _read(config: DistillProbeConfig) -> tuple[ProbingDataset | None, list[ProbingUses]]:
    """The examples of each use, for every fold."""
    if config.dataset == "fact-world":
        if config.folds:
            raise UserError(
                "--folds is for prompts without held-out ones; the fact world has facts and "
                "wordings of its own to evaluate on, so leave it out"
            )
        world = FactWorld.build(languages=tuple(config.languages or LANGUAGES))
        splits: tuple[Split, ...] = ("labelled", "unlabelled")
        if config.facts != "all":
            splits = (config.facts,)
        return None, [fact_world_uses(world, splits, config.shots, config.seed)]
    data = load_probing(
        config.dataset,
        folder(config.data),
        config.languages or None,
        paraphrases=config.paraphrases,
    )
    folds = FOLDS if config.folds is None else config.folds
    if folds == 0:
        return None, [transductive(data)]
    return data, cross_validation(data, folds, config.seed, config.selection_share)


def _describe(run: LiveRun, job: Job, store: RunStore) -> None:
    """Write what is read, by which use, and on what it runs."""
    uses = job.uses
    ledger = ledger_of_prompts(
        {
            "selection": [part.selection for part in uses],
            "distillation": [part.distillation for part in uses],
            "evaluation": [x for part in uses for x in part.evaluations.values()],
        }
        if job.data is None
        else {"cross-validation": [job.data]}
    )
    badges = [*uses[0].badges, *badges_of_fitted(ledger, job.source, store)]
    run.update(
        config=job.config.model_dump(mode="json"),
        fingerprints={"model": job.source.fingerprint, "data": _fingerprint(job)},
        parents=[job.source.run] if job.source.run else [],
        ledger=ledger.to_json(),
        badges=badges,
        environment={**run.record.environment, **job.device.describe()},
    )
    for data in uses[0].evaluations.values():
        run.warn(*unchanged(data, job.scoring.calibration))


def _fingerprint(job: Job) -> str:
    if job.data is not None:
        return job.data.fingerprint
    return "-".join(x.fingerprint[:8] for x in job.uses[0].evaluations.values())


def _once(run: LiveRun, job: Job, model: LanguageModel, engine: Engine) -> None:
    """One distillation; the model is kept."""
    uses = job.uses[0]
    before = _evaluate(run, job, model, engine, uses.evaluations, "before")
    result, choice = _teach(run, job, model, engine, uses, run)
    warn(run, result)
    after = _evaluate(run, job, model, engine, uses.evaluations, "after")
    metrics = _results(run, uses, before, after)
    run.update(
        metrics={**metrics, "distillation": how_it_went(result)},
        selection=choice,
        artifacts={**run.record.artifacts, "history": "history.jsonl"},
    )
    what = f"{job.source.given} after cross-lingual self-distillation on {uses.distillation.name}."
    card = model_card(run.record, what, "AutoModelForMaskedLM", {})
    saved = save_model(run.path, model.model, model.tokenizer, card)
    run.update(artifacts={**run.record.artifacts, "model": saved})


def _in_folds(
    run: LiveRun, job: Job, data: ProbingDataset, model: LanguageModel, engine: Engine
) -> None:
    """Each fold's groups are asked after a distillation on the others; no model is kept."""
    start = weights_of(model.model)
    before = ask(run, model, data, job.scoring, engine, "probing before")
    after: dict[str, dict[str, Any]] = {language: {} for language in data.languages}
    told = []
    for number, uses in enumerate(job.uses):
        reporter = FoldReporter(run, number, len(job.uses), job.config.steps)
        held_out = uses.evaluations[uses.main]
        found = finished_fold(run.path, number)
        if found is None:
            model.model.load_state_dict(start)
            result, choice = _teach(run, job, model, engine, uses, reporter)
            warn(run, result, f"Fold {number + 1}: ")
            stage = f"probing after, fold {number + 1}"
            scores = ask(run, model, held_out, job.scoring, engine, stage)
            summary = {**how_it_went(result), "teachers": choice["teachers"]}
            summary["groups"] = list(dict.fromkeys(held_out.groups))
            found = finish_fold(run.path, number, ProbingAnswers.of(held_out, scores), summary)
        answers, summary = found
        told.append(summary)
        for language, rows in answers.scores.items():
            after[language] |= dict(zip(answers.examples, rows, strict=True))
    whole = {x: [rows[example] for example in data.example_ids] for x, rows in after.items()}
    name = job.uses[0].main
    evaluated = ProbingUses(data, data, {name: data})
    metrics = _results(run, evaluated, {name: before}, {name: whole})
    run.update(
        metrics={**metrics, "folds": told},
        artifacts={**run.record.artifacts, "history": "history.jsonl"},
    )


def _evaluate(
    run: LiveRun,
    job: Job,
    model: LanguageModel,
    engine: Engine,
    evaluations: Mapping[str, ProbingDataset],
    when: str,
) -> dict[str, CandidateScores]:
    """Scores on each evaluation, by its name."""
    return {
        name: ask(run, model, data, job.scoring, engine, f"probing {when}, {name},")
        for name, data in evaluations.items()
    }


def _teach(
    run: LiveRun,
    job: Job,
    model: LanguageModel,
    engine: Engine,
    uses: ProbingUses,
    reporter: Any,
) -> tuple[DistillResult, dict[str, Any]]:
    """Choose the teachers and distil; the model holds the kept weights afterwards.

    Returns:
        How it went, and the choice as a record keeps it.

    Raises:
        UserError: no language is a teacher.
    """
    config, scoring = job.config, job.distilled_scoring
    voted = to_predictions(
        uses.selection, ask(run, model, uses.selection, scoring, engine, "choosing teachers")
    )
    same = uses.distillation is uses.selection
    taught = (
        voted
        if same
        else to_predictions(
            uses.distillation, ask(run, model, uses.distillation, scoring, engine, "asking them")
        )
    )
    choices = select(config, voted, uses.selection.regions)
    material = gather(
        config,
        model,
        job.device,
        scoring,
        uses,
        choices,
        {"selection": voted, "distillation": taught},
    )
    if reporter is run:
        voted.save(run.path / "predictions_selection.npz")
        run.update(
            artifacts={
                **run.record.artifacts,
                "predictions_selection": "predictions_selection.npz",
            }
        )
    result = Distillation(model.model, material, config, job.device, reporter).run()
    record = choices.everywhere.to_json()
    if choices.by_region:
        record["regions"] = regions_to_json(choices.by_region)
    return result, record


def _results(
    run: LiveRun,
    uses: ProbingUses,
    before: Mapping[str, CandidateScores],
    after: Mapping[str, CandidateScores],
) -> dict[str, Any]:
    """Metrics of all evaluations, and the arrays of the main one on the disk."""
    moments = {"before": before, "after": after}
    main = uses.evaluations[uses.main]
    kept = {}
    for when, scores in moments.items():
        to_predictions(main, scores[uses.main]).save(run.path / f"predictions_{when}.npz")
        kept[when] = ProbingAnswers.of(main, scores[uses.main])
        kept[when].save(run.path / f"answers_{when}.npz")
    run.update(
        artifacts={
            **run.record.artifacts,
            **{
                f"{x}_{when}": f"{x}_{when}.npz"
                for x in ("predictions", "answers")
                for when in moments
            },
        }
    )
    scored = {
        name: {when: probing.score(data, moments[when][name]).to_json() for when in moments}
        for name, data in uses.evaluations.items()
    }
    first = scored.pop(uses.main)
    return {
        "evaluation": uses.main,
        **first,
        "change": paired_change(kept["before"], kept["after"]),
        "further": scored,
    }
