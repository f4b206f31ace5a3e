"""Fine-tuning on one language with early stopping: the start of every method here."""

from __future__ import annotations

import math
from collections.abc import Callable, Sized
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from core import processes
from core.config import TaskConfig
from core.data.parallel import ParallelDataset
from core.errors import CoreError, RunCancelledError
from core.models.batches import parts
from core.models.checkpoint import Checkpoint, Saved, load_weights, weights_of
from core.models.device import Device, seed_dropout, seed_step
from core.models.load import Classifier
from core.models.memory import Fitting, Note
from core.models.optimizer import adamw, learning_rate_at, take_step
from core.models.ready import ready
from core.models.recipe import settled
from core.runs.checkpoints import FINETUNING

WARMUP = 0.1
WEIGHT_DECAY = 0.01
CLIP = 1.0
FEWEST = 20
"""Stopping items that a verdict on the fine-tuning needs."""

Tick = Callable[[int, int, dict[str, float]], None]
"""Called with (steps done, steps in all, latest numbers)."""


@dataclass(frozen=True)
class FinetuneResult:
    """How the fine-tuning went; the model itself is changed in place to its best epoch."""

    epochs: list[dict[str, float]]
    """Per epoch: train_loss and, with stopping items, stopping_loss and stopping_accuracy (%)."""
    kept_epoch: int
    """1-based epoch with the highest stopping accuracy (of equal ones, the lowest loss); without
    stopping items the last one."""
    chance: float | None
    """Percent of the stopping items in their largest class; None without any."""
    stopping: int = 0
    """Number of stopping items."""

    @property
    def learned(self) -> bool:
        """Whether the kept epoch is better than always naming the largest class, where known.

        Not known, and taken for granted, with fewer than `FEWEST` stopping items, and where all
        have one class.
        """
        if self.chance is None or self.chance >= 100 or self.stopping < FEWEST:
            return True
        return max(row["stopping_accuracy"] for row in self.epochs) > self.chance + 1e-9


def finetune(
    classifier: Classifier,
    labelled: ParallelDataset,
    stopping: ParallelDataset,
    config: TaskConfig,
    device: Device,
    tick: Tick | None = None,
    *,
    run: Path | None = None,
    note: Note | None = None,
) -> FinetuneResult:
    """Train on one language's labelled items; keep the epoch with the best stopping accuracy.

    Accuracy, not loss: with few items the loss rises from overconfidence while accuracy still
    grows. Of equally accurate epochs the one with the lowest loss is kept. Without stopping items
    all epochs are done and the last one is kept, as in K-shot fine-tuning (ALSACE, A.1).

    Args:
        classifier: changed in place.
        labelled: items in exactly one language, with labels.
        stopping: other items of that language, with labels, or none; only stop the training.
        config: epochs, batch, learning rate, patience, max_length, and the seed of the order and
            of dropout.
        device: where to compute.
        tick: told about every step.
        run: folder to keep a checkpoint in, and to go on from the one there.
        note: told when memory runs out.

    Raises:
        CoreError: the loss is no number any more.
    """
    loop = _Finetuning(classifier, labelled, stopping, config, device, note)
    checkpoint = Checkpoint(run, FINETUNING, config.checkpoint_seconds)
    saved = checkpoint.load()
    if saved is not None:
        loop.restore(saved)
    try:
        while not loop.is_over():
            losses = loop.train_step()
            if checkpoint.is_due():
                loop.save(checkpoint)
            if tick is not None:
                tick(loop.step, loop.steps, losses)
    except RunCancelledError:
        loop.save(checkpoint)
        raise
    load_weights(classifier.model, loop.best)
    if saved is None or not saved.state["over"]:
        checkpoint.save({"best": loop.best}, None, loop.state(over=True))
    chance = None
    if loop.stop_rows:
        chance = 100 * int(torch.bincount(loop.stop_targets).max()) / len(loop.stop_targets)
    return FinetuneResult(loop.epochs, loop.kept, chance, len(loop.stop_rows))


class _Finetuning:
    """The state of a fine-tuning between two steps."""

    def __init__(
        self,
        classifier: Classifier,
        labelled: ParallelDataset,
        stopping: ParallelDataset,
        config: TaskConfig,
        device: Device,
        note: Note | None,
    ) -> None:
        self.classifier, self.config, self.device = classifier, config, device
        self.model = ready(classifier.model, device)
        self.rows, self.targets = _tensors(classifier, labelled, config.max_length)
        self.stop_rows, self.stop_targets = _tensors(classifier, stopping, config.max_length)
        self.lengths = np.array([len(row) for row in self.rows], dtype=np.int64)
        self.per_epoch = math.ceil(len(self.rows) / config.finetune_batch)
        self.steps = self.per_epoch * config.finetune_epochs
        self.peak = settled(config.finetune_learning_rate)
        self.optimizer = adamw(self.model, self.peak, WEIGHT_DECAY)
        self.fitting = Fitting(config.finetune_batch, "sequences", note)
        self.best = weights_of(self.model)
        self.step, self.kept = 0, 0
        self.epochs: list[dict[str, float]] = []
        self.losses: list[float] = []
        """Of the steps of this epoch so far."""
        self.over = False

    def is_over(self) -> bool:
        """All epochs are done, or enough of them brought nothing better."""
        patience = len(self.epochs) - self.kept >= self.config.finetune_patience
        patience = patience and bool(self.stop_rows)
        return self.over or self.step == self.steps or (self.kept > 0 and patience)

    def train_step(self) -> dict[str, float]:
        """One optimizer step, and the evaluation at the end of an epoch; returns the loss.

        Raises:
            CoreError: the loss is no number any more.
        """
        epoch, index = divmod(self.step, self.per_epoch)
        order = np.random.default_rng((self.config.seed, epoch)).permutation(len(self.rows))
        size = self.config.finetune_batch
        chosen = order[index * size : (index + 1) * size]
        self.model.train()
        whole = self.fitting(partial(self._backward, chosen))
        self.losses.append(processes.add_up(self.model, {"loss": whole})["loss"])
        rate = learning_rate_at(self.step, self.steps, self.peak, WARMUP)
        take_step(self.model, self.optimizer, rate, CLIP)
        self.step += 1
        loss = self.losses[-1]
        if self.step % self.per_epoch == 0:
            self._end_epoch()
        return {"loss": loss}

    def _backward(self, chosen: np.ndarray, size: int) -> float:
        """Gradients of a batch, with so many sequences at once in the model; returns the loss."""
        seed_step(self.config.seed, self.step)
        seed_dropout(self.config.seed, self.step)
        self.optimizer.zero_grad(set_to_none=True)
        whole, mine = 0.0, processes.share(chosen)
        for some in parts(mine, size, self.device.training_tokens, self.lengths[mine]):
            rows = [self.rows[i] for i in some]
            loss = _loss(self.classifier, rows, self.targets[some], self.device)
            loss = loss * (len(some) / len(chosen))
            loss.backward()
            whole += loss.item()
        return whole

    def _end_epoch(self) -> None:
        row = {"train_loss": float(np.mean(self.losses))}
        if self.stop_rows:
            row |= _evaluate(self.classifier, self.stop_rows, self.stop_targets, self.device)
        if not math.isfinite(row.get("stopping_loss", row["train_loss"])):
            raise CoreError("fine-tuning diverged; lower --finetune-learning-rate")
        last = not self.stop_rows or not self.kept
        if last or _score(row) > _score(self.epochs[self.kept - 1]):
            self.kept = len(self.epochs) + 1
            self.best = weights_of(self.model)
        self.epochs.append(row)
        self.losses = []

    def state(self, *, over: bool) -> dict[str, Any]:
        """The counters of a checkpoint."""
        names = ("step", "kept", "epochs", "losses")
        return {"over": over, **{name: getattr(self, name) for name in names}}

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep all that a resume needs."""
        weights = {"model": weights_of(self.model), "best": self.best}
        checkpoint.save(weights, self.optimizer, self.state(over=False))

    def restore(self, saved: Saved) -> None:
        """Go on from a checkpoint."""
        self.best = saved.weights("best", self.model)
        for name, value in saved.state.items():
            setattr(self, name, value)
        if not self.over:
            load_weights(self.model, saved.weights("model", self.model))
            saved.restore(self.optimizer)


def _score(epoch: dict[str, float]) -> tuple[float, float]:
    """What makes an epoch better than another."""
    return epoch["stopping_accuracy"], -epoch["stopping_loss"]


def _tensors(
    classifier: Classifier, data: ParallelDataset, max_length: int
) -> tuple[list[Sized], torch.Tensor]:
    rows = classifier.head.encode(data, max_length).rows[0]
    return list(rows), torch.as_tensor(np.asarray(data.labels))


def _loss(
    classifier: Classifier, rows: list[Sized], targets: torch.Tensor, device: Device
) -> torch.Tensor:
    logits = classifier.head.logits(classifier.model, rows, device)
    return functional.cross_entropy(logits, targets.to(device.place))


@torch.no_grad()
def _evaluate(
    classifier: Classifier, rows: list[Sized], targets: torch.Tensor, device: Device
) -> dict[str, float]:
    classifier.model.eval()
    logits = classifier.head.logits(classifier.model, rows, device)
    targets = targets.to(device.place)
    return {
        "stopping_loss": functional.cross_entropy(logits, targets).item(),
        "stopping_accuracy": 100 * (logits.argmax(-1) == targets).float().mean().item(),
    }
