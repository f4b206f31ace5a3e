"""The training loop of span heads: stage 1, and self-distillation in generations (stage 2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel

from core import processes
from core.answering.features import Windows
from core.answering.losses import cross_entropy, divergence
from core.answering.spans import right_tokens, span_scores
from core.answering.teacher import Lesson, Teacher
from core.config import QaTrainConfig
from core.distillation.train import Reporter
from core.errors import CoreError, RunCancelledError
from core.models.batches import parts
from core.models.checkpoint import Checkpoint, load_weights, weights_of
from core.models.device import Device, seed_dropout, seed_step
from core.models.memory import Fitting
from core.models.optimizer import adamw, learning_rate_at, take_step
from core.models.ready import ready
from core.models.recipe import settled
from core.runs.checkpoints import TRAINING


@dataclass(frozen=True)
class Course:
    """How long and how fast a model is trained."""

    stage: str
    """What the run is doing, for its progress."""
    folder: str
    """Of its checkpoint, one of `core.runs.checkpoints.FOLDERS`."""
    epochs: int
    batch: int
    """Windows in one step."""
    learning_rate: float
    """The peak; linear warm-up and decay."""
    weight_decay: float
    warmup: float
    """Share of the steps with a rising rate."""
    clip: float
    """Largest gradient norm."""
    seed: int
    """Of the order of the windows and of dropout."""
    checkpoint_seconds: float
    slower: str
    """The option that lowers the learning rate, for a message."""

    @classmethod
    def stage2(cls, config: QaTrainConfig) -> Course:
        """That of self-distillation."""
        return cls(
            stage="self-distilling",
            folder=TRAINING,
            epochs=config.epochs,
            batch=config.batch,
            learning_rate=settled(config.learning_rate),
            weight_decay=config.weight_decay,
            warmup=config.warmup,
            clip=config.clip,
            seed=config.seed,
            checkpoint_seconds=config.checkpoint_seconds,
            slower="--learning-rate",
        )


def taught(windows: Windows) -> NDArray[np.int64]:
    """The windows that can be trained on: those of pairs whose answer stands whole in one of them.

    A window of theirs that does not hold the answer teaches that it is not there.
    """
    answerable = np.zeros(len(windows.asked), dtype=bool)
    answerable[windows.owner[windows.answered]] = True
    return np.flatnonzero(answerable[windows.owner])


class SpanTraining:
    """One training of a span head, with cross-entropy alone or with a teacher.

    Args:
        model: changed in place; it holds the last step's weights in the end.
        windows: to train on; see `taught`.
        course: how long and how fast.
        device: where to compute.
        reporter: the run.
        teacher: renewed at the start of each epoch; None trains on the right spans alone.

    Raises:
        CoreError: no window can be trained on.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        windows: Windows,
        course: Course,
        device: Device,
        reporter: Reporter,
        teacher: Teacher | None = None,
    ) -> None:
        self.windows, self.course, self.device = windows, course, device
        self.model, self.reporter, self.teacher = ready(model, device), reporter, teacher
        self.pool = taught(windows)
        if not len(self.pool):
            raise CoreError("no window holds a whole answer; raise --max-length")
        self.per_epoch = math.ceil(len(self.pool) / course.batch)
        self.steps = self.per_epoch * course.epochs
        self.optimizer = adamw(self.model, course.learning_rate, course.weight_decay)
        self.checkpoint = Checkpoint(reporter.path, course.folder, course.checkpoint_seconds)
        self.fitting = Fitting(course.batch, "windows", reporter.warn)
        self.step = 0
        self.epochs: list[dict[str, float]] = []
        """Means over the steps of each epoch that is over."""
        self.sums: dict[str, float] = {}
        """Over the steps of this epoch so far."""

    def run(self) -> list[dict[str, float]]:
        """Train to the last step; returns the means of each epoch.

        Raises:
            RunCancelledError: the user cancelled; the checkpoint is kept.
            CoreError: the loss is no number any more.
        """
        self._resume()
        try:
            while self.step < self.steps:
                numbers = self.train_step()
                self.step += 1
                self._note(numbers)
                if self.step == self.steps or self.checkpoint.is_due():
                    self._save()
                shown = {name: numbers[name] for name in ("loss", "alpha") if name in numbers}
                self.reporter.progress(self.course.stage, self.step, self.steps, **shown)
        except RunCancelledError:
            self._save()
            raise
        return self.epochs

    def train_step(self) -> dict[str, float]:
        """One optimizer step; returns its loss and what it is made of.

        Raises:
            CoreError: the loss is no number any more.
        """
        epoch, index = divmod(self.step, self.per_epoch)
        if index == 0 and self.teacher is not None:
            self.teacher.follow(self.model)
        order = np.random.default_rng((self.course.seed, epoch)).permutation(self.pool)
        chosen = order[index * self.course.batch : (index + 1) * self.course.batch]
        self.model.train()
        mine = processes.share(chosen)
        lesson = self._lesson(mine)
        numbers = self.fitting(partial(self._backward, mine, len(chosen), lesson))
        numbers = processes.add_up(self.model, numbers)
        if lesson is not None:
            numbers |= {"alpha": lesson.weights.kl, **lesson.knowledge._asdict()}
        if not math.isfinite(numbers["loss"]):
            raise CoreError(f"{self.course.stage} diverged; lower {self.course.slower}")
        take_step(self.model, self.optimizer, self._rate(self.step), self.course.clip)
        return numbers

    def _lesson(self, mine: NDArray[np.int64]) -> Lesson | None:
        """What the teacher says about this process's share of a batch, if there is one."""
        if self.teacher is None:
            return None
        return self.teacher.weigh(self.fitting(partial(self.teacher.say, self.windows, mine)))

    def _rate(self, step: int) -> float:
        course = self.course
        return learning_rate_at(step, self.steps, course.learning_rate, course.warmup)

    def _backward(
        self, chosen: np.ndarray, whole: int, lesson: Lesson | None, size: int
    ) -> dict[str, float]:
        """Gradients of a share of a batch, with so many windows at once in the model.

        Args:
            chosen: the windows of the share.
            whole: windows in the batch.
            lesson: about the share; None without a teacher.
            size: windows at once.

        Returns:
            What the share adds to the batch's loss and to what it is made of.
        """
        seed_step(self.course.seed, self.step)
        seed_dropout(self.course.seed, self.step)
        self.optimizer.zero_grad(set_to_none=True)
        sums: dict[str, float] = {}
        budget, lengths = self.device.training_tokens, self.windows.lengths[chosen]
        for part in parts(np.arange(len(chosen)), size, budget, lengths):
            losses = self._losses(chosen[part], lesson, part)
            share = len(part) / whole
            (share * losses["loss"]).backward()
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + share * float(value.detach())
        return sums

    def _losses(
        self, part: np.ndarray, lesson: Lesson | None, places: np.ndarray
    ) -> dict[str, torch.Tensor]:
        """The loss of some windows and what it is made of, each a mean over them.

        Args:
            part: the windows.
            lesson: about these and more.
            places: of them in the lesson.
        """
        scores = span_scores(self.model, self.windows, part, self.device)
        gold = right_tokens(self.windows, part, self.device)
        exact = 100 * (scores.argmax(-1) == gold).all(dim=0).float().mean()
        ce = cross_entropy(scores, gold)
        if lesson is None or self.teacher is None:
            return {"loss": ce, "exact": exact}
        kl = divergence(
            scores, lesson.scores[:, places, : scores.shape[-1]], self.teacher.config.temperature
        )
        weights = lesson.weights
        used = [weight * loss for weight, loss in zip(weights, (ce, kl), strict=True) if weight]
        used = used or [weights.kl * kl]  # the teacher knows nothing of the batch
        return {"loss": torch.stack(used).sum(), "ce": ce, "kl": kl, "exact": exact}

    def _note(self, numbers: dict[str, float]) -> None:
        """Add the step that was just done to the history and to its epoch."""
        done = self.step - 1
        row: dict[str, Any] = {"step": self.step, "epoch": done // self.per_epoch}
        told = {**numbers, "learning_rate": self._rate(done)}
        row |= {name: float(f"{value:.5g}") for name, value in told.items()}
        self.reporter.add_history(row)
        self.sums = {name: self.sums.get(name, 0.0) + value for name, value in numbers.items()}
        if self.step % self.per_epoch == 0:
            self.epochs.append({name: x / self.per_epoch for name, x in self.sums.items()})
            self.sums = {}

    def _save(self) -> None:
        weights = {"model": weights_of(self.model)}
        if self.teacher is not None:
            weights["teacher"] = weights_of(self.teacher.model)
        state = {"step": self.step, "epochs": self.epochs, "sums": self.sums}
        self.checkpoint.save(weights, self.optimizer, state)

    def _resume(self) -> None:
        """Go on from the run's checkpoint, if it has one."""
        saved = self.checkpoint.load()
        if saved is None:
            return
        for name, value in saved.state.items():
            setattr(self, name, value)
        load_weights(self.model, saved.weights("model", self.model))
        if self.teacher is not None:
            load_weights(self.teacher.model, saved.weights("teacher", self.model))
        saved.restore(self.optimizer)
        self.reporter.cut_history(self.step)
