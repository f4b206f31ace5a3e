"""The one training loop of cross-lingual self-distillation."""

from __future__ import annotations

import copy
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch.nn import functional

from core.config import DistillConfig
from core.distillation.checkpoint import (
    read_state,
    read_weights,
    restore_optimizer,
    save_checkpoint,
    weights_of,
)
from core.distillation.losses import Direction, consensus_loss, pair_loss
from core.distillation.material import Material
from core.distillation.watch import Check
from core.errors import RunCancelledError
from core.models.device import Device, seed_step
from core.models.encode import class_logits
from core.models.load import Classifier
from core.models.optimizer import adamw, learning_rate_at, set_learning_rate
from core.models.predict import predict_encoded
from core.models.recipe import settled
from core.runs.checkpoints import find_checkpoint

STAGE = "distilling"
SAVE_EVERY = 60
"""Seconds between two checkpoints, at least; one is also written on a cancel and at the end."""


class Reporter(Protocol):
    """What the loop needs of a run (see `core.runs.live.LiveRun`)."""

    path: Path

    def progress(self, stage: str, step: int, total: int, **values: Any) -> None:
        """Say where the run is; raise RunCancelledError when the user cancelled."""

    def add_history(self, row: dict[str, Any]) -> None:
        """Keep one row of the history."""

    def cut_history(self, last_step: int) -> None:
        """Drop the rows after a step."""


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
    """Sequences encoded for the distillation losses (anchor and checks not counted)."""


class Distillation:
    """One distillation: a step encodes each (example, language) once; all losses come from it."""

    def __init__(
        self,
        classifier: Classifier,
        material: Material,
        config: DistillConfig,
        device: Device,
        reporter: Reporter,
    ) -> None:
        self.classifier, self.material, self.config = classifier, material, config
        self.device, self.reporter = device, reporter
        self.model = classifier.model.to(device.place)
        self.target = material.target.to(device.place)
        self.pairs = material.pairs.to(device.place)
        self.optimizer = adamw(self.model, settled(config.learning_rate), config.weight_decay)
        self.teacher = copy.deepcopy(self.model).eval() if config.teacher_mode == "ema" else None
        self.best = weights_of(self.model)
        self.step, self.encodings = 0, 0
        self.saved = time.monotonic()
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
                    watched = self._probabilities(self.material.watched)
                    self._note_check(self.material.watch.check(watched), row)
                    if last or self._stopped() or time.monotonic() - self.saved > SAVE_EVERY:
                        self._save()
                else:
                    self.reporter.add_history(row)
                self.reporter.progress(STAGE, self.step, self.config.steps, **losses)
        except RunCancelledError:
            self._save()
            raise
        self.model.load_state_dict(self.best)
        return DistillResult(last_step=self.step, encodings=self.encodings, **self.state)

    def train_step(self) -> dict[str, float]:
        """One optimizer step; returns its loss and the parts of it."""
        config, step = self.config, self.step
        set_learning_rate(self.optimizer, self._learning_rate(step))
        seed_step(config.seed, step)
        self.model.train()
        losses = self.losses(self._draw(len(self.material.items), config.batch, "items"))
        self.optimizer.zero_grad(set_to_none=True)
        losses["loss"].backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), config.clip)
        self.optimizer.step()
        if self.teacher is not None:
            self._move_teacher(self.teacher)
        return {name: float(value.detach()) for name, value in losses.items()}

    def losses(self, drawn: np.ndarray) -> dict[str, torch.Tensor]:
        """The losses of a batch: ``kl``, ``anchor`` where there is one, and their sum ``loss``."""
        config, material = self.config, self.material
        chosen = material.items[drawn]
        rows = material.encoded.rows(chosen.tolist())
        tokenizer = self.classifier.tokenizer
        anchors: np.ndarray = np.array([], dtype=np.int64)
        if material.anchor_labels is not None:
            anchors = self._draw(len(material.anchor_rows), config.anchor_batch, "anchor")
        together = rows + [material.anchor_rows[i] for i in anchors]
        logits = class_logits(self.model, together, tokenizer, self.device)
        self.encodings += len(rows)
        shape = (len(material.encoded.languages), len(chosen), -1)
        scores = logits[: len(rows)].view(shape) / config.temperature
        kl = self._divergence(functional.log_softmax(scores, dim=-1), chosen)
        losses = {"kl": kl * config.temperature**2}
        losses["loss"] = losses["kl"]
        if material.anchor_labels is not None:
            labels = material.anchor_labels[torch.as_tensor(anchors)].to(self.device.place)
            losses["anchor"] = functional.cross_entropy(logits[len(rows) :], labels)
            losses["loss"] = losses["kl"] + config.anchor * losses["anchor"]
        return losses

    def _divergence(self, log_probabilities: torch.Tensor, chosen: np.ndarray) -> torch.Tensor:
        mode = self.config.teacher_mode
        direction = direction_of(self.config)
        if mode == "live":
            return pair_loss(log_probabilities, self.pairs, direction)
        if mode == "frozen":
            return consensus_loss(log_probabilities, self.target[chosen], direction)
        return consensus_loss(log_probabilities, self._moving_target(chosen), direction)

    @torch.no_grad()
    def _moving_target(self, chosen: np.ndarray) -> torch.Tensor:
        assert self.teacher is not None
        teaching = np.flatnonzero(self.material.weights)
        rows = [self.material.encoded.ids[t][i] for t in teaching for i in chosen]
        logits = class_logits(self.teacher, rows, self.classifier.tokenizer, self.device)
        self.encodings += len(rows)
        shape = (len(teaching), len(chosen), -1)
        p = torch.softmax(logits.view(shape) / self.config.temperature, dim=-1)
        weights = torch.as_tensor(self.material.weights[teaching], dtype=p.dtype).to(p.device)
        mean = torch.einsum("t,tbc->bc", weights, p) ** self.config.sharpen
        return mean / mean.sum(-1, keepdim=True)

    @torch.no_grad()
    def _move_teacher(self, teacher: torch.nn.Module) -> None:
        share = 1 - self.config.ema_decay
        for slow, fast in zip(teacher.parameters(), self.model.parameters(), strict=True):
            slow.lerp_(fast.detach(), share)

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
        """Look for collapse, keep the best checkpoint, add a full row to the history."""
        material = self.material
        sound = math.isfinite(check.mutual_information)
        if sound and check.criterion > self.state["criterion_kept"]:
            self.state |= {"criterion_kept": check.criterion, "kept_step": self.step}
            self.best = weights_of(self.model)
        reason = material.watch.collapse(check) if self.step else None
        if reason and self.state["collapse"] is None:
            self.state |= {"collapse": reason, "collapse_step": self.step}
        row = {**row, **check.row(material.encoded.languages)}
        row["kept"] = self.state["kept_step"] == self.step
        if material.shown is not None and material.shown_labels is not None:
            right = self._probabilities(material.shown).argmax(-1) == material.shown_labels
            shares = map(float, 100 * right.mean(-1))
            row["accuracy"] = dict(zip(material.shown.languages, shares, strict=True))
        self.reporter.add_history(row)

    def _probabilities(self, encoded: Any) -> np.ndarray:
        batch = self.config.prediction_batch
        return predict_encoded(self.classifier, encoded, self.device, batch=batch)

    def _stopped(self) -> bool:
        return self.config.stop_on_collapse and self.state["collapse"] is not None

    def _save(self) -> None:
        weights = {"model": weights_of(self.model), "best": self.best}
        if self.teacher is not None:
            weights["teacher"] = weights_of(self.teacher)
        state = {"step": self.step, "encodings": self.encodings, **self.state}
        save_checkpoint(self.reporter.path, weights, self.optimizer, state)
        self.saved = time.monotonic()

    def _resume(self) -> bool:
        """Continue from the run's checkpoint, if it has one."""
        checkpoint = find_checkpoint(self.reporter.path)
        if checkpoint is None:
            return False
        state = read_state(checkpoint)
        self.step, self.encodings = state.pop("step"), state.pop("encodings")
        self.state = state
        self.model.load_state_dict(read_weights(checkpoint, "model"))
        self.best = {
            name: value.to(self.device.place)
            for name, value in read_weights(checkpoint, "best").items()
        }
        if self.teacher is not None:
            self.teacher.load_state_dict(read_weights(checkpoint, "teacher"))
        restore_optimizer(checkpoint, self.optimizer)
        self.reporter.cut_history(self.step)
        return True


def direction_of(config: DistillConfig) -> Direction:
    """The KL direction: the config's, or the mode's default."""
    if config.direction != "auto":
        return config.direction
    return "student-teacher" if config.teacher_mode == "live" else "teacher-student"
