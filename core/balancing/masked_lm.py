"""Train a small multilingual masked language model from scratch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from transformers import ModernBertConfig, ModernBertForMaskedLM, PreTrainedTokenizerFast

from core.balancing.contrast import contrast
from core.balancing.tokenizer import train_tokenizer
from core.config import PretrainConfig
from core.data.parallel import Fields
from core.errors import RunCancelledError
from core.models.checkpoint import Checkpoint
from core.models.device import Device, seed_step
from core.models.encode import Ids, encode_texts, pad
from core.models.optimizer import adamw, learning_rate_at, set_learning_rate
from core.runs.checkpoints import TRAINING

WARMUP = 0.05
WEIGHT_DECAY = 0.01
IGNORED = -100
LONGEST_SPAN = 5
"""Pieces masked in a row, at most: a name of several pieces must at times be guessed whole."""
MEAN_SPAN = (1 + LONGEST_SPAN) / 2
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


@dataclass(frozen=True)
class Rows:
    """What a masked LM is pretrained on, as token ids."""

    masked: list[Ids]
    """Single texts and pairs of texts, to be masked."""
    parallel: list[tuple[Ids, Ids]]
    """The same text in two languages, for the contrast; may be empty."""


def tokenize(
    tokenizer: PreTrainedTokenizerFast,
    texts: Mapping[str, Sequence[str]],
    pairs: Sequence[tuple[str, str]],
    parallel: Sequence[tuple[Fields, Fields]],
    max_length: int,
) -> Rows:
    """Token ids of everything.

    Args:
        tokenizer: the model's.
        texts: language -> texts, each cut to ``max_length`` pieces.
        pairs: two texts in one sequence, up to twice as long; masking both at once is translation
            language modelling where they are in two languages (Conneau and Lample, 2019).
        parallel: the same one or two texts in two languages.
        max_length: in pieces.
    """
    singles = [(line,) for lines in texts.values() for line in lines]
    masked = encode_texts(singles, tokenizer, max_length)
    masked += encode_texts(pairs, tokenizer, 2 * max_length)
    sides: list[list[Ids]] = [[[] for _ in parallel] for _ in range(2)]
    for width in (1, 2):
        chosen = [i for i, (first, _) in enumerate(parallel) if len(first) == width]
        for side, rows in enumerate(sides):
            fields = [parallel[i][side] for i in chosen]
            for i, row in zip(chosen, encode_texts(fields, tokenizer, 2 * max_length), strict=True):
                rows[i] = row
    return Rows(masked, list(zip(*sides, strict=True)))


def train(
    model: ModernBertForMaskedLM,
    tokenizer: PreTrainedTokenizerFast,
    rows: Rows,
    config: PretrainConfig,
    device: Device,
    tick: Tick | None = None,
    *,
    run: Path | None = None,
) -> list[dict[str, float]]:
    """Train with masked-LM loss, every other step with the contrast of parallel texts as well.

    Logits are computed at the masked positions only. Of those, 80 % show the mask, 10 % a random
    piece, 10 % the piece itself.

    Args:
        model: trained in place.
        tokenizer: its tokenizer.
        rows: what to read; every row once an epoch.
        config: steps, batches, learning rate, share of masked pieces, weight of the contrast.
        device: where to compute.
        tick: told about every step.
        run: folder to keep a checkpoint in, and to go on from the one there.

    Returns:
        One row (step, loss of the masked LM, contrast, learning_rate) every 50 steps; the losses
        are means since the last.
    """
    model.to(device.place).train()
    optimizer = adamw(model, config.learning_rate, WEIGHT_DECAY)
    checkpoint = Checkpoint(run, TRAINING, config.checkpoint_seconds)
    history: list[dict[str, float]] = []
    seen: dict[str, list[float]] = {"loss": [], "contrast": []}
    begin = 0
    if (saved := checkpoint.load()) is not None:
        begin, history, seen = (saved.state[name] for name in ("step", "history", "seen"))
        model.load_state_dict(saved.weights("model", model))
        saved.restore(optimizer)

    def save(step: int) -> None:
        state = {"step": step, "history": history, "seen": seen}
        checkpoint.save({"model": model.state_dict()}, optimizer, state)

    masked = _masked_losses(model, tokenizer, rows.masked, config, device, begin)
    apart_from = math.ceil(begin / CONTRAST_EVERY)
    contrasts = _contrasts(model, tokenizer, rows.parallel, config, device, apart_from)
    for step in range(begin, config.steps):
        rate = learning_rate_at(step, config.steps, config.learning_rate, WARMUP)
        set_learning_rate(optimizer, rate)
        seed_step(config.seed, step)
        loss = next(masked)
        seen["loss"].append(loss.item())
        if rows.parallel and config.contrast and step % CONTRAST_EVERY == 0:
            apart = next(contrasts)
            seen["contrast"].append(apart.item())
            loss = loss + config.contrast * apart
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if (step + 1) % HISTORY_EVERY == 0 or step + 1 == config.steps:
            means = {name: float(np.mean(found)) for name, found in seen.items() if found}
            history.append({"step": step + 1, **means, "learning_rate": rate})
            seen = {name: [] for name in seen}
        if checkpoint.is_due():
            save(step + 1)
        if tick is not None:
            last = history[-1]["loss"] if history else loss.item()
            try:
                tick(step + 1, config.steps, {"loss": last})
            except RunCancelledError:
                save(step + 1)
                raise
    model.config.sparse_prediction = model.sparse_prediction = False
    return history


def _masked_losses(
    model: ModernBertForMaskedLM,
    tokenizer: PreTrainedTokenizerFast,
    rows: list[Ids],
    config: PretrainConfig,
    device: Device,
    begin: int,
) -> Iterator[torch.Tensor]:
    """The masked-LM loss of one batch after another, without end; the first ones left out."""
    lengths = [len(row) for row in rows]
    for chosen in islice(_batches(lengths, config.batch, config.seed), begin, None):
        batch = pad([rows[i] for i in chosen], tokenizer.pad_token_id, device)
        batch["input_ids"], labels = mask(batch["input_ids"], tokenizer, config.masked_share)
        with device.autocast():
            loss = model(**batch, labels=labels).loss
        yield loss


def _contrasts(
    model: ModernBertForMaskedLM,
    tokenizer: PreTrainedTokenizerFast,
    pairs: list[tuple[Ids, Ids]],
    config: PretrainConfig,
    device: Device,
    begin: int,
) -> Iterator[torch.Tensor]:
    """The contrastive loss of one batch of parallel texts after another; the first left out."""
    lengths = [len(first) + len(second) for first, second in pairs]
    for chosen in islice(_batches(lengths, config.contrast_batch, config.seed), begin, None):
        texts = [pairs[i] for i in chosen]
        yield contrast(model.model, texts, tokenizer.pad_token_id, device)


def mask(
    ids: torch.Tensor, tokenizer: PreTrainedTokenizerFast, share: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mask a batch.

    Args:
        ids: [rows, positions].
        tokenizer: for the mask and the special pieces, which are never masked.
        share: of the other pieces, in spans of 1 to 5 drawn at random; at least one of the batch.

    Returns:
        The changed ids, and labels [rows, positions] with -100 where nothing is asked.
    """
    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids, device=ids.device))
    draw = torch.rand(ids.shape, device=ids.device)
    starts = draw < share / MEAN_SPAN
    lengths = torch.randint(1, LONGEST_SPAN + 1, ids.shape, device=ids.device)
    chosen = torch.zeros_like(special)
    for offset in range(LONGEST_SPAN):
        reaching = starts & (lengths > offset)
        chosen[:, offset:] |= reaching[:, : ids.shape[1] - offset]
    chosen &= ~special
    if not chosen.any():
        chosen = draw == draw.masked_fill(special, 2.0).min()
    labels = torch.where(chosen, ids, IGNORED)
    kind = torch.rand(ids.shape, device=ids.device)
    low = len(tokenizer.all_special_ids)
    random = torch.randint(low, len(tokenizer), ids.shape, device=ids.device)
    changed = torch.where(chosen & (kind < 0.8), tokenizer.mask_token_id, ids)
    return torch.where(chosen & (kind >= 0.9), random, changed), labels


def _batches(lengths: Sequence[int], size: int, seed: int) -> Iterator[list[int]]:
    """Positions in batches of similar length, in random order, epoch after epoch."""
    known = np.array(lengths)
    epoch = 0
    while True:
        rng = np.random.default_rng((seed, epoch))
        order = np.argsort(known + rng.random(len(known)) * 4, kind="stable")
        for start in rng.permutation(np.arange(0, len(order), size)):
            yield order[start : start + size].tolist()
        epoch += 1
