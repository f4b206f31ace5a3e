"""Evaluation in batches against one question at a time, with real (tiny) models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.answering.evaluation import evaluate, golds_of, inside_tokens
from core.answering.features import Reader, every_pair
from core.answering.tokens import tokens_of
from core.config.answering import DecodingConfig
from core.data.fact_world.qa import qa
from core.data.fact_world.world import FactWorld
from core.data.qa.dataset import Answer, LanguageQa, QaDataset
from core.data.qa.scores import UNASKED
from core.data.qa.shown import FINEST, NONE, ShownAnswers
from core.errors import UserError
from core.metrics.qa_match import exact_match, f1
from core.models.device import Device
from core.models.surprisal import Engine
from tests.answering import plain
from tests.answering.models import span_model

CPU = Device(torch.device("cpu"), torch.float32)
LANGUAGES = ("en", "zh", "ar")
READ = {"max_length": 192, "stride": 24}


def facts(items: int = 4) -> QaDataset:
    """Questions of the fact world; Chinese asks none, Arabic lacks the first."""
    data = qa(FactWorld.build(), "test").in_languages(LANGUAGES).take(range(items))
    arabic, chinese = data.sides["ar"], data.sides["zh"]
    arabic = LanguageQa(
        (None, *arabic.questions[1:]), (None, *arabic.contexts[1:]), ((), *arabic.answers[1:])
    )
    chinese = replace(chinese, questions=(None,) * len(data))
    return replace(data, sides={"en": data.sides["en"], "zh": chinese, "ar": arabic})


def with_found_answers(model, tokenizer, data: QaDataset) -> QaDataset:
    """The same questions; the model's third answer to the English one is right as well."""
    sides = {}
    for language, side in data.sides.items():
        answers = []
        for item, text in enumerate(side.contexts):
            found: tuple[Answer, ...] = ()
            if text is not None:
                asked = data.sides["en"].questions[item]
                third = plain.answers(model, tokenizer, asked, text, **READ)[2][0]
                found = (Answer(third, text.index(third)),)
            answers.append((*side.answers[item], *found))
        sides[language] = replace(side, answers=tuple(answers))
    return replace(data, sides=sides)


def engine(batch: int = 5, **told) -> Engine:
    return Engine(CPU, batch, **told)


@pytest.mark.parametrize("normalization", ["mlqa", "squad"])
@pytest.mark.parametrize("kind", ["bert", "xlm-r", "byte-level", "built-in"])
def test_scores_are_those_of_one_question_at_a_time(kind: str, normalization: str) -> None:
    model, tokenizer = span_model(kind)
    model, data = model.double(), facts()
    data = with_found_answers(model, tokenizer, data)
    decoding = DecodingConfig(normalization=normalization, shown_questions=2)
    found = evaluate(model, tokenizer, data, decoding, engine(), **READ)
    scores, shown = found.scores, found.shown
    ranks = set()
    for row, question in enumerate(data.languages):
        for column, context in enumerate(data.languages):
            for item in range(len(data)):
                cell = (row, column, item)
                if not data.has(item, question, context):
                    assert np.isnan(scores.f1[cell])
                    assert np.isnan(scores.exact[cell])
                    assert scores.rank[cell] == UNASKED
                    continue
                text = data.sides[context].contexts[item]
                asked = data.sides[question].questions[item]
                answers = [a for a, _ in plain.answers(model, tokenizer, asked, text, **READ)]
                golds = [gold.text for gold in data.sides[context].answers[item]]
                how = (golds, context, normalization)
                hits = [exact_match(answer, *how) for answer in answers]
                assert scores.f1[cell] == pytest.approx(f1(answers[0], *how))
                assert scores.exact[cell] == hits[0]
                assert scores.rank[cell] == (hits.index(1) + 1 if 1 in hits else 0)
                ranks.add(scores.rank[cell])
                if data.ids[item] in shown.ids:
                    place = (row, column, shown.ids.index(data.ids[item]))
                    spans = [span for span in shown.spans[place].tolist() if span[0] != NONE]
                    assert [text[first:stop] for first, stop in spans] == answers
                    assert shown.right[place][: len(hits)].tolist() == [hit == 1 for hit in hits]
    assert 3 in ranks
    assert len(ranks) > 1
    assert scores.questions == scores.contexts == data.languages
    assert (scores.ids, scores.clusters) == (data.ids, data.clusters)
    assert (scores.ranks, scores.normalization) == (10, normalization)
    assert found.questions_per_second > 0


def test_answers_inside_a_token_are_told() -> None:
    model, tokenizer = span_model("built-in")
    every = qa(FactWorld.build(), "test").in_languages(LANGUAGES)
    data, told = every.take(range(0, len(every), 40)), []
    evaluate(model, tokenizer, data, DecodingConfig(), engine(note=told.append), **READ)
    inside = 0
    for text, golds in zip(data.sides["zh"].contexts, data.sides["zh"].answers, strict=True):
        [context] = tokens_of(tokenizer, [str(text)])
        starts, ends = (set(edges) for edges in context.offsets.T.tolist())
        inside += not any(x.start in starts and x.start + len(x.text) in ends for x in golds)
    assert 0 < inside < len(data)
    assert told == [
        "Right answers that begin or end inside a token of the model's tokenizer, so that it can't "
        f"give them exactly: {inside} of {len(data)} in Chinese."
    ]
    others = data.in_languages(("en", "ar"))
    windows = Reader(tokenizer, **READ).windows(others, every_pair(others))
    assert inside_tokens(windows, others, golds_of(others, "mlqa")) == ""


def test_what_is_shown_fits_together(tmp_path) -> None:
    model, tokenizer = span_model("built-in")
    data = facts(6)
    shown = evaluate(model, tokenizer, data, DecodingConfig(), engine(), **READ).shown
    shown.save(tmp_path / "shown.npz")
    shown = ShownAnswers.load(tmp_path / "shown.npz")
    assert shown.ids == data.ids
    inside = tokens = 0
    for row, question in enumerate(data.languages):
        for column, context in enumerate(data.languages):
            for item in range(len(data)):
                cell = (row, column, item)
                first, stop = shown.curve[cell]
                if not data.has(item, question, context):
                    assert (first, stop) == (0, 0)
                    assert (shown.spans[cell] == NONE).all()
                    assert (shown.gold[cell] == NONE).all()
                    continue
                text = data.sides[context].contexts[item]
                offsets, start, end = (
                    x[first:stop] for x in (shown.offsets, shown.start, shown.end)
                )
                tokens += stop - first
                # the best answer's probability is that of its start times that of its end
                begin, after = shown.spans[cell][0]
                product = max(
                    float(start[i]) * float(end[j])
                    for i in np.flatnonzero(offsets[:, 0] == begin)
                    for j in np.flatnonzero(offsets[:, 1] == after)
                )
                assert shown.probabilities[cell][0] == pytest.approx(product, abs=FINEST)
                # of all tokens that can be chosen only the first, for no answer, is not shown
                assert 0 < start.astype(float).sum() < 1 + len(start) * FINEST / 2
                assert 0 < end.astype(float).sum() < 1 + len(end) * FINEST / 2
                if shown.gold[cell][0] != NONE:
                    inside += 1
                    one, other = shown.gold[cell]
                    answer = data.sides[context].answers[item][0]
                    assert answer.text in text[offsets[one, 0] : offsets[other, 1]]
    assert tokens == len(shown.start) == len(shown.end) == len(shown.offsets)
    assert inside > 0


def test_batches_and_order_make_no_difference() -> None:
    model, tokenizer = span_model("xlm-r")
    model, data = model.double(), facts()
    one = evaluate(model, tokenizer, data, DecodingConfig(), engine(1), **READ)
    many = evaluate(model, tokenizer, data, DecodingConfig(), engine(64), **READ)
    assert np.array_equal(one.scores.rank, many.scores.rank)
    assert np.array_equal(one.scores.f1, many.scores.f1, equal_nan=True)
    assert np.array_equal(one.shown.spans, many.shown.spans)
    assert one.shown.ids == many.shown.ids


def test_bfloat16_gives_nearly_the_same() -> None:
    model, tokenizer = span_model("built-in")
    data = facts()
    exact = evaluate(model, tokenizer, data, DecodingConfig(), engine(), **READ)
    rough = Engine(Device(torch.device("cpu"), torch.bfloat16), 5)
    mixed = evaluate(model, tokenizer, data, DecodingConfig(), rough, **READ)
    asked = exact.scores.rank != UNASKED
    same = exact.shown.spans[..., 0, :] == mixed.shown.spans[..., 0, :]
    assert np.array_equal(asked, mixed.scores.rank != UNASKED)
    assert same.mean() > 0.6
    assert mixed.shown.probabilities.max() != exact.shown.probabilities.max()


def test_the_choice_of_shown_questions_has_a_seed() -> None:
    model, tokenizer = span_model("xlm-r")
    data = facts(12)
    chosen = [
        evaluate(
            model, tokenizer, data, DecodingConfig(shown_questions=3), engine(99), seed=seed, **READ
        ).shown.ids
        for seed in (0, 0, 1)
    ]
    assert chosen[0] == chosen[1] != chosen[2]
    # the first item lacks a language, so others come first
    assert data.ids[0] not in chosen[0] + chosen[2]
    nothing = evaluate(
        model, tokenizer, data, DecodingConfig(shown_questions=0), engine(99), **READ
    ).shown
    assert nothing.ids == ()
    assert nothing.curve.shape == (len(data.languages), len(data.languages), 0, 2)


def test_progress_is_told() -> None:
    model, tokenizer = span_model("xlm-r")
    ticks: list[tuple[int, int]] = []
    model.train()
    evaluate(
        model,
        tokenizer,
        facts(),
        DecodingConfig(),
        engine(7, tick=lambda done, total: ticks.append((done, total))),
        **READ,
    )
    assert ticks[-1][0] == ticks[-1][1]
    assert [done for done, _ in ticks[:-1]] == [7 * (n + 1) for n in range(len(ticks) - 1)]
    assert model.training


def test_cut_questions_are_told() -> None:
    model, tokenizer = span_model("xlm-r")
    notes: list[str] = []
    data = facts()
    evaluate(
        model,
        tokenizer,
        data,
        DecodingConfig(),
        engine(7, note=notes.append),
        max_length=16,
        stride=4,
    )
    notes = [note for note in notes if "half the tokens" in note]
    assert len(notes) == 1
    assert "questions took more than half the tokens and were cut" in notes[0]


def test_nothing_to_ask_is_refused() -> None:
    model, tokenizer = span_model("xlm-r")
    with pytest.raises(UserError, match="there is no question to evaluate on"):
        evaluate(model, tokenizer, facts().take([]), DecodingConfig(), engine(), **READ)
