"""Train a small multilingual masked language model from scratch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from transformers import ModernBertConfig, ModernBertForMaskedLM, PreTrainedTokenizerFast

from core.balancing.contrast import contrast
from core.balancing.masking import IGNORED, mask
from core.balancing.rows import Rows, batches
from core.balancing.tokenizer import train_tokenizer
from core.config import PretrainConfig
from core.errors import RunCancelledError
from core.models.batches import pad, parts
from core.models.checkpoint import Checkpoint
from core.models.device import Device, seed_step
from core.models.memory import Fitting, Note
from core.models.optimizer import adamw, learning_rate_at, take_step
from core.models.ready import ready
from core.runs.checkpoints import TRAINING

WARMUP = 0.05
WEIGHT_DECAY = 0.01
CLIP = 1.0
CONTRAST_EVERY = 2
"""Steps between two batches of the contrast, which costs as much as the masked LM."""
HISTORY_EVERY = 50

Tick = Callable[[int, int, dict[str, float]], None]
"""Called with (steps done, steps in all, latest numbers)."""


def build(
    texts: Mapping[str, Sequence[str]], config: PretrainConfig
) -> tuple[ModernBertForMaskedLM, PreTrainedTokenizerFast]:
    """A tokenizer trained on the texts and a model with random weights from the seed."""
    tokenizer = train_tokenizer(
        (line for lines in texts.values() for line in lines),
        config.vocabulary,
        2 * config.max_length,
    )
    torch.manual_seed(config.seed)
    settings = ModernBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=config.hidden,
        intermediate_size=2 * config.hidden,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        layer_types=["full_attention"] * config.layers,
        max_position_embeddings=2 * config.max_length,
        classifier_pooling="mean",
        sparse_prediction=True,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        cls_token_id=tokenizer.cls_token_id,
        sep_token_id=tokenizer.sep_token_id,
    )
    return ModernBertForMaskedLM(settings), tokenizer


def train(
    model: ModernBertForMaskedLM,
    tokenizer: PreTrainedTokenizerFast,
    rows: Rows,
    config: PretrainConfig,
    device: Device,
    tick: Tick | None = None,
    *,
    run: Path | None = None,
    note: Note | None = None,
) -> list[dict[str, float]]:
    """Train with masked-LM loss, every other step with the contrast of parallel texts as well.

    Logits are computed at the masked positions only. When memory runs out, the batch goes through
    in parts; a text of the contrast is then told from fewer others.

    Args:
        model: trained in place.
        tokenizer: its tokenizer.
        rows: what to read; every row once an epoch.
        config: steps, batches, learning rate, share of masked pieces, weight of the contrast.
        device: where to compute.
        tick: told about every step.
        run: folder to keep a checkpoint in, and to go on from the one there.
        note: told when memory ran out.

    Returns:
        One row (step, loss of the masked LM, contrast, learning_rate) every 50 steps; the losses
        are means since the last.
    """
    checkpoint = Checkpoint(run, TRAINING, config.checkpoint_seconds)
    loop = _Pretraining(model, tokenizer, rows, config, device, note)
    loop.resume(checkpoint)
    order, contrasts = loop.order(), loop.order_of_contrasts()
    while loop.step < config.steps:
        contrasted = loop.contrasts and loop.step % CONTRAST_EVERY == 0
        loss = loop.train_step(next(order), next(contrasts) if contrasted else [])
        if checkpoint.is_due():
            loop.save(checkpoint)
        if tick is not None:
            last = loop.history[-1]["loss"] if loop.history else loss
            try:
                tick(loop.step, config.steps, {"loss": last})
            except RunCancelledError:
                loop.save(checkpoint)
                raise
    model.config.sparse_prediction = model.sparse_prediction = False
    return loop.history


class _Pretraining:
    """The state of a pretraining between two steps."""

    def __init__(
        self,
        model: ModernBertForMaskedLM,
        tokenizer: PreTrainedTokenizerFast,
        rows: Rows,
        config: PretrainConfig,
        device: Device,
        note: Note | None,
    ) -> None:
        self.model, self.tokenizer, self.rows = ready(model, device).train(), tokenizer, rows
        self.config, self.device = config, device
        self.optimizer = adamw(model, config.learning_rate, WEIGHT_DECAY)
        self.fitting = Fitting(config.batch, "rows of text", note)
        self.contrasts = bool(rows.parallel and config.contrast)
        self.step = 0
        self.history: list[dict[str, float]] = []
        self.seen: dict[str, list[float]] = {"loss": [], "contrast": []}
        """Losses since the last row of the history."""

    def resume(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint, if there is one."""
        if (saved := checkpoint.load()) is not None:
            self.step, self.history, self.seen = (
                saved.state[name] for name in ("step", "history", "seen")
            )
            self.model.load_state_dict(saved.weights("model", self.model))
            saved.restore(self.optimizer)

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep all that a resume needs."""
        state = {"step": self.step, "history": self.history, "seen": self.seen}
        checkpoint.save({"model": self.model.state_dict()}, self.optimizer, state)

    def order(self) -> Iterator[list[int]]:
        """The rows of each step to come."""
        lengths = [len(row) for row in self.rows.masked]
        return islice(batches(lengths, self.config.batch, self.config.seed), self.step, None)

    def order_of_contrasts(self) -> Iterator[list[int]]:
        """The parallel texts of each step to come that contrasts any."""
        lengths = [len(first) + len(second) for first, second in self.rows.parallel]
        begin = math.ceil(self.step / CONTRAST_EVERY)
        found = batches(lengths, self.config.contrast_batch, self.config.seed)
        return islice(found, begin, None)

    def train_step(self, chosen: list[int], pairs: list[int]) -> float:
        """One optimizer step; returns the loss of the masked LM.

        Args:
            chosen: rows of the masked LM.
            pairs: parallel texts of the contrast; may be empty.
        """
        config = self.config
        rate = learning_rate_at(self.step, config.steps, config.learning_rate, WARMUP)
        losses = self.fitting(partial(self._backward, chosen, pairs))
        take_step(self.model, self.optimizer, rate, CLIP)
        self.step += 1
        for name, value in losses.items():
            self.seen[name].append(value)
        if self.step % HISTORY_EVERY == 0 or self.step == config.steps:
            means = {name: float(np.mean(found)) for name, found in self.seen.items() if found}
            self.history.append({"step": self.step, **means, "learning_rate": rate})
            self.seen = {name: [] for name in self.seen}
        return losses["loss"]

    def _backward(self, chosen: list[int], pairs: list[int], size: int) -> dict[str, float]:
        """Gradients of a batch, with so many rows at once in the model; returns the losses."""
        seed_step(self.config.seed, self.step)
        self.optimizer.zero_grad(set_to_none=True)
        rows_of = [self.rows.masked[i] for i in chosen]
        batch = pad(rows_of, self.tokenizer.pad_token_id, self.device)
        ids, labels = mask(batch["input_ids"], self.tokenizer, self.config.masked_share)
        lengths = np.array([len(row) for row in rows_of])
        some = parts(np.arange(len(chosen)), size, self.device.training_tokens, lengths)
        texts = [part.tolist() for part in np.array_split(pairs, len(some))]
        asked = (labels != IGNORED).sum()
        sums = {"loss": 0.0, **({"contrast": 0.0} if pairs else {})}
        for rows, contrasted in zip(map(torch.from_numpy, some), texts, strict=True):
            inputs = {"input_ids": ids[rows], "attention_mask": batch["attention_mask"][rows]}
            loss = self._masked_loss(inputs, labels[rows], asked)
            sums["loss"] += loss.item()
            if contrasted:
                apart = self._contrast(contrasted, len(pairs))
                sums["contrast"] += apart.item()
                loss = loss + self.config.contrast * apart
            if loss.requires_grad:
                loss.backward()
        return sums

    def _masked_loss(
        self, inputs: dict[str, torch.Tensor], labels: torch.Tensor, asked: torch.Tensor
    ) -> torch.Tensor:
        """What these rows add to the mean over all masked pieces of the batch."""
        here = (labels != IGNORED).sum()
        if not here:
            return torch.zeros((), device=labels.device)
        with self.device.autocast():
            loss: torch.Tensor = self.model(**inputs, labels=labels).loss
        return loss * (here / asked)

    def _contrast(self, chosen: list[int], whole: int) -> torch.Tensor:
        """What these parallel texts add to the contrast of the batch."""
        texts = [self.rows.parallel[i] for i in chosen]
        loss = contrast(self.model.model, texts, self.tokenizer.pad_token_id, self.device)
        return loss * (len(chosen) / whole)
