"""The rules of decoding, written plainly: one question, one window, one candidate at a time."""

from __future__ import annotations

import unicodedata

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

Inputs = dict[str, torch.Tensor]
Offsets = list[tuple[int, int] | None]


def answers(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    question: str,
    context: str,
    *,
    max_length: int,
    stride: int,
    **limits: int,
) -> list[tuple[str, float]]:
    """Distinct answers to one question, best first, with their scores."""
    windows = windows_of(tokenizer, question, context, max_length, stride)
    logits = [logits_of(model, inputs) for inputs, _, _ in windows]
    return decoded(context, [(offsets, most) for _, offsets, most in windows], logits, **limits)


def windows_of(
    tokenizer: PreTrainedTokenizerBase, question: str, context: str, max_length: int, stride: int
) -> list[tuple[Inputs, Offsets, list[bool]]]:
    """Of each window: the model's inputs, the characters of each place or None, and whether the
    place has most context here."""
    encoded = tokenizer(
        question,
        context,
        truncation="only_second",
        max_length=max_length,
        stride=stride,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )
    names = [name for name in tokenizer.model_input_names if name in encoded]
    parts, begin = [], 0
    for row in range(len(encoded["input_ids"])):
        owners = encoded.sequence_ids(row)
        width = owners.count(1)
        parts.append((row, owners, begin - owners.index(1), range(begin, begin + width)))
        begin += width - stride
    windows = []
    covered = [
        pair
        for row, owners, _, _ in parts
        for pair, owner in zip(encoded["offset_mapping"][row], owners, strict=True)
        if owner == 1
    ]
    for row, owners, shift, _ in parts:
        pieces = tokenizer.convert_ids_to_tokens(encoded["input_ids"][row])
        offsets: Offsets = []
        most: list[bool] = []
        for place, (owner, piece) in enumerate(zip(owners, pieces, strict=True)):
            start, end = encoded["offset_mapping"][row][place]
            if owner != 1 or piece == "▁" or not context[start:end].strip():
                offsets.append(None)
                most.append(False)
                continue
            while (
                end < len(context)
                and unicodedata.category(context[end]).startswith("M")
                and not any(a <= end < b for a, b in covered)
            ):
                end += 1
            offsets.append((start, end))
            best = max(parts, key=lambda part: _context(part[3], place + shift))
            most.append(best[0] == row)
        inputs = {name: torch.tensor([encoded[name][row]]) for name in names}
        windows.append((inputs, offsets, most))
    return windows


def _context(window: range, token: int) -> float:
    if token not in window:
        return -1.0
    return min(token - window.start, window.stop - 1 - token) + 0.01 * len(window)


@torch.no_grad()
def logits_of(model: PreTrainedModel, inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Start and end logits of one window."""
    output = model(**{name: value.to(model.device) for name, value in inputs.items()})
    return output.start_logits[0].float().cpu().numpy(), output.end_logits[0].float().cpu().numpy()


def decoded(
    context: str,
    windows: list[tuple[Offsets, list[bool]]],
    logits: list[tuple[np.ndarray, np.ndarray]],
    *,
    positions: int = 20,
    tokens: int = 30,
    ranks: int = 10,
) -> list[tuple[str, float]]:
    """Distinct answers from the logits of a question's windows, best first, with their scores."""
    candidates = []
    for (offsets, most), (start, end) in zip(windows, logits, strict=True):
        by_start = [int(i) for i in np.argsort(-start, kind="stable") if most[i]][:positions]
        by_end = [int(i) for i in np.argsort(-end, kind="stable") if offsets[i]][:positions]
        for first in by_start:
            for last in by_end:
                if last < first or last - first + 1 > tokens:
                    continue
                opening, closing = offsets[first], offsets[last]
                assert opening is not None and closing is not None
                candidates.append((-(start[first] + end[last]), opening[0], closing[1]))
    found, seen = [], set()
    for score, begin, stop in sorted(candidates):
        text = context[begin:stop].strip()
        if text not in seen:
            seen.add(text)
            found.append((text, -float(score)))
    return found[:ranks]
