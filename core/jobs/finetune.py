"""English fine-tuning as a run of its own, reused by every run that starts from it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from core.config import FinetuneConfig, ModelConfig, TaskConfig
from core.data.splits import Uses
from core.errors import RunCancelledError, UserError
from core.jobs.inputs import PIVOT, Items, read_items
from core.jobs.kinds import Work, command_for
from core.models.card import model_card
from core.models.device import Device, pick_device
from core.models.finetune import FinetuneResult, finetune
from core.models.load import Classifier, ModelSource, find_model, load_classifier
from core.models.save import save_model
from core.runs.live import LiveRun
from core.runs.store import RunStore

STAGE = "fine-tuning on English"
IGNORED = ("device", "prediction_batch", "finetune", "model", "revision", "data", "parallel_data")
"""Fields that don't decide the fine-tuned weights (the model and the data are fingerprinted)."""


def prepare(config: FinetuneConfig, store: RunStore) -> Work:
    """Check the input of a fine-tuning run."""
    items = read_items(config)
    device = pick_device(config)
    source = find_model(config, store)
    check_pivot(items)

    def work(run: LiveRun) -> None:
        run.update(reuse_key=reuse_key(config, items.uses, source, device))
        train(run, config, items, source, device, [run])

    return work


def check_pivot(items: Items) -> None:
    """Fine-tuning needs English labels.

    Raises:
        UserError: there are none.
    """
    labelled = items.uses.labelled
    if labelled is None or labelled.labels is None:
        raise UserError("the data has no labels to fine-tune on; give a model with a trained head")
    if PIVOT not in labelled.languages:
        raise UserError(
            f"fine-tuning uses labels in English only, and English ({PIVOT}) is not among "
            f"{', '.join(labelled.languages)}; add it, or give a fine-tuned model and "
            "--finetune never"
        )


def starts_as_it_is(config: TaskConfig, source: ModelSource) -> bool:
    """Whether the run starts from the model's own head instead of an English fine-tuning."""
    return config.finetune == "never" or (config.finetune == "auto" and source.has_head)


def check_start(config: TaskConfig, items: Items, source: ModelSource) -> None:
    """The model has a head for these classes, or there are English labels to fit one.

    Raises:
        UserError: neither.
    """
    if not starts_as_it_is(config, source):
        check_pivot(items)
    elif not source.has_head or source.class_count != len(items.class_names):
        raise UserError(
            f"--model {source.given}: no classification head for {len(items.class_names)} "
            "classes; say --finetune always"
        )


def fine_tuned(
    config: TaskConfig,
    items: Items,
    source: ModelSource,
    device: Device,
    store: RunStore,
    run: LiveRun,
) -> Classifier:
    """The classifier a run starts from: as it is, reused, or fine-tuned now as its own run."""
    names = items.class_names
    if starts_as_it_is(config, source):
        run.update(parents=[source.run] if source.run else [])
        return load_classifier(source, names, config.dropout, config.seed)
    key = reuse_key(config, items.uses, source, device)
    parent = store.reusable("finetune", key) if config.finetune == "auto" else None
    if parent is None:
        path = _train_parent(config, items, source, device, store, run, key)
        identifier = path.name
    else:
        run.log(f"reusing the fine-tuned model of run {parent.id}")
        path, identifier = parent.path, parent.id
    run.update(parents=[identifier])
    found = find_model(config.model_copy(update={"model": str(path / "model")}), store)
    return load_classifier(found, names, config.dropout, config.seed)


def _train_parent(
    config: TaskConfig,
    items: Items,
    source: ModelSource,
    device: Device,
    store: RunStore,
    run: LiveRun,
    key: str,
) -> Path:
    own = FinetuneConfig(**{k: getattr(config, k) for k in FinetuneConfig.model_fields})
    stored = store.create(
        "finetune", own.model_dump(mode="json"), command_for("finetune", own), reuse_key=key
    )
    child = LiveRun(stored)
    child.start()
    try:
        train(child, own, items, source, device, [child, run])
    except RunCancelledError:
        child.cancel()
        raise
    except Exception as error:
        child.fail(str(error) or type(error).__name__)
        raise
    child.finish()
    return child.path


def train(
    run: LiveRun,
    config: TaskConfig,
    items: Items,
    source: ModelSource,
    device: Device,
    watching: list[LiveRun],
) -> Classifier:
    """Fine-tune, save the model as this run's artifact, and write its metrics."""
    items.describe(run, source.fingerprint)
    classifier, result = tune(config, items, source, device, watching)
    run.update(
        environment={**run.record.environment, **device.describe()},
        parents=[source.run] if source.run else [],
        metrics={"epochs": result.epochs, "kept_epoch": result.kept_epoch},
    )
    card = model_card(
        run.record,
        f"{source.given} fine-tuned with labels in English only.",
        "AutoModelForSequenceClassification",
        {},
    )
    folder = save_model(run.path, classifier.model, classifier.tokenizer, card)
    run.update(artifacts={"model": folder})
    return classifier


def tune(
    config: TaskConfig,
    items: Items,
    source: ModelSource,
    device: Device,
    watching: list[LiveRun],
) -> tuple[Classifier, FinetuneResult]:
    """Fine-tune on the English labelled items; every watching run shows the progress."""
    check_pivot(items)
    classifier = load_classifier(source, items.class_names, config.dropout, config.seed)

    def tick(step: int, steps: int, values: dict[str, float]) -> None:
        for live in watching:
            live.progress(STAGE, step, steps, **values)

    result = finetune(
        classifier,
        items.uses.labelled.in_languages([PIVOT]),
        items.uses.stopping.in_languages([PIVOT]),
        config,
        device,
        config.seed,
        tick,
    )
    return classifier, result


def reuse_key(config: TaskConfig, uses: Uses, source: ModelSource, device: Device) -> str:
    """Equal keys: the same model, English items, settings, precision and seed."""
    decisive: dict[str, Any] = {
        name: getattr(config, name)
        for name in (*ModelConfig.model_fields, "seed")
        if name not in IGNORED
    }
    decisive |= {
        "model": source.fingerprint,
        "labelled": uses.labelled.in_languages([PIVOT]).fingerprint,
        "stopping": uses.stopping.in_languages([PIVOT]).fingerprint,
        "device": device.place.type,
        "precision": str(device.dtype),
    }
    text = json.dumps(decisive, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
