"""Training one model of a comparison: hard labels, or the soft labels of teachers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import BertForMaskedLM, PreTrainedTokenizerFast

from core import processes
from core.balancing.labels import hard_loss, soft_loss
from core.balancing.masking import IGNORED, mask
from core.balancing.order import Batch
from core.balancing.ranks import MaskedTexts, mean_reciprocal_rank
from core.config import BalanceConfig
from core.errors import RunCancelledError
from core.models.batches import pad, parts
from core.models.checkpoint import Checkpoint, weights_of
from core.models.device import Device, seed_dropout, seed_step
from core.models.encode import Ids
from core.models.memory import Fitting, Note
from core.models.optimizer import adamw, learning_rate_at, take_step
from core.models.ready import ready
from core.runs.checkpoints import TRAINING

CLIP = 1.0
CPU = Device(torch.device("cpu"), torch.float32)
"""Where masks are drawn: the same ones on every device."""
Row = dict[str, Any]
Tick = Callable[[int, int, Row], None]
"""Called with (steps done, steps in all, latest numbers)."""


@dataclass(frozen=True)
class Task:
    """What one model is trained on, and for how long."""

    name: str
    rows: Mapping[str, Sequence[Ids]]
    """language -> its texts."""
    order: Callable[[], Iterator[Batch]]
    """Makes the endless order of the batches, always the same one."""
    dev: Mapping[str, MaskedTexts]
    steps: int
    epoch_steps: int
    """Steps that are one pass over the texts."""
    learning_rate: float
    teachers: Mapping[str, BertForMaskedLM] | None = None
    """language -> the model whose distributions are the labels; None: the pieces are."""


@dataclass(frozen=True)
class Trained:
    """How a training went; the model has the weights of the kept step."""

    steps: int
    """Done, those after the kept one included."""
    kept_step: int
    dev_mrr: float
    """Of the kept step: mean over the languages, in percent."""
    history: list[Row]


class Training:
    """A training between two steps; it goes on from a checkpoint of the same model.

    Args:
        model: trained in place.
        tokenizer: of all models.
        task: what to learn.
        config: batches, masks and optimizer.
        device: where to compute.
        run: folder to keep a checkpoint in; None keeps none.
        note: told when memory ran out.
    """

    def __init__(
        self,
        model: BertForMaskedLM,
        tokenizer: PreTrainedTokenizerFast,
        task: Task,
        config: BalanceConfig,
        device: Device,
        run: Path | None = None,
        note: Note | None = None,
    ) -> None:
        self.model, self.tokenizer, self.task = ready(model, device).train(), tokenizer, task
        self.config, self.device = config, device
        self.teaching = _precision(device, config)
        self.optimizer = adamw(model, task.learning_rate, config.weight_decay)
        self.fitting = Fitting(config.batch, "texts", note)
        self.checkpoint = Checkpoint(run, TRAINING, config.checkpoint_seconds)
        self.state: Row = {
            "model": task.name, "step": 0, "history": [], "losses": [], "size": config.batch,
            "best": -1.0, "kept_step": 0, "worse": 0,
        }  # fmt: skip
        self.best = weights_of(model)
        self._resume()

    @property
    def history(self) -> list[Row]:
        """A row for each look at the dev set."""
        return list(self.state["history"])

    def _resume(self) -> None:
        saved = self.checkpoint.load()
        if saved is None or saved.state["model"] != self.task.name:
            return
        self.state = saved.state
        self.fitting.size = saved.state["size"]
        self.model.load_state_dict(saved.weights("model", self.model))
        self.best = saved.weights("best", self.model)
        saved.restore(self.optimizer)

    def save(self) -> None:
        """Keep all that a resume needs."""
        self.state["size"] = self.fitting.size
        weights = {"model": self.model.state_dict(), "best": self.best}
        self.checkpoint.save(weights, self.optimizer, self.state)

    def run(self, tick: Tick | None = None, record: Callable[[Row], None] | None = None) -> Trained:
        """Train until the steps are done or the dev MRR has not risen for long enough.

        Args:
            tick: told about every step; may raise RunCancelledError, and a checkpoint is kept.
            record: given each new row of the history.
        """
        state, order = self.state, islice(self.task.order(), self.state["step"], None)
        while state["step"] < self.task.steps and state["worse"] < self.config.patience:
            loss = self._step(*next(order))
            if state["step"] % self.config.check_every == 0 or state["step"] == self.task.steps:
                row = self._look()
                if record is not None:
                    record(row)
            if self.checkpoint.is_due():
                self.save()
            if tick is not None:
                self._tell(tick, loss)
        self.model.load_state_dict(self.best)
        return Trained(state["step"], state["kept_step"], state["best"], self.history)

    def _tell(self, tick: Tick, loss: float) -> None:
        last = self.state["history"][-1:]
        shown = {name: row[name] for row in last for name in ("loss", "dev_mrr")}
        try:
            tick(self.state["step"], self.task.steps, shown or {"loss": loss})
        except RunCancelledError:
            self.save()
            raise

    def _look(self) -> Row:
        """Score the dev set; keep the weights if it is the best so far."""
        state = self.state
        pad_id, batch = self.tokenizer.pad_token_id, self.config.prediction_batch
        found = mean_reciprocal_rank(self.model, self.task.dev, pad_id, self.device, batch)
        score = float(np.mean(list(found.values())))
        if score > state["best"]:
            state |= {"best": score, "kept_step": state["step"], "worse": 0}
            self.best = weights_of(self.model)
        else:
            state["worse"] += 1
        row = {
            "model": self.task.name,
            "step": state["step"],
            "epoch": state["step"] / self.task.epoch_steps,
            "loss": float(np.mean(state["losses"])),
            "dev_mrr": score,
            "learning_rate": self._rate(state["step"] - 1),
        }
        state["losses"] = []
        state["history"].append(row)
        return row

    def _rate(self, step: int) -> float:
        return learning_rate_at(step, self.task.steps, self.task.learning_rate, self.config.warmup)

    def _step(self, language: str, chosen: list[int]) -> float:
        """One optimizer step on texts of one language; returns the loss."""
        loss = self.fitting(partial(self._backward, language, chosen))
        loss = processes.add_up(self.model, {"loss": loss})["loss"]
        take_step(self.model, self.optimizer, self._rate(self.state["step"]), CLIP)
        self.state["step"] += 1
        self.state["losses"].append(loss)
        return loss

    def _backward(self, language: str, chosen: list[int], size: int) -> float:
        """Gradients of a batch, with so many texts at once in the model; returns the loss."""
        seed_step(self.config.seed, self.state["step"])
        self.optimizer.zero_grad(set_to_none=True)
        rows = [self.task.rows[language][i] for i in chosen]
        batch = pad(rows, self.tokenizer.pad_token_id, CPU)
        ids, labels = mask(batch["input_ids"], self.tokenizer, self.config.masked_share, longest=1)
        asked, total = (labels != IGNORED).sum(), 0.0
        seed_dropout(self.config.seed, self.state["step"])
        mine = processes.share(np.arange(len(chosen)))
        lengths = np.array([len(rows[i]) for i in mine])
        for part in map(torch.from_numpy, parts(mine, size, self.device.training_tokens, lengths)):
            here = (labels[part] != IGNORED).sum()
            if not here:
                continue
            inputs = {"input_ids": ids[part], "attention_mask": batch["attention_mask"][part]}
            loss = self._loss(language, inputs, labels[part]) * (here / asked).item()
            loss.backward()
            total += loss.item()
        return total

    def _loss(
        self, language: str, inputs: dict[str, torch.Tensor], labels: torch.Tensor
    ) -> torch.Tensor:
        """Mean loss over the masked positions of some texts."""
        place, vocabulary = self.device.place, self.model.config.vocab_size
        at = (labels != IGNORED).nonzero(as_tuple=True)
        moved = {name: value.to(place) for name, value in inputs.items()}
        where = tuple(one.to(place) for one in at)
        with self.device.autocast():
            hidden = self.model.base_model(**moved).last_hidden_state[where]
        head = _under(self.device.autocast, self.model.cls)
        if self.task.teachers is None:
            return hard_loss(head, hidden, labels[at].to(place), vocabulary)
        teacher = self.task.teachers[language]
        with torch.no_grad(), self.teaching.autocast():
            known = teacher.base_model(**moved).last_hidden_state[where]
        taught = _under(self.teaching.autocast, teacher.cls)
        return soft_loss(head, hidden, taught, known, vocabulary)


def _under(
    context: Callable[[], AbstractContextManager[Any]], head: torch.nn.Module
) -> Callable[[torch.Tensor], torch.Tensor]:
    """A head in a device's arithmetic."""

    def run(hidden: torch.Tensor) -> torch.Tensor:
        with context():
            logits: torch.Tensor = head(hidden)
        return logits

    return run


def _precision(device: Device, config: BalanceConfig) -> Device:
    """Where and in which arithmetic the teachers answer."""
    if config.teacher_precision == "auto":
        return device
    return Device(device.place, getattr(torch, config.teacher_precision))
