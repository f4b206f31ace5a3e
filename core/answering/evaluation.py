"""All questions in all pairs of languages: one pass over the windows, then answers and scores."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core import processes
from core.answering.decoding import Answers, NBest
from core.answering.features import Asked, Reader, Windows, every_pair
from core.answering.showing import Curves, shown_answers, shown_items
from core.answering.spans import span_scores
from core.config.answering import DecodingConfig
from core.data.qa.dataset import QaDataset
from core.data.qa.scores import UNASKED, QaScores
from core.data.qa.shown import ShownAnswers
from core.errors import UserError
from core.languages import english_name
from core.metrics.qa_match import Golds
from core.metrics.qa_text import Normalization
from core.models.batches import batches
from core.models.encode import wants_types
from core.models.memory import Fitting
from core.models.places import evaluating
from core.models.surprisal import Engine

NOTED = 0.05
"""Share of a language's answers that no span of tokens equals, from which on it is said."""


class Evaluated(NamedTuple):
    """What an evaluation found."""

    scores: QaScores
    shown: ShownAnswers
    questions_per_second: float
    """Questions in a pair of languages, from their texts to their scores."""


def evaluate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    dataset: QaDataset,
    decoding: DecodingConfig,
    engine: Engine,
    *,
    max_length: int,
    stride: int,
    seed: int = 0,
) -> Evaluated:
    """Answer all questions of a dataset in all pairs of its languages, and score the answers.

    The windows of all pairs go through the model together, in batches of similar length; of their
    logits the best answers are kept, batch by batch. An answer is right if it equals one of the
    right answers in the context's language, both normalised as ``decoding`` says; F1 and exact
    match are the best answer's, the rank is the first right one's among distinct raw texts.

    Args:
        model: with a span head.
        tokenizer: a fast one, the model's.
        dataset: in the languages to evaluate on; see `QaDataset.in_languages`.
        decoding: n-best, normalisation and how many questions to keep for looking at.
        engine: where and how; told about every batch, in windows.
        max_length: see `core.answering.features.Reader`.
        stride: see there.
        seed: of the choice of questions to look at.

    Raises:
        UserError: nothing can be asked, or the tokenizer or the length won't do.
    """
    began = time.perf_counter()
    asked = every_pair(dataset)
    if not asked:
        raise UserError(f"{dataset.name}: there is no question to evaluate on")
    reader = Reader(tokenizer, max_length, stride, typed=wants_types(model, tokenizer))
    windows = reader.windows(dataset, asked)
    best = NBest(
        windows,
        dataset,
        positions=decoding.best_positions,
        tokens=decoding.answer_tokens,
        ranks=decoding.ranks,
    )
    curves = Curves(windows, shown_items(dataset, decoding.shown_questions, seed))
    _read_all(model, windows, engine, best, curves)
    answers = best.answers()
    golds = golds_of(dataset, decoding.normalization)
    if engine.note is not None and (told := inside_tokens(windows, dataset, golds)):
        engine.note(told)
    scores = scored(answers, asked, dataset, golds, decoding.normalization)
    rate = len(asked) / (time.perf_counter() - began)
    if reader.cut and engine.note is not None:
        engine.note(f"{len(reader.cut):,} questions took more than half the tokens and were cut.")
    return Evaluated(scores, shown_answers(answers, curves, dataset, golds), rate)


def _read_all(
    model: PreTrainedModel, windows: Windows, engine: Engine, best: NBest, curves: Curves
) -> None:
    """Send all windows through the model, longest first, and keep what is to be kept of each."""
    device, fitting = (
        engine.device,
        Fitting(engine.device.budget, "tokens of an evaluation", engine.note),
    )
    cuts = batches(windows.lengths.tolist(), device.budget, engine.batch)
    with evaluating(model, device):
        for positions, done in processes.dealt(cuts):

            def attempt(tokens: int, positions: list[int] = positions) -> torch.Tensor:
                return span_scores(model, windows, positions, replace(device, tokens=tokens))

            if positions:
                start, end = fitting(attempt)
                best.add(positions, start, end)
                curves.add(positions, start, end)
            if engine.tick is not None:
                engine.tick(done, len(windows))
    for kept, drawn in processes.everyones((best.kept(), curves.kept)):
        best.take(kept)
        curves.kept |= drawn


def golds_of(dataset: QaDataset, normalization: Normalization) -> dict[str, Golds]:
    """Language of the context -> the right answers of all items, ready to be compared with."""
    return {
        language: Golds(
            [[answer.text for answer in one] for one in side.answers], language, normalization
        )
        for language, side in dataset.sides.items()
    }


def inside_tokens(windows: Windows, dataset: QaDataset, golds: Mapping[str, Golds]) -> str:
    """Where right answers can't be given exactly, as they begin or end inside a token.

    A tokenizer that keeps a phrase without blanks together (the built-in one in Chinese) can't
    answer with a part of it; this bounds exact match, whatever the model learns.

    Args:
        windows: of all that is asked.
        dataset: with the texts.
        golds: see `golds_of`.

    Returns:
        One sentence; empty where it concerns less than `NOTED` of the contexts of each language.
    """
    known = {
        (one.item, one.context): tokens
        for one, tokens in zip(windows.asked, windows.contexts, strict=True)
    }
    counts: dict[str, list[int]] = {}
    for (item, language), tokens in known.items():
        context = dataset.sides[language].contexts[item] or ""
        spans = (tokens.span(answer) for answer in dataset.sides[language].answers[item])
        covered = [
            context[tokens.offsets[span[0], 0] : tokens.offsets[span[1], 1]]
            for span in spans
            if span is not None
        ]
        counts.setdefault(language, []).append(not golds[language].rank(item, covered))
    parts = [
        f"{sum(inside):,} of {len(inside):,} in {english_name(language)}"
        for language, inside in counts.items()
        if sum(inside) > NOTED * len(inside)
    ]
    if not parts:
        return ""
    return (
        "Right answers that begin or end inside a token of the model's tokenizer, so that it can't "
        f"give them exactly: {', '.join(parts)}."
    )


def scored(
    answers: Answers,
    asked: Sequence[Asked],
    dataset: QaDataset,
    golds: Mapping[str, Golds],
    normalization: Normalization,
) -> QaScores:
    """Compare the answers to all pairs with the right ones in the context's language."""
    languages = dataset.languages
    place = {language: number for number, language in enumerate(languages)}
    shape = (len(languages), len(languages), len(dataset))
    f1, exact = (np.full(shape, np.nan, dtype=np.float32) for _ in range(2))
    rank = np.full(shape, UNASKED, dtype=np.int8)
    for pair, (item, question, context) in enumerate(asked):
        texts = answers.texts(pair, dataset.sides[context].contexts[item] or "")
        found = golds[context].rank(item, texts)
        cell = (place[question], place[context], item)
        f1[cell] = golds[context].f1(item, texts[0]) if texts else 0.0
        exact[cell], rank[cell] = found == 1, found
    return QaScores(
        questions=languages,
        contexts=languages,
        ids=dataset.ids,
        clusters=dataset.clusters,
        f1=f1,
        exact=exact,
        rank=rank,
        ranks=answers.scores.shape[1],
        normalization=normalization,
    )
