"""Fine-tuning on one language as a run of its own, reused by every run that starts from it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from core.config import FinetuneConfig, ModelConfig, TaskConfig
from core.jobs.checks import check_labels, unseen_classes
from core.jobs.finetune_once import Start, own_settings, start_from
from core.jobs.heads import check_asked, check_trained, describe_head, head_of, is_trained, key_of
from core.jobs.inputs import Items, read_items
from core.jobs.kinds import Work
from core.languages import english_name
from core.models.card import model_card
from core.models.device import Device, pick_device
from core.models.find import ModelSource, find_model
from core.models.finetune import FinetuneResult, finetune
from core.models.heads.spec import HeadSpec
from core.models.load import Classifier, load_classifier
from core.models.lora import adapted
from core.models.recipe import settle, settled
from core.models.save import save_model
from core.runs.checkpoints import remove_checkpoints
from core.runs.live import LiveRun
from core.runs.store import RunStore

RECIPE = 1
"""Raised when a change of the code lets the same settings give other weights."""
IGNORED = ("finetune", "model", "revision", "head", "templates")
"""Fields of the model that don't decide the fine-tuned weights (the model is fingerprinted, and
the head counts as it was chosen)."""
LABELLED_USES = ("labelled", "stopping")


def prepare(config: FinetuneConfig, store: RunStore) -> Work:
    """Check the input of a fine-tuning run."""
    items = read_items(config, store, minimum_languages=1)
    device = pick_device(config)
    source = find_model(config, store)
    config = settle(config, source)
    check_labels(items.uses)
    check_asked(config, items, source, LABELLED_USES)

    def work(run: LiveRun) -> None:
        run.update(
            config=config.model_dump(mode="json"),
            reuse_key=reuse_key(config, items, source, device),
        )
        train(run, config, items, source, device, [run])

    return work


def starts_as_it_is(config: TaskConfig, items: Items, source: ModelSource) -> bool:
    """Whether the run starts from the model's own head instead of a fine-tuning."""
    return config.finetune == "never" or (
        config.finetune == "auto" and is_trained(config, items, source)
    )


def uses_of_start(config: TaskConfig, items: Items, source: ModelSource) -> tuple[str, ...]:
    """What the start needs items for: the labelled uses if there is a fine-tuning."""
    return () if starts_as_it_is(config, items, source) else LABELLED_USES


def check_start(config: TaskConfig, items: Items, source: ModelSource) -> None:
    """The model has a head for these classes, or there are labels to fit one.

    A head whose classes have no names (LABEL_0, ...) passes if their number fits; a language model
    asked with templates needs no trained head.

    Raises:
        UserError: neither.
    """
    if starts_as_it_is(config, items, source):
        check_trained(config, items, source)
    else:
        check_labels(items.uses)


def fine_tuned(
    config: TaskConfig,
    items: Items,
    source: ModelSource,
    device: Device,
    store: RunStore,
    run: LiveRun,
) -> Classifier:
    """The classifier a run starts from: as it is, reused, or fine-tuned now as its own run."""
    spec = head_of(config, items, source)
    if starts_as_it_is(config, items, source):
        run.update(parents=[*([source.run] if source.run else []), *items.parents])
        if spec.kind == "classification" and not source.fits(items.class_names):
            run.warn(
                f"The classes of the model's head have no names ({source.class_names[0]}, ...); "
                f"they are taken for {', '.join(items.class_names)}, in this order."
            )
        return _load(source, spec, items, config, run)
    own = own_settings(config, FinetuneConfig)
    key = reuse_key(config, items, source, device)
    parent = start_from(
        Start("finetune", own, key, reuse=config.finetune == "auto"),
        store,
        run,
        lambda live: train(live, own, items, source, device, [live, run]),
        items.parents,
    )
    found = find_model(
        config.model_copy(update={"model": str(parent.path / "model"), "revision": None}), store
    )
    return _load(found, spec, items, config, run)


def _load(
    source: ModelSource, spec: HeadSpec, items: Items, config: TaskConfig, run: LiveRun
) -> Classifier:
    """The model with its head; the run says which, and is warned where texts are cut."""
    describe_head(run, spec, items)
    classifier = load_classifier(
        source,
        spec,
        settled(config.dropout),
        config.seed,
        gradient_checkpointing=config.gradient_checkpointing,
    )
    limit = classifier.tokenizer.model_max_length
    if config.max_length > limit:
        run.warn(
            f"--max-length {config.max_length} is more than the {limit} tokens this model has "
            f"positions for; longer texts were cut at {limit}."
        )
    return classifier


def train(
    run: LiveRun,
    config: TaskConfig,
    items: Items,
    source: ModelSource,
    device: Device,
    watching: list[LiveRun],
) -> Classifier:
    """Fine-tune, save the model as this run's artifact, and write its metrics."""
    items.describe(run, source.fingerprint, LABELLED_USES)
    classifier, result = tune(config, items, source, device, watching)
    run.update(
        environment={**run.record.environment, **device.describe()},
        parents=[source.run] if source.run else [],
        metrics={"epochs": result.epochs, "kept_epoch": result.kept_epoch},
    )
    card = model_card(
        run.record,
        f"{source.given} fine-tuned with labels in {english_name(items.uses.source)} only.",
        classifier.loader,
        {},
    )
    folder = save_model(run.path, classifier.model, classifier.tokenizer, card)
    run.update(artifacts={"model": folder})
    remove_checkpoints(run.path)
    return classifier


def tune(
    config: TaskConfig,
    items: Items,
    source: ModelSource,
    device: Device,
    watching: list[LiveRun],
) -> tuple[Classifier, FinetuneResult]:
    """Fine-tune on the labelled items; every watching run shows the progress.

    The first of them, whose fine-tuning it is, is warned when nothing was learned, or of a class
    that no item is labelled with.
    """
    check_labels(items.uses)
    language = english_name(items.uses.source)
    labelled, stopping = (
        part.in_languages([items.uses.source])
        for part in (items.uses.labelled, items.uses.stopping)
    )
    watching[0].warn(*unseen_classes(labelled))
    classifier = _load(source, head_of(config, items, source), items, config, watching[0])

    def tick(step: int, steps: int, values: dict[str, float]) -> None:
        for live in watching:
            live.progress(f"fine-tuning on {language}", step, steps, **values)

    with adapted(classifier.model, config.lora, config.seed):
        result = finetune(
            classifier,
            labelled,
            stopping,
            config,
            device,
            tick,
            run=watching[0].path,
            note=watching[0].warn,
        )
    if not result.learned:
        watching[0].warn(
            f"The {language} fine-tuning learned nothing: on no epoch was the accuracy on the "
            f"{result.stopping:,} stopping items above {result.chance:.1f} %, that of always "
            "naming their largest class."
        )
    return classifier, result


def reuse_key(config: TaskConfig, items: Items, source: ModelSource, device: Device) -> str:
    """Equal keys: the same model, labelled items, head, settings, precision and seed."""
    uses = items.uses
    decisive: dict[str, Any] = {
        name: getattr(config, name)
        for name in (*ModelConfig.model_fields, "seed")
        if name not in IGNORED and (name != "lora" or config.lora is not None)
    }
    decisive |= key_of(config, items, source)
    decisive |= {
        "recipe": RECIPE,
        "model": source.fingerprint,
        "labelled": uses.labelled.in_languages([uses.source]).fingerprint,
        "stopping": uses.stopping.in_languages([uses.source]).fingerprint,
        "device": device.place.type,
        "precision": str(device.dtype),
    }
    text = json.dumps(decisive, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
