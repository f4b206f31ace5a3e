"""Candidate scores of an encoder-decoder (mT5): the gap's text, teacher-forced in the decoder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase
from transformers.modeling_outputs import BaseModelOutput

from core.errors import UserError
from core.models.batches import pad, spans
from core.models.device import Device
from core.models.language_model import LanguageModel
from core.models.memory import Fitting
from core.models.places import Inputs, can_narrow, evaluating, logits_at
from core.models.surprisal import Engine, costs, most_places
from core.probing.pieces import Pieces, refuse_empty, refuse_long, token_ids
from core.probing.prompts import GAP, Counts, Prompts, Scored, means

FIRST, SECOND = "<extra_id_0>", "<extra_id_1>"
"""The gap in the encoder and the start of its text in the decoder, and what ends that text."""


class Job(NamedTuple):
    """One distinct prompt and the distinct answers asked about it."""

    prompt: Pieces
    """What the encoder reads."""
    answers: list[Pieces]
    """Pieces of each, without the markers around them."""


def encoder_decoder(model: LanguageModel, prompts: Prompts, engine: Engine) -> Scored:
    """Mean negative log-probability of each candidate's pieces, lower is better.

    The encoder reads the prompt with ``<extra_id_0>`` in its gap, once per distinct prompt; the
    decoder is given ``<extra_id_0>`` and the candidate, whose pieces are scored (the markers are
    not), as GeoMLAMA's public scorer does.

    Args:
        model: an encoder-decoder pretrained to fill gaps.
        prompts: with their candidates.
        engine: where and how.

    Returns:
        Scores and counts; one at a time would need an encoder and a decoder pass per candidate.

    Raises:
        UserError: the tokenizer has no ``<extra_id_0>``.
        DataError: a prompt is too long, or a candidate has no pieces.
    """
    rows, answers = encoded(model.tokenizer, prompts)
    asked: dict[Pieces, dict[Pieces, None]] = {}
    for ids, row in zip(rows, prompts.candidates, strict=True):
        asked.setdefault(ids, {}).update(dict.fromkeys(answers[c] for c in row))
    jobs = sorted((Job(p, list(a)) for p, a in asked.items()), key=lambda job: -len(job.prompt))
    found = _run(model, jobs, engine)
    keys = [
        (ids, answers[candidate])
        for ids, row in zip(rows, prompts.candidates, strict=True)
        for candidate in row
    ]
    values = np.concatenate([found[key] for key in keys]) if keys else np.empty(0)
    scores = means(values, [[len(answers[c]) for c in row] for row in prompts.candidates])
    return Scored(tuple(scores), Counts(len(jobs) + len(found), 2 * len(keys)))


def encoded(
    tokenizer: PreTrainedTokenizerBase, prompts: Prompts
) -> tuple[list[Pieces], dict[str, Pieces]]:
    """Token ids of every prompt with its gap marked, and of each candidate's own pieces.

    Raises:
        UserError: the tokenizer has no ``<extra_id_0>``.
        DataError: a prompt is too long, or a candidate has no pieces.
    """
    answers = _answers(tokenizer, prompts)
    texts = [text.replace(GAP, FIRST) for text in prompts.texts]
    ids = token_ids(tokenizer, texts)
    rows = [(name, ids[text]) for (name, _), text in zip(prompts.named(), texts, strict=True)]
    refuse_long(tokenizer, prompts, rows)
    return [row for _, row in rows], answers


def _answers(tokenizer: PreTrainedTokenizerBase, prompts: Prompts) -> dict[str, Pieces]:
    """Pieces of each candidate as they stand between the two markers."""
    first, second = (tokenizer.get_vocab().get(marker) for marker in (FIRST, SECOND))
    if first is None or second is None:
        raise UserError(f"the model's tokenizer has no {FIRST}: it was not trained to fill gaps")
    texts = {text: f"{FIRST} {text} {SECOND}" for row in prompts.candidates for text in row}
    ids = token_ids(tokenizer, texts.values())
    found = {}
    for text, whole in texts.items():
        row = ids[whole]
        found[text] = row[row.index(first) + 1 : row.index(second)]
    refuse_empty(tokenizer, prompts, found)
    return found


def _run(
    model: LanguageModel, jobs: Sequence[Job], engine: Engine
) -> dict[tuple[Pieces, Pieces], NDArray[np.float64]]:
    """-log p of each piece, by (prompt, answer)."""
    found: dict[tuple[Pieces, Pieces], NDArray[np.float64]] = {}
    if not jobs:
        return found
    cuts = spans(
        [len(job.prompt) * len(job.answers) for job in jobs],
        engine.device.budget,
        engine.batch,
        [sum(len(answer) for answer in job.answers) for job in jobs],
        most_places(model.vocabulary),
    )
    largest = max(cut.stop - cut.start for cut in cuts)
    fitting = Fitting(largest, "prompts of a probe", engine.note)
    total = len(jobs) + sum(len(job.answers) for job in jobs)
    done = 0
    with evaluating(model.model, engine.device):
        narrow = can_narrow(
            model.model, _inputs(model, [Job(jobs[-1].prompt, jobs[-1].answers[:1])], engine.device)
        )
        for start, stop in cuts:
            some = jobs[start:stop]
            found.update(fitting(partial(_in_parts, model, some, narrow, engine.device)))
            done += len(some) + sum(len(job.answers) for job in some)
            if engine.tick is not None:
                engine.tick(done, total)
    return found


def _in_parts(
    model: LanguageModel, jobs: Sequence[Job], narrow: bool, device: Device, size: int
) -> dict[tuple[Pieces, Pieces], NDArray[np.float64]]:
    found = {}
    for start in range(0, len(jobs), size):
        found.update(_answer(model, jobs[start : start + size], narrow, device))
    return found


def _answer(
    model: LanguageModel, jobs: Sequence[Job], narrow: bool, device: Device
) -> dict[tuple[Pieces, Pieces], NDArray[np.float64]]:
    pairs = [(job.prompt, answer) for job in jobs for answer in job.answers]
    flat = [
        (row, place + 1, piece)
        for row, (_, answer) in enumerate(pairs)
        for place, piece in enumerate(answer)
    ]
    with device.autocast():
        at = torch.tensor([(row, place) for row, place, _ in flat], device=device.place)
        inputs = _inputs(model, jobs, device)
        logits = logits_at(model.model, inputs, at[:, 0], at[:, 1], narrow=narrow)
    values = costs(logits, range(len(flat)), [piece for _, _, piece in flat]).numpy()
    ends = np.cumsum([len(answer) for _, answer in pairs])
    return dict(zip(pairs, np.split(values, ends[:-1]), strict=True))


def _inputs(model: LanguageModel, jobs: Sequence[Job], device: Device) -> Inputs:
    """The decoder's inputs, and the encoder's output of each prompt, repeated for its answers."""
    batch = pad([list(job.prompt) for job in jobs], model.pad_id, device)
    encoded = model.model.get_encoder()(**batch)[0]
    owners = torch.tensor(
        [i for i, job in enumerate(jobs) for _ in job.answers], device=device.place
    )
    first = model.tokenizer.convert_tokens_to_ids(FIRST)
    labels = [[first, *answer] for job in jobs for answer in job.answers]
    padded = pad(labels, model.pad_id, device)["input_ids"]
    return {
        "encoder_outputs": BaseModelOutput(last_hidden_state=encoded[owners]),
        "attention_mask": batch["attention_mask"][owners],
        "decoder_input_ids": model.model.prepare_decoder_input_ids_from_labels(padded),
        "use_cache": False,
    }
