"""Windows against the tokenizers' own pairs, places of answers, and who reads which token."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from core.answering.cuts import cuts
from core.answering.features import Asked, Reader, every_pair
from core.answering.tokens import tokens_of
from core.data.qa.dataset import Answer, LanguageQa, QaDataset
from core.errors import UserError
from core.models.device import Device
from tests.answering.tokenizers import ANSWERS, KINDS, QUESTIONS, TEXTS, tokenizer_of
from tests.conftest import SHARED

CPU = Device(torch.device("cpu"), torch.float32)
MODELS = (*KINDS, "mini-mplm")
LENGTHS = ((512, 32), (80, 12), (72, 0))


def tokenizer_named(name: str):
    if name != "mini-mplm":
        return tokenizer_of(name)
    folder: Path = SHARED / "models" / "mini-mplm"
    if not folder.is_dir():
        pytest.skip("needs ../shared/models/mini-mplm")
    return AutoTokenizer.from_pretrained(folder)


def dataset(questions=QUESTIONS, texts=TEXTS) -> QaDataset:
    """Every question about every text: one language for each question and for each text."""
    answers = tuple(
        (Answer(answer, text.index(answer)),)
        for text, answer in zip(TEXTS, ANSWERS, strict=True)
        if text in texts
    )
    items = range(len(texts))
    sides = {"xx": LanguageQa(tuple(questions[0] for _ in items), tuple(texts), answers)}
    for number, question in enumerate(questions[1:]):
        nothing = tuple(None for _ in items)
        sides[f"q{number}"] = LanguageQa(
            tuple(question for _ in items), nothing, tuple(() for _ in items)
        )
    ids = tuple(f"i{item}" for item in items)
    return QaDataset("museums", ids, ids, sides)


@pytest.mark.parametrize(("max_length", "stride"), LENGTHS)
@pytest.mark.parametrize("name", MODELS)
def test_windows_are_those_of_the_tokenizer(name: str, max_length: int, stride: int) -> None:
    tokenizer, data = tokenizer_named(name), dataset()
    typed = name == "bert"
    windows = Reader(tokenizer, max_length, stride, typed=typed).windows(data, every_pair(data))
    assert len(windows.asked) == len(TEXTS) * len(QUESTIONS)
    for pair, (item, question, context) in enumerate(windows.asked):
        texts = (data.sides[question].questions[item], data.sides[context].contexts[item])
        expected = tokenizer(
            *texts,
            truncation="only_second",
            max_length=max_length,
            stride=stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_token_type_ids=True,
        )
        own = np.flatnonzero(windows.owner == pair)
        assert len(own) == len(expected["input_ids"])
        inputs, places = windows.inputs(own, CPU), windows.places(own)
        assert ("token_type_ids" in inputs) == typed
        for row, ids in enumerate(expected["input_ids"]):
            length = int(windows.lengths[own[row]])
            assert inputs["input_ids"][row, :length].tolist() == ids
            assert (inputs["input_ids"][row, length:] == tokenizer.pad_token_id).all()
            assert inputs["attention_mask"][row].tolist() == [1] * length + [0] * (
                inputs["attention_mask"].shape[1] - length
            )
            if typed:
                types = inputs["token_type_ids"][row]
                assert types[:length].tolist() == expected["token_type_ids"][row]
                assert not types[length:].any()
            of_context = [owner == 1 for owner in expected.sequence_ids(row)]
            assert (places.offsets[row, :length, 0] >= 0).tolist() == of_context
            first, stop = windows.context_places(own[row])
            assert list(range(first, stop)) == np.flatnonzero(of_context).tolist()
            for token in np.flatnonzero(places.may_end[row]):
                start, end = expected["offset_mapping"][row][token]
                tight = places.offsets[row, token]
                text = texts[1][tight[0] : tight[1]]
                assert start <= tight[0] < tight[1]
                assert text == text.strip()
                assert text.startswith(texts[1][start:end].strip())


@pytest.mark.parametrize("name", MODELS)
def test_answers_are_exact_substrings(name: str) -> None:
    data = dataset()
    windows = Reader(tokenizer_named(name), 512, 32).windows(data, every_pair(data))
    assert windows.answered.all()
    assert len(windows) == len(windows.asked)
    places = windows.places(range(len(windows)))
    exact = set()
    for row, (item, _, _) in enumerate(windows.asked):
        borders = places.offsets[row][places.may_end[row]]
        start = places.offsets[row, windows.start[row], 0]
        end = places.offsets[row, windows.end[row], 1]
        found, answer = TEXTS[item][start:end], data.sides["xx"].answers[item][0]
        # a piece may reach over the answer's border (Thai has no blanks); else it is exact
        cut = answer.start in borders[:, 0] and answer.start + len(answer.text) in borders[:, 1]
        assert found == answer.text or (not cut and answer.text in found)
        exact |= {item} if found == answer.text else set()
    assert len(exact) >= 5


def test_dropped_marks_belong_to_the_token_before() -> None:
    found = tokens_of(tokenizer_of("bert"), ["ท่าเรือเก่า และ أُغلِق"])[0]
    text = "ท่าเรือเก่า และ أُغلِق"
    covered = {i for start, end in found.offsets for i in range(start, end)}
    assert covered == {i for i, c in enumerate(text) if not c.isspace()}


def test_a_lone_word_start_covers_nothing() -> None:
    tokenizer = tokenizer_of("xlm-r")
    text = "1907 李先生"
    found = tokens_of(tokenizer, [text])[0]
    pieces = tokenizer.convert_ids_to_tokens(found.ids.tolist())
    assert "▁" in pieces
    assert [bool(x) for x in found.visible] == [piece != "▁" for piece in pieces]


@pytest.mark.parametrize("tokens", [0, 1, 9, 10, 11, 18, 19, 40, 57])
@pytest.mark.parametrize(("room", "stride"), [(10, 0), (10, 3), (10, 5), (7, 2)])
def test_each_token_counts_where_it_has_most_context(tokens: int, room: int, stride: int) -> None:
    found = cuts(tokens, room, stride)
    assert found[0].first == 0
    assert found[-1].stop == tokens
    for one, other in pairwise(found):
        assert one.stop - one.first == room
        assert one.stop - other.first == stride
        assert one.best_stop == other.best_first
    assert (found[0].best_first, found[-1].best_stop) == (0, tokens)
    for token in range(tokens):
        scores = [
            min(token - c.first, c.stop - 1 - token) + 0.01 * (c.stop - c.first)
            if c.first <= token < c.stop
            else -1
            for c in found
        ]
        best = scores.index(max(scores))
        assert found[best].best_first <= token < found[best].best_stop


def test_windows_share_out_the_tokens() -> None:
    data = dataset()
    windows = Reader(tokenizer_of("byte-level"), 48, 12).windows(data, every_pair(data))
    assert len(windows) > 2 * len(windows.asked)
    places = windows.places(range(len(windows)))
    for pair in range(len(windows.asked)):
        own = windows.owner == pair
        counted = int(places.may_start[own].sum())
        assert counted == int(windows.contexts[pair].visible.sum())


def test_windows_without_the_answer_point_at_the_first_token() -> None:
    data = dataset()
    windows = Reader(tokenizer_of("byte-level"), 48, 12).windows(data, every_pair(data))
    places = windows.places(range(len(windows)))
    assert 0 < windows.answered.sum() < len(windows)
    assert not windows.start[~windows.answered].any()
    assert not windows.end[~windows.answered].any()
    for row in np.flatnonzero(windows.answered):
        item = windows.asked[windows.owner[row]].item
        start, end = windows.start[row], windows.end[row]
        found = TEXTS[item][places.offsets[row, start, 0] : places.offsets[row, end, 1]]
        assert found == ANSWERS[item]


def test_a_long_question_leaves_half_to_the_context() -> None:
    data = dataset(questions=("Wann " * 100 + "denn?", QUESTIONS[0]))
    tokenizer = tokenizer_of("built-in")
    reader = Reader(tokenizer, 67, 60)
    windows = reader.windows(data, every_pair(data))
    assert reader.cut == {"Wann " * 100 + "denn?"}
    assert max(map(len, windows.questions)) == 32
    assert windows.lengths.max() == 67
    whole = tokenizer("Wann " * 100, add_special_tokens=False)["input_ids"]
    assert windows.questions[0].tolist() == whole[:32]
    # 32 context tokens in a window, of which at most half are shared
    assert windows.cuts[1].first - windows.cuts[0].first == 16


def test_the_tokenizer_s_limit_counts() -> None:
    data = dataset()
    windows = Reader(tokenizer_of("xlm-r", max_length=40), 384, 128).windows(data, every_pair(data))
    assert windows.lengths.max() == 40


def test_too_little_room_is_refused() -> None:
    with pytest.raises(UserError, match=r"--max-length 11 leaves no room .* 12 or more"):
        Reader(tokenizer_of("xlm-r"), 11, 4)


def test_slow_tokenizers_are_refused() -> None:
    class Slow:
        is_fast = False

    with pytest.raises(UserError, match="fast tokenizer"):
        Reader(Slow(), 64, 4)  # type: ignore[arg-type]


def test_texts_are_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    data, seen = dataset(), []
    tokenizer = tokenizer_of("built-in")
    monkeypatch.setattr(
        "core.answering.features.tokens_of",
        lambda tokenizer, texts: seen.extend(texts) or tokens_of(tokenizer, texts),
    )
    reader = Reader(tokenizer, 64, 16)
    for _ in range(2):
        reader.windows(data, every_pair(data))
    assert sorted(seen) == sorted({*TEXTS, *QUESTIONS})


def test_unasked_pairs_are_left_out() -> None:
    data = dataset()
    assert all(asked.context == "xx" for asked in every_pair(data))
    assert Asked(0, "q0", "xx") in every_pair(data)
