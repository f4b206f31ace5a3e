"""Candidate scores of a masked LM with all masks of a candidate filled at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core.models.device import Device
from core.models.encode import Ids, buckets, pad

Tick = Callable[[int, int], None]


@torch.no_grad()
def candidate_scores(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[str],
    candidates: Sequence[Sequence[str]],
    device: Device,
    *,
    placeholder: str,
    batch: int = 128,
    tick: Tick | None = None,
) -> list[NDArray[np.float64]]:
    """Mean log-probability of each candidate's pieces, higher is better.

    A candidate of k pieces is scored in one forward pass with k masks in its place; each piece is
    read at its own mask. Candidates with equally many pieces share a forward pass per prompt.

    Args:
        model: a masked LM.
        tokenizer: its tokenizer, with a mask token.
        prompts: texts with one ``placeholder`` each.
        candidates: per prompt, what may stand there.
        device: where to compute.
        placeholder: the gap in the prompts.
        batch: sequences in one forward pass.
        tick: told about (sequences done, sequences in all).

    Returns:
        Per prompt, [candidates].
    """
    model.to(device.place).eval()
    pieces = [[_pieces(tokenizer, text) for text in row] for row in candidates]
    jobs: list[tuple[int, int, Ids]] = []
    for index, prompt in enumerate(prompts):
        for count in sorted({len(ids) for ids in pieces[index]}):
            jobs.append((index, count, _masked(tokenizer, prompt, placeholder, count)))
    scores = [np.full(len(row), -np.inf) for row in candidates]
    done = 0
    for positions in buckets([len(ids) for _, _, ids in jobs], batch):
        rows = [jobs[i][2] for i in positions]
        inputs = pad(rows, tokenizer.pad_token_id, device)
        with device.autocast():
            logits = model(**inputs).logits.float()
        for row, position in enumerate(positions):
            index, count, ids = jobs[position]
            places = [p for p, piece in enumerate(ids) if piece == tokenizer.mask_token_id]
            log_p = torch.log_softmax(logits[row, places].cpu().double(), dim=-1).numpy()
            for choice, wanted in enumerate(pieces[index]):
                if len(wanted) == count:
                    scores[index][choice] = log_p[np.arange(count), wanted].mean()
        done += len(rows)
        if tick is not None:
            tick(done, len(jobs))
    return scores


def _pieces(tokenizer: PreTrainedTokenizerBase, text: str) -> Ids:
    return [int(i) for i in tokenizer(text, add_special_tokens=False)["input_ids"]]


def _masked(tokenizer: PreTrainedTokenizerBase, prompt: str, placeholder: str, count: int) -> Ids:
    masks = " ".join([tokenizer.mask_token] * count)
    return [int(i) for i in tokenizer(prompt.replace(placeholder, masks))["input_ids"]]
