"""The one training loop of cross-lingual self-distillation and of what it is compared with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from transformers import PreTrainedModel

from core import processes
from core.config import TeachingConfig
from core.distillation.material import Material
from core.distillation.objective import objective_of
from core.distillation.watch import Check
from core.errors import RunCancelledError
from core.models.batches import parts
from core.models.checkpoint import Checkpoint, load_weights, weights_of
from core.models.device import Device, seed_dropout, seed_step
from core.models.memory import Fitting
from core.models.optimizer import adamw, learning_rate_at, take_step
from core.models.ready import ready
from core.models.recipe import settled
from core.runs.checkpoints import TRAINING


class Reporter(Protocol):
    """What the loop needs of a run (see `core.runs.live.LiveRun`)."""

    path: Path

    def progress(self, stage: str, step: int, total: int, **values: Any) -> None:
        """Say where the run is; raise RunCancelledError when the user cancelled."""

    def add_history(self, row: dict[str, Any]) -> None:
        """Keep one row of the history."""

    def cut_history(self, last_step: int) -> None:
        """Drop the rows after a step."""

    def warn(self, *texts: str) -> None:
        """Keep what a reader must know."""


@dataclass(frozen=True)
class DistillResult:
    """How the distillation ended; the model holds the kept checkpoint's weights."""

    kept_step: int
    """0 means the model as it was."""
    last_step: int
    criterion_start: float
    criterion_kept: float
    collapse: str | None
    """Why the watch fired first, or None."""
    collapse_step: int | None
    encodings: int
    """Sequences encoded for the objective (anchor and checks not counted)."""


class Distillation:
    """One training: a step encodes each (example, language) once; all losses come from it."""

    def __init__(
        self,
        model: PreTrainedModel,
        material: Material,
        config: TeachingConfig,
        device: Device,
        reporter: Reporter,
    ) -> None:
        self.material, self.config = material, config
        self.device, self.reporter = device, reporter
        self.model = ready(model, device)
        self.objective = objective_of(config, material, self.model, device)
        self.optimizer = adamw(self.model, settled(config.learning_rate), config.weight_decay)
        self.best = weights_of(self.model)
        self.step, self.encodings = 0, 0
        self.checkpoint = Checkpoint(reporter.path, TRAINING, config.checkpoint_seconds)
        self.fitting = Fitting(self.objective.batch, self.objective.unit, reporter.warn)
        start = material.watch.start.criterion
        self.state: dict[str, Any] = {
            "kept_step": 0,
            "criterion_start": start,
            "criterion_kept": start,
            "collapse": None,
            "collapse_step": None,
        }

    def run(self) -> DistillResult:
        """Train to the last step, a collapse, or a cancel; load the kept checkpoint."""
        if not self._resume():
            self._note_check(self.material.watch.start, {"step": 0, "loss": None})
        try:
            while self.step < self.config.steps and not self._stopped():
                losses = self.train_step()
                self.step += 1
                rate = self._learning_rate(self.step - 1)
                row: dict[str, Any] = {"step": self.step, "learning_rate": rate, **losses}
                last = self.step == self.config.steps
                if last or self.step % self.config.check_every == 0:
                    watched = self.material.examples.watched(self.model)
                    self._note_check(self.material.watch.check(watched), row)
                else:
                    self.reporter.add_history(row)
                if last or self._stopped() or self.checkpoint.is_due():
                    self._save()
                self.reporter.progress(self.objective.stage, self.step, self.config.steps, **losses)
        except RunCancelledError:
            self._save()
            raise
        load_weights(self.model, self.best)
        return DistillResult(last_step=self.step, encodings=self.encodings, **self.state)

    def train_step(self) -> dict[str, float]:
        """One optimizer step; returns its loss and the parts of it."""
        config, material = self.config, self.material
        self.model.train()
        pool, size = self.objective.pool, self.objective.batch
        drawn = pool[self._draw(len(pool), size, "items")]
        anchors: np.ndarray = np.array([], dtype=np.int64)
        if material.anchor > 0 and material.examples.anchors:
            anchors = self._draw(material.examples.anchors, material.anchor_batch, "anchor")
        before = self.encodings
        losses = self.fitting(partial(self._backward, drawn, anchors, before))
        losses["encodings"] = self.encodings - before
        losses = processes.add_up(self.model, losses)
        self.encodings = before + int(losses.pop("encodings"))
        take_step(self.model, self.optimizer, self._learning_rate(self.step), config.clip)
        self.objective.after_step(self.model)
        return losses

    def _backward(
        self, drawn: np.ndarray, anchors: np.ndarray, encodings: int, size: int
    ) -> dict[str, float]:
        """Gradients of the batch, with so many items at once in the model; returns the losses."""
        self.encodings = encodings  # an attempt that ran out of memory does not count
        seed_step(self.config.seed, self.step)
        seed_dropout(self.config.seed, self.step)
        self.optimizer.zero_grad(set_to_none=True)
        mine, labelled = processes.share(drawn), processes.share(anchors, among=len(drawn))
        budget = self.device.training_tokens
        lengths = None if budget is None else self.objective.lengths(mine)
        pieces = parts(mine, size, budget, lengths)
        sums: dict[str, float] = {}
        for some, of_anchors in zip(
            pieces, np.array_split(labelled, len(pieces) or 1), strict=False
        ):
            share, anchored = len(some) / len(drawn), len(of_anchors) / max(1, len(anchors))
            losses = self.losses(some, of_anchors, share, anchored)
            losses["loss"].backward()
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + float(value.detach())
        return sums

    def losses(
        self, drawn: np.ndarray, anchors: np.ndarray, share: float = 1.0, anchored: float = 1.0
    ) -> dict[str, torch.Tensor]:
        """The losses of a batch: the objective's, ``anchor`` if there is one, and ``loss`` in all.

        Args:
            drawn: some of the objective's pool.
            anchors: places of the labelled items; may be empty.
            share: of the whole batch that these are.
            anchored: of its labelled items that these are.
        """
        found = self.objective.loss(self.model, drawn, anchors)
        self.encodings += found.encodings
        own = share * found.loss * self.objective.scale
        losses = {self.objective.name: own, "loss": self.objective.weight * own}
        if found.anchor is not None:
            losses["anchor"] = anchored * found.anchor
            losses["loss"] = losses["loss"] + self.material.anchor * losses["anchor"]
        return losses

    def _learning_rate(self, step: int) -> float:
        config = self.config
        return learning_rate_at(step, config.steps, settled(config.learning_rate), config.warmup)

    def _draw(self, count: int, size: int, what: str) -> np.ndarray:
        """The batch of this step: consecutive pieces of seeded permutations, none skipped."""
        stream = {"items": 1, "anchor": 2}[what]
        size = min(size, count)
        start, end = self.step * size, (self.step + 1) * size
        parts = []
        for epoch in range(start // count, (end - 1) // count + 1):
            order = np.random.default_rng((self.config.seed, stream, epoch)).permutation(count)
            parts.append(order[max(0, start - epoch * count) : end - epoch * count])
        return np.concatenate(parts)

    def _note_check(self, check: Check, row: dict[str, Any]) -> None:
        """Look for collapse, keep the checkpoint if it is to be, add a full row to the history."""
        material = self.material
        reason = material.watch.collapse(check) if self.step else None
        if reason and self.state["collapse"] is None:
            self.state |= {"collapse": reason, "collapse_step": self.step}
        if math.isfinite(check.mutual_information) and self._is_kept(check):
            self.state |= {"criterion_kept": check.criterion, "kept_step": self.step}
            self.best = weights_of(self.model)
        row = {**row, **check.row(material.examples.languages)}
        row["kept"] = self.state["kept_step"] == self.step
        if accuracy := material.examples.accuracy(self.model):
            row["accuracy"] = accuracy
        self.reporter.add_history(row)

    def _is_kept(self, check: Check) -> bool:
        keep = self.config.keep
        if keep == "last" or (keep == "auto" and self.objective.keeps_last):
            return not self._stopped()
        return check.criterion > self.state["criterion_kept"]

    def _stopped(self) -> bool:
        return self.config.stop_on_collapse and self.state["collapse"] is not None

    def _save(self) -> None:
        weights = {"model": weights_of(self.model), "best": self.best}
        if self.objective.teacher is not None:
            weights["teacher"] = weights_of(self.objective.teacher)
        state = {"step": self.step, "encodings": self.encodings, **self.state}
        self.checkpoint.save(weights, self.optimizer, state)

    def _resume(self) -> bool:
        """Continue from the run's checkpoint, if it has one."""
        saved = self.checkpoint.load()
        if saved is None:
            return False
        self.step, self.encodings = saved.state.pop("step"), saved.state.pop("encodings")
        self.state = saved.state
        load_weights(self.model, saved.weights("model", self.model))
        self.best = saved.weights("best", self.model)
        if self.objective.teacher is not None:
            teacher = self.objective.teacher
            load_weights(teacher, saved.weights("teacher", self.model))
        saved.restore(self.optimizer)
        self.reporter.cut_history(self.step)
        return True
