"""What runs on a labelled task will cost: fine-tuning, predicting, selecting, distilling."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from transformers import AutoConfig, PreTrainedTokenizerBase

from core.config import Config, DemoConfig, DistillConfig, FinetuneConfig, SelectConfig, TaskConfig
from core.data.parallel import ParallelDataset
from core.estimate.cost import Stage, handling
from core.jobs.estimate import Plan, base_with
from core.jobs.estimate_known import Known, known_in
from core.jobs.estimate_lengths import predicted, together, trained
from core.jobs.finetune import check_start, reuse_key, starts_as_it_is
from core.jobs.inputs import Items, read_items
from core.models.calibrate import parameters_of
from core.models.device import Device, pick_device
from core.models.encode import encode_texts
from core.models.find import ModelSource, find_model
from core.models.load import load_tokenizer
from core.models.pretrained import set_dropout
from core.models.recipe import settle, settled
from core.runs.store import RunStore, StoredRun

SAMPLE = 60
"""Texts of a language that are cut into tokens to know how long they are."""
BYTES = 30
"""Of memory that a token takes in lists of them, by measurement."""


def plan(kind: str, config: Config, store: RunStore) -> Plan:
    """The stages of a run on a task.

    Raises:
        UserError: bad input.
    """
    if isinstance(config, SelectConfig) and config.predictions is not None:
        return Plan([Stage("choosing teachers", 0, 0, seconds=1.0)])
    assert isinstance(config, TaskConfig)
    items = read_items(config, store, 2 if isinstance(config, SelectConfig) else 1)
    device, source = pick_device(config), find_model(config, store)
    config = settle(config, source)
    if kind != "finetune":
        check_start(config, items, source)
    settings = settings_of(source)
    set_dropout(settings, settled(config.dropout))
    task = Task(config, items, device, load_tokenizer(source))
    base = base_with(settings, device)
    stages, parameters = list(task.stages(kind)), parameters_of(settings)
    if task.begins_as_it_is(source):
        stages = [*task.without_known(stages, known_in(config, items, source, device, store))]
    elif parent := task.earlier(source, store):
        found = find_model(
            config.model_copy(update={"model": str(parent.path / "model"), "revision": None}), store
        )
        stages = [*task.without_known(stages, known_in(config, items, found, device, store))]
    else:
        stages = [*task.fine_tuning(kind), *stages]
    written = sum(stage.trains for stage in stages)
    return Plan([handling(parameters, 3 + 6 * written), *stages], settings, device, base)


def settings_of(source: ModelSource) -> Any:
    """The configuration of a model."""
    return AutoConfig.from_pretrained(
        source.location, revision=source.revision, trust_remote_code=False
    )


@dataclass(frozen=True)
class Task:
    """What a run on a task reads, and with what."""

    config: TaskConfig
    items: Items
    device: Device
    tokenizer: PreTrainedTokenizerBase

    def begins_as_it_is(self, source: ModelSource) -> bool:
        """Whether the run starts from the model's own head."""
        if isinstance(self.config, FinetuneConfig | DemoConfig):
            return False
        return starts_as_it_is(self.config, self.items, source)

    def earlier(self, source: ModelSource, store: RunStore) -> StoredRun | None:
        """The fine-tuning that an earlier run did, and this one would do again."""
        if isinstance(self.config, FinetuneConfig | DemoConfig) or self.config.finetune == "always":
            return None
        key = reuse_key(self.config, self.items, source, self.device)
        return store.reusable("finetune", key)

    def fine_tuning(self, kind: str) -> Iterator[Stage]:
        """All epochs: how many it will take before it stops nobody knows."""
        uses, config = self.items.uses, self.config
        labelled, epochs = len(uses.labelled), config.finetune_epochs
        lengths = self._lengths(uses.labelled.in_languages([uses.source]))
        size = min(config.finetune_batch, labelled)
        tokens = trained(lengths, size, self.device.budget)
        updates = epochs * math.ceil(labelled / config.finetune_batch)
        yield Stage(
            "fine-tuning", epochs * labelled, tokens.mean, updates, size, longest=tokens.most,
            pause=config.checkpoint_seconds,
        )  # fmt: skip
        yield Stage("stopping items", epochs * len(uses.stopping), tokens.mean)

    def stages(self, kind: str) -> Iterator[Stage]:
        """What comes after the fine-tuning."""
        if kind == "finetune":
            return
        config, uses, further = self.config, self.items.uses, self.items.further
        yield self._predicting("evaluation", uses.evaluation)
        if isinstance(config, SelectConfig):
            yield self._predicting("selection", uses.selection)
        if isinstance(config, DistillConfig):
            yield self._predicting("distillation", uses.distillation)
            yield from (self._predicting(name, data) for name, data in further.items())
            yield from self._distilling(config)
            yield self._predicting("evaluation items after", uses.evaluation)
            for name, data in further.items():
                yield self._predicting(f"{name} after", data)

    def without_known(self, stages: list[Stage], known: Known) -> Iterator[Stage]:
        """The stages without what the model was asked before."""
        for stage in stages:
            share = known.get(stage.what, 0.0)
            if share < 1:
                yield Stage(**{**stage.__dict__, "rows": stage.rows * (1 - share)})

    def _predicting(self, what: str, data: ParallelDataset) -> Stage:
        rows = len(data) * len(data.languages)
        lengths = self._lengths(data)
        tokens = predicted(lengths, rows, self.device.budget, self.config.prediction_batch)
        kept = BYTES * len(data) * sum(lengths) / len(lengths)  # a language at a time
        return Stage(what, rows, tokens, at_once=self._at_once(tokens), data=kept)

    def _distilling(self, config: DistillConfig) -> Iterator[Stage]:
        uses = self.items.uses
        count = len(uses.distillation.languages)
        rows = min(config.batch, len(uses.distillation)) * count
        anchors = config.anchor_batch if config.anchor > 0 else 0
        lengths = self._lengths(uses.distillation)
        tokens = trained(lengths, rows + anchors, self.device.budget)
        moving = config.teacher_mode == "ema"
        both, steps = rows + anchors, config.steps
        yield Stage(
            "distilling", steps * both, tokens.mean, steps, both, copies=1 + moving, pause=0,
            longest=tokens.most,
            data=BYTES * len(uses.distillation) * count * sum(lengths) / len(lengths),
        )  # fmt: skip
        at_once = self._at_once(tokens.mean)
        if moving:
            yield Stage("asking the teacher", steps * rows, tokens.mean, at_once=at_once)
        checks = math.ceil(steps / config.check_every)
        shown = (checks + 1) * min(config.shown_items, len(uses.evaluation))
        looked = self._predicting("checks", uses.selection)
        yield replace(looked, rows=count * (checks * len(uses.selection) + shown))

    def _at_once(self, tokens: float) -> int:
        return together(tokens, self.device.budget, self.config.prediction_batch)

    def _lengths(self, data: ParallelDataset) -> list[int]:
        """Tokens of a sample of the texts in all languages."""
        found: list[int] = []
        for texts in data.texts.values():
            step = max(1, len(texts) // SAMPLE)
            rows = encode_texts(texts[::step], self.tokenizer, self.config.max_length)
            found += [len(row) for row in rows]
        return found or [1]
