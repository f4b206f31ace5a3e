"""A distillation run: fine-tune or reuse, select, distil, compare. The demo is one, all in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.config import DemoConfig, DistillConfig
from core.config.methods import METHODS
from core.data.predictions import Predictions
from core.distillation.material import Material, gather
from core.distillation.teaching import Taught
from core.distillation.train import Distillation, DistillResult
from core.errors import UserError
from core.jobs.checks import check_anchor, check_method, check_teachers
from core.jobs.finetune import LABELLED_USES, check_start, fine_tuned, tune, uses_of_start
from core.jobs.fitted import refuse_fitted
from core.jobs.heads import check_asked
from core.jobs.inputs import Items, read_items
from core.jobs.kinds import Work
from core.jobs.predicting import Predictor
from core.jobs.select import record_selection, select
from core.metrics.accuracy import chance, pivot_of
from core.metrics.gap_change import decompose
from core.metrics.paired_bootstrap import paired_bootstrap
from core.metrics.transfer_gap import summarize
from core.models.card import model_card
from core.models.device import Device, pick_device
from core.models.find import ModelSource, find_model
from core.models.load import Classifier
from core.models.lora import adapted
from core.models.recipe import settle
from core.models.save import save_model
from core.runs.checkpoints import remove_checkpoints
from core.runs.live import LiveRun
from core.runs.store import RunStore

CRITERION = "mean Cohen's kappa with {}, held-out unlabelled items"
AHEAD = ("evaluation", "selection", "distillation")
"""The uses whose items are predicted before distillation."""


def prepare(config: DistillConfig, store: RunStore) -> Work:
    """Check the input of a distillation run."""
    if config.predictions is not None:
        raise UserError("--predictions is for select; distill needs a model (--model)")
    read = read_items(config, store)
    check_teachers(config, read.uses.distillation.languages)
    check_anchor(config, read.uses)
    check_method(config, read.uses)
    device = pick_device(config)
    source = find_model(config, store)
    config = settle(config, source)
    check_start(config, read, source)
    happened = _uses(config, read, source)
    check_asked(config, read, source, happened)
    items = refuse_fitted(read, source, store, happened, allow=config.allow_overlap)

    def work(run: LiveRun) -> None:
        items.describe(run, source.fingerprint, happened)
        run.update(
            config=config.model_dump(mode="json"),
            environment={**run.record.environment, **device.describe()},
        )
        _distill(run, config, items, source, device, store)

    return work


def _uses(config: DistillConfig, items: Items, source: ModelSource) -> tuple[str, ...]:
    """What the items are used for: everything, unless no labels are needed."""
    if isinstance(config, DemoConfig):
        return (*LABELLED_USES, *AHEAD)
    anchored = ("labelled",) if config.anchor > 0 else ()
    return (*(uses_of_start(config, items, source) or anchored), *AHEAD)


def _distill(
    run: LiveRun,
    config: DistillConfig,
    items: Items,
    source: ModelSource,
    device: Device,
    store: RunStore,
) -> None:
    if isinstance(config, DemoConfig):
        run.update(parents=[*([source.run] if source.run else []), *items.parents])
        classifier, _ = tune(config, items, source, device, [run])
    else:
        classifier = fine_tuned(config, items, source, device, store, run)
    predict = Predictor(run, classifier, config, device)
    before = {use: predict(f"predicting {use} items", getattr(items.uses, use)) for use in AHEAD}
    selection = select(config, before["selection"])
    material = gather(config, classifier, device, items.uses, selection, before)
    record_selection(run, selection, before["selection"])
    before["evaluation"].save(run.path / "predictions_before.npz")
    further = {"before": _predict_further(predict, items)}
    with adapted(classifier.model, config.lora, config.seed):
        result = Distillation(classifier.model, material, config, device, run).run()
    predict = Predictor(run, classifier, config, device)
    after = predict("predicting evaluation items after", items.uses.evaluation)
    after.save(run.path / "predictions_after.npz")
    further["after"] = _predict_further(predict, items)
    warn(run, how_it_went(result, material))
    run.update(
        metrics={
            "distillation": how_it_went(result, material),
            "before": summarize(before["evaluation"], items.uses.source).to_json(),
            "after": summarize(after, items.uses.source).to_json(),
            "change": _change(before["evaluation"], after, items.uses.source),
            "further": {
                name: {moment: further[moment][name] for moment in further}
                for name in items.further
            },
        },
        artifacts={
            **run.record.artifacts,
            "predictions_before": "predictions_before.npz",
            "predictions_after": "predictions_after.npz",
            "history": "history.jsonl",
        },
    )
    _save(run, config, classifier, source)
    remove_checkpoints(run.path)


def _predict_further(predict: Predictor, items: Items) -> dict[str, dict[str, Any]]:
    """Accuracies on the further evaluation sets, by their name."""
    return {
        name: summarize(predict(f"predicting {name}", data), items.uses.source).to_json()
        for name, data in items.further.items()
    }


def how_it_went(result: DistillResult, material: Material) -> dict[str, Any]:
    """What a record keeps of a distillation; ``teacher_mode`` is None where nothing teaches."""
    return {
        "teacher_mode": material.subject.mode if isinstance(material.subject, Taught) else None,
        "steps": result.last_step,
        "kept_step": result.kept_step,
        "criterion": CRITERION.format(material.watch.compared),
        "criterion_start": result.criterion_start,
        "criterion_kept": result.criterion_kept,
        "collapse": result.collapse,
        "collapse_step": result.collapse_step,
        "encodings": result.encodings,
    }


def warn(run: LiveRun, result: Mapping[str, Any], where: str = "") -> None:
    """Say that it collapsed, or changed nothing (see `how_it_went`); ``where`` comes first."""
    if result["collapse"] is not None:
        run.warn(
            f"{where}Collapse at step {result['collapse_step']}: {result['collapse']}. The "
            f"checkpoint of step {result['kept_step']} is kept"
            + (" (the model before distillation)." if result["kept_step"] == 0 else ".")
        )
    elif result["kept_step"] == 0:
        run.warn(
            f"{where}No step beat the start by the label-free criterion; the model before "
            "distillation is kept."
        )


def _change(before: Predictions, after: Predictions, source: str) -> dict[str, Any]:
    """Changes in points with bootstrap intervals over clusters of items, and their names.

    Drawn with the bootstrap's own seed, as on the pages and figures, so that all say the same.
    """
    pivot = pivot_of(before.languages, source)
    intervals = paired_bootstrap(before, after, pivot=pivot)
    change = decompose(
        summarize(before).accuracy,
        summarize(after).accuracy,
        pivot=pivot,
        intervals=intervals,
        chance=chance(after),
    )
    return {**intervals.to_json(), "verdict": change.verdict}


def _save(run: LiveRun, config: DistillConfig, classifier: Classifier, source: ModelSource) -> None:
    how = METHODS[config.method].title
    if config.method == "distillation":
        how += f" from the teacher languages {', '.join((run.record.selection or {})['teachers'])}"
    card = model_card(
        run.record,
        f"{source.given} after {how}.",
        classifier.loader,
        run.record.metrics,
    )
    folder = save_model(run.path, classifier.model, classifier.tokenizer, card)
    run.update(artifacts={**run.record.artifacts, "model": folder})
