"""How surprising pieces are to a model, each sequence encoded once however often it is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from core.models.batches import by_length, spans
from core.models.device import Device
from core.models.language_model import LanguageModel
from core.models.memory import Fitting, Note
from core.models.places import can_narrow, evaluating, inputs_of, logits_at

Tick = Callable[[int, int], None]
"""Called with (sequences done, sequences in all)."""
MOST_LOGITS = 2**26
"""Logits in one batch at most: 256 MB in float32, whatever the size of the vocabulary."""


Sizes = list[list[int]]
"""Per prompt and candidate its number of questions."""


class Question(NamedTuple):
    """One thing to read off a model: -log p of a piece at one place of a sequence."""

    ids: tuple[int, ...]
    """The sequence, special tokens included."""
    place: int
    """Where the model predicts: at the mask, or (causal) one before the piece."""
    piece: int
    """Whose probability."""


class Engine(NamedTuple):
    """How sequences go through a model."""

    device: Device
    batch: int | None = None
    """Sequences in one forward pass at most; the device says how many tokens."""
    tick: Tick | None = None
    """Told about every batch."""
    note: Note | None = None
    """Told when memory runs out and fewer go through at once."""


def surprisals(
    model: LanguageModel, questions: Sequence[Question], engine: Engine
) -> tuple[NDArray[np.float64], int]:
    """Answer questions about sequences; those about one sequence share its forward.

    Args:
        model: a masked or causal LM.
        questions: in any order, repeats allowed.
        engine: where and how.

    Returns:
        -log p in nats [questions], and how many sequences went through the model.
    """
    asked: dict[tuple[int, ...], list[int]] = {}
    for position, question in enumerate(questions):
        asked.setdefault(question.ids, []).append(position)
    sequences = list(asked)
    found = np.empty(len(questions), dtype=np.float64)
    if not sequences:
        return found, 0
    order = by_length([len(row) for row in sequences])
    weights = [len({questions[i].place for i in asked[sequences[n]]}) for n in order]
    cuts = spans(
        [len(sequences[n]) for n in order],
        engine.device.budget,
        engine.batch,
        weights,
        most_places(model.vocabulary),
    )
    fitting = Fitting(
        max(cut.stop - cut.start for cut in cuts), "sequences of a probe", engine.note
    )
    with evaluating(model.model, engine.device):
        narrow = can_narrow(model.model, inputs_of(model, [sequences[order[-1]]], engine.device))
        step = partial(_answer, model, narrow, engine.device)
        done = 0
        for start, stop in cuts:
            rows = [sequences[n] for n in order[start:stop]]
            wanted = [[questions[i] for i in asked[row]] for row in rows]
            values = fitting(partial(_in_parts, step, rows, wanted))
            found[[i for row in rows for i in asked[row]]] = values
            done += len(rows)
            if engine.tick is not None:
                engine.tick(done, len(sequences))
    return found, done


def live_surprisals(
    model: LanguageModel,
    questions: Sequence[Question],
    device: Device,
    narrow: bool,
) -> tuple[torch.Tensor, int]:
    """Answer questions with gradients if they are on; those about one sequence share its forward.

    Args:
        model: a masked or causal LM, in training or not, on its device.
        questions: in any order, repeats allowed; one or more.
        device: where it is, and how many tokens go through it at once.
        narrow: see `core.models.places.can_narrow`.

    Returns:
        -log p in nats [questions], float64 on the CPU, and how many sequences were encoded.
    """
    asked: dict[tuple[int, ...], list[int]] = {}
    for position, question in enumerate(questions):
        asked.setdefault(question.ids, []).append(position)
    order = sorted(asked, key=len, reverse=True)
    wanted = [[questions[i] for i in asked[row]] for row in order]
    weights = [len({question.place for question in row}) for row in wanted]
    parts = [
        _answer(model, narrow, device, order[start:stop], wanted[start:stop])
        for start, stop in spans(
            [len(row) for row in order],
            device.budget,
            weights=weights,
            most=most_places(model.vocabulary),
        )
    ]
    back = torch.empty(len(questions), dtype=torch.long)
    back[torch.tensor([i for row in order for i in asked[row]])] = torch.arange(len(questions))
    return torch.cat(parts)[back], len(order)


def most_places(vocabulary: int) -> int:
    """Places in one batch so that there are at most `MOST_LOGITS` logits."""
    return max(1, MOST_LOGITS // vocabulary)


def costs(logits: torch.Tensor, places: Sequence[int], pieces: Sequence[int]) -> torch.Tensor:
    """-log p of pieces, with a gradient where the logits have one.

    Args:
        logits: [asked, vocabulary].
        places: [pieces], row of the logits.
        pieces: [pieces], column.

    Returns:
        [pieces] in nats, float64 on the CPU.
    """
    logits = logits.float()
    where = torch.tensor(places, device=logits.device)
    chosen = logits[where, torch.tensor(pieces, device=logits.device)]
    return torch.logsumexp(logits, dim=-1)[where].double().cpu() - chosen.double().cpu()


def _in_parts(
    step: Callable[[Sequence[tuple[int, ...]], Sequence[list[Question]]], torch.Tensor],
    rows: Sequence[tuple[int, ...]],
    wanted: Sequence[list[Question]],
    size: int,
) -> NDArray[np.float64]:
    parts = range(0, len(rows), size)
    return torch.cat([step(rows[i : i + size], wanted[i : i + size]) for i in parts]).numpy()


def _answer(
    model: LanguageModel,
    narrow: bool,
    device: Device,
    rows: Sequence[tuple[int, ...]],
    wanted: Sequence[list[Question]],
) -> torch.Tensor:
    """-log p of everything asked about these sequences, row after row."""
    positions: dict[tuple[int, int], int] = {}
    places = [
        positions.setdefault((row, question.place), len(positions))
        for row, questions in enumerate(wanted)
        for question in questions
    ]
    at = torch.tensor(list(positions), device=device.place)
    with device.autocast():
        logits = logits_at(
            model.model, inputs_of(model, rows, device), at[:, 0], at[:, 1], narrow=narrow
        )
    pieces = [question.piece for questions in wanted for question in questions]
    return costs(logits, places, pieces)
