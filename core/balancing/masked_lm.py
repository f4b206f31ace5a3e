"""Train a small multilingual masked language model from scratch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import torch
from transformers import ModernBertConfig, ModernBertForMaskedLM, PreTrainedTokenizerFast

from core.balancing.tokenizer import train_tokenizer
from core.config import PretrainConfig
from core.models.device import Device, seed_step
from core.models.encode import Ids, pad
from core.models.optimizer import adamw, learning_rate_at, set_learning_rate

WARMUP = 0.05
WEIGHT_DECAY = 0.01
IGNORED = -100
LONGEST_SPAN = 5
"""Pieces masked in a row, at most: a name of several pieces must at times be guessed whole."""
MEAN_SPAN = (1 + LONGEST_SPAN) / 2

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
    texts: Mapping[str, Sequence[str]],
    config: PretrainConfig,
    device: Device,
    *,
    pairs: Sequence[tuple[str, str]] = (),
    tick: Tick | None = None,
) -> list[dict[str, float]]:
    """Train with masked-LM loss; languages are drawn in proportion to their text.

    Logits are computed at the masked positions only. Of those, 80 % show the mask, 10 % a random
    piece, 10 % the piece itself.

    Args:
        model: trained in place.
        tokenizer: its tokenizer.
        texts: language -> texts.
        config: steps, batch, learning rate, share of masked pieces.
        device: where to compute.
        pairs: sentence pairs to train on as well (in one language or two), up to twice
            ``max_length`` pieces long.
        tick: told about every step.

    Returns:
        One row (step, loss, learning_rate) every 50 steps; the loss is the mean since the last.
    """
    lines = [line for lines in texts.values() for line in lines]
    rows: list[Ids] = tokenizer(lines, truncation=True, max_length=config.max_length)["input_ids"]
    if pairs:
        first, second = zip(*pairs, strict=True)
        limit = 2 * config.max_length
        rows += tokenizer(list(first), list(second), truncation=True, max_length=limit)["input_ids"]
    batches = _batches(rows, config)
    model.to(device.place).train()
    optimizer = adamw(model, config.learning_rate, WEIGHT_DECAY)
    history: list[dict[str, float]] = []
    losses: list[float] = []
    for step in range(config.steps):
        rate = learning_rate_at(step, config.steps, config.learning_rate, WARMUP)
        set_learning_rate(optimizer, rate)
        seed_step(config.seed, step)
        batch = pad([rows[i] for i in next(batches)], tokenizer.pad_token_id, device)
        batch["input_ids"], labels = mask(batch["input_ids"], tokenizer, config.masked_share)
        with device.autocast():
            loss = model(**batch, labels=labels).loss
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % 50 == 0 or step + 1 == config.steps:
            history.append(
                {"step": step + 1, "loss": float(np.mean(losses)), "learning_rate": rate}
            )
            losses = []
        if tick is not None:
            tick(step + 1, config.steps, {"loss": history[-1]["loss"] if history else loss.item()})
    model.config.sparse_prediction = model.sparse_prediction = False
    return history


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


def _batches(rows: list[Ids], config: PretrainConfig) -> Iterator[list[int]]:
    """Batches of similar length, in random order, epoch after epoch."""
    lengths = np.array([len(row) for row in rows])
    epoch = 0
    while True:
        rng = np.random.default_rng((config.seed, epoch))
        order = np.argsort(lengths + rng.random(len(rows)) * 4, kind="stable")
        cuts = range(0, len(order), config.batch)
        for start in rng.permutation(np.array(cuts)):
            yield order[start : start + config.batch].tolist()
        epoch += 1
