"""English fine-tuning with early stopping: the start of every method here."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from core.config import ModelConfig
from core.data.parallel import ParallelDataset
from core.errors import CoreError
from core.models.device import Device, seed_step
from core.models.encode import Ids, class_logits, encode
from core.models.load import Classifier
from core.models.optimizer import adamw, learning_rate_at, set_learning_rate
from core.models.recipe import settled

WARMUP = 0.1
WEIGHT_DECAY = 0.01

Tick = Callable[[int, int, dict[str, float]], None]
"""Called with (steps done, steps in all, latest numbers)."""


@dataclass(frozen=True)
class FinetuneResult:
    """How the fine-tuning went; the model itself is changed in place to its best epoch."""

    epochs: list[dict[str, float]]
    """Per epoch: train_loss, stopping_loss, stopping_accuracy (percent)."""
    kept_epoch: int
    """1-based epoch with the highest stopping accuracy (of equal ones, the lowest loss)."""
    chance: float
    """Percent of the stopping items in their largest class."""

    @property
    def learned(self) -> bool:
        """Whether the kept epoch is better than always naming the largest class."""
        return max(row["stopping_accuracy"] for row in self.epochs) > self.chance + 1e-9


def finetune(
    classifier: Classifier,
    labelled: ParallelDataset,
    stopping: ParallelDataset,
    config: ModelConfig,
    device: Device,
    seed: int,
    tick: Tick | None = None,
) -> FinetuneResult:
    """Train on one language's labelled items; keep the epoch with the best stopping accuracy.

    Accuracy, not loss: with few items the loss rises from overconfidence while accuracy still
    grows. Of equally accurate epochs the one with the lowest loss is kept.

    Args:
        classifier: changed in place.
        labelled: items in exactly one language, with labels.
        stopping: other items of that language, with labels; only stop the training.
        config: epochs, batch, learning rate, patience, max_length.
        device: where to compute.
        seed: seed of the order and of dropout.
        tick: told about every step.

    Raises:
        CoreError: the stopping loss is no number any more.
    """
    model = classifier.model.to(device.place)
    rows, targets = _tensors(classifier, labelled, config.max_length)
    stop_rows, stop_targets = _tensors(classifier, stopping, config.max_length)
    per_epoch = math.ceil(len(rows) / config.finetune_batch)
    steps = per_epoch * config.finetune_epochs
    peak = settled(config.finetune_learning_rate)
    optimizer = adamw(model, peak, WEIGHT_DECAY)
    best = {name: value.detach().clone() for name, value in model.state_dict().items()}
    best_score, kept, epochs = (-math.inf, -math.inf), 0, []
    for epoch in range(config.finetune_epochs):
        order = np.random.default_rng((seed, epoch)).permutation(len(rows))
        losses = []
        model.train()
        for index in range(per_epoch):
            step = epoch * per_epoch + index
            chosen = order[index * config.finetune_batch : (index + 1) * config.finetune_batch]
            rate = learning_rate_at(step, steps, peak, WARMUP)
            set_learning_rate(optimizer, rate)
            seed_step(seed, step)
            loss = _loss(classifier, [rows[i] for i in chosen], targets[chosen], device)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
            if tick is not None:
                tick(step + 1, steps, {"loss": losses[-1]})
        row = {"train_loss": float(np.mean(losses))}
        row |= _evaluate(classifier, stop_rows, stop_targets, device)
        if not math.isfinite(row["stopping_loss"]):
            raise CoreError("fine-tuning diverged; lower --finetune-learning-rate")
        epochs.append(row)
        score = (row["stopping_accuracy"], -row["stopping_loss"])
        if score > best_score:
            best_score, kept = score, epoch + 1
            best = {name: value.detach().clone() for name, value in model.state_dict().items()}
        elif epoch + 1 - kept >= config.finetune_patience:
            break
    model.load_state_dict(best)
    largest = int(torch.bincount(stop_targets).max())
    return FinetuneResult(epochs, kept, 100 * largest / len(stop_targets))


def _tensors(
    classifier: Classifier, data: ParallelDataset, max_length: int
) -> tuple[list[Ids], torch.Tensor]:
    rows = encode(data, classifier.tokenizer, max_length).ids[0]
    return list(rows), torch.as_tensor(np.asarray(data.labels))


def _loss(
    classifier: Classifier, rows: list[Ids], targets: torch.Tensor, device: Device
) -> torch.Tensor:
    logits = class_logits(classifier.model, rows, classifier.tokenizer, device, 16)
    return functional.cross_entropy(logits, targets.to(device.place))


@torch.no_grad()
def _evaluate(
    classifier: Classifier, rows: list[Ids], targets: torch.Tensor, device: Device
) -> dict[str, float]:
    classifier.model.eval()
    logits = class_logits(classifier.model, rows, classifier.tokenizer, device, 64)
    targets = targets.to(device.place)
    return {
        "stopping_loss": functional.cross_entropy(logits, targets).item(),
        "stopping_accuracy": 100 * (logits.argmax(-1) == targets).float().mean().item(),
    }
