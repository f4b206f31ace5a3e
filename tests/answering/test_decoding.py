"""n-best answers against a search over all spans, and against the plain decoder."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.answering.decoding import NBest, best_spans, highest
from core.answering.features import Reader, every_pair
from core.data.qa.dataset import Answer, LanguageQa, QaDataset
from tests.answering import plain
from tests.answering.tokenizers import TEXTS, tokenizer_of

CONTEXTS = (*TEXTS, " ".join(TEXTS), "na " * 80)


def logits(rng: np.random.Generator, size: int, ties: bool) -> np.ndarray:
    values = rng.normal(size=size) * 3
    return (values.round() if ties else values).astype(np.float32)


def every_span(start, end, may_start, may_end, tokens) -> list[tuple[float, int, int]]:
    """All spans that are answers, best first; equal ones by their start, then their end."""
    found = [
        (float(np.float32(start[i]) + np.float32(end[j])), i, j)
        for i in range(len(start))
        for j in range(i, min(len(end), i + tokens))
        if may_start[i] and may_end[j]
    ]
    return sorted(found, key=lambda span: (-span[0], span[1], span[2]))


@pytest.mark.parametrize("seed", range(200))
def test_spans_equal_a_search_over_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, longest = 3, int(rng.integers(1, 40))
    start = np.stack([logits(rng, longest, seed % 2 == 0) for _ in range(rows)])
    end = np.stack([logits(rng, longest, seed % 2 == 0) for _ in range(rows)])
    may_end = rng.random((rows, longest)) < 0.8
    may_start = may_end & (rng.random((rows, longest)) < 0.8)
    tokens = int(rng.integers(1, 12))
    arrays = [torch.from_numpy(x) for x in (start, end, may_start, may_end)]
    found = best_spans(*arrays, positions=longest, tokens=tokens)
    for row in range(rows):
        expected = every_span(start[row], end[row], may_start[row], may_end[row], tokens)
        count = int(torch.isfinite(found.scores[row]).sum())
        own = [values[row, :count].tolist() for values in found]
        assert list(zip(*own, strict=True)) == expected
        assert (found.scores[row, count:] == -torch.inf).all()
    few = best_spans(*arrays, positions=longest, tokens=tokens, most=7)
    assert torch.equal(few.scores, found.scores[:, :7])
    finite = torch.isfinite(few.scores)
    assert torch.equal(few.starts[finite], found.starts[:, :7][finite])
    assert torch.equal(few.ends[finite], found.ends[:, :7][finite])


def test_only_the_best_starts_and_ends_are_combined() -> None:
    start = torch.tensor([[5.0, 4.0, 3.0, 9.0]])
    end = torch.tensor([[0.0, 1.0, 2.0, 3.0]])
    anywhere = torch.ones(1, 4, dtype=torch.bool)
    found = best_spans(start, end, anywhere, anywhere, positions=2, tokens=30)
    spans = list(zip(*(values[0].tolist() for values in found), strict=True))
    # starts 3 and 0, ends 3 and 2; from 3 to 2 is none
    assert spans[:3] == [(12.0, 3, 3), (8.0, 0, 3), (7.0, 0, 2)]
    assert spans[3][0] == -np.inf
    nowhere = torch.tensor([[False, True, True, True]])
    found = best_spans(start, end, nowhere, anywhere, positions=2, tokens=2)
    spans = list(zip(*(values[0].tolist() for values in found), strict=True))
    assert [span for span in spans if np.isfinite(span[0])] == [(12.0, 3, 3), (6.0, 1, 2)]


def test_logits_that_are_no_numbers_give_no_answers() -> None:
    broken = torch.full((1, 4), torch.nan)
    anywhere = torch.ones(1, 4, dtype=torch.bool)
    found = best_spans(broken, broken, anywhere, anywhere, positions=2, tokens=3)
    assert (found.scores == -torch.inf).all()


@pytest.mark.parametrize("seed", range(20))
def test_highest_is_a_stable_sort(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = torch.from_numpy(rng.normal(size=(5, 60)).round(1).astype(np.float32) * 10**4)
    values[0, ::3] = -torch.inf
    values[1, 5], values[1, 3] = 0.0, -0.0
    expected = values.sort(dim=1, descending=True, stable=True).indices
    assert torch.equal(highest(values, 60), expected)
    assert torch.equal(highest(values, 9), expected[:, :9])
    assert highest(values, 99).shape == (5, 60)


def one_context(text: str, questions: int = 2) -> QaDataset:
    side = LanguageQa(
        tuple(f"What {n}?" for n in range(questions)),
        (text,) * questions,
        ((Answer(text[:3], 0),),) * questions,
    )
    ids = tuple(f"i{n}" for n in range(questions))
    return QaDataset("one", ids, ids, {"en": side})


def random_logits(windows, rng, ties):
    """Per window [length] logits, and as one batch with -inf at the padding."""
    rows = [tuple(logits(rng, int(length), ties) for _ in range(2)) for length in windows.lengths]
    batch = torch.full((2, len(rows), int(windows.lengths.max())), -torch.inf)
    for row, pair in enumerate(rows):
        for which in range(2):
            batch[which, row, : len(pair[which])] = torch.from_numpy(pair[which])
    return rows, batch


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("kind", ["bert", "xlm-r", "byte-level", "built-in"])
@pytest.mark.parametrize("text", CONTEXTS, ids=range(len(CONTEXTS)))
def test_answers_are_those_of_the_plain_decoder(kind: str, text: str, ties: bool) -> None:
    rng = np.random.default_rng(len(text))
    tokenizer, data = tokenizer_of(kind), one_context(text)
    windows = Reader(tokenizer, 64, 16).windows(data, every_pair(data))
    rows, batch = random_logits(windows, rng, ties)
    limits = {"positions": 20, "tokens": 30, "ranks": 10}
    best = NBest(windows, data, **limits)
    for some in np.array_split(rng.permutation(len(windows)), 3):
        if len(some):
            longest = int(windows.lengths[some].max())
            best.add(some.tolist(), batch[0, some, :longest], batch[1, some, :longest])
    found = best.answers()
    for pair, (item, _, _) in enumerate(windows.asked):
        question = data.sides["en"].questions[item]
        alone = plain.windows_of(tokenizer, question, text, 64, 16)
        own = np.flatnonzero(windows.owner == pair)
        expected = plain.decoded(
            text, [(offsets, most) for _, offsets, most in alone], [rows[i] for i in own], **limits
        )
        texts = found.texts(pair, text)
        assert texts == [answer for answer, _ in expected]
        assert len(set(texts)) == len(texts)
        scores = found.scores[pair, : len(texts)].tolist()
        assert scores == [score for _, score in expected]
        for rank, answer in enumerate(texts):
            begin, stop = found.spans[pair, rank]
            assert text[begin:stop] == answer == answer.strip()


def test_probabilities_are_of_the_window() -> None:
    text = " ".join(TEXTS)
    rng = np.random.default_rng(1)
    data = one_context(text, 1)
    windows = Reader(tokenizer_of("built-in"), 64, 16).windows(data, every_pair(data))
    rows, batch = random_logits(windows, rng, False)
    best = NBest(windows, data, positions=20, tokens=30, ranks=10)
    best.add(range(len(windows)), *batch)
    found = best.answers()
    places = windows.places(range(len(windows)))
    window = int(found.window[0])
    begin, stop = found.spans[0, 0]
    start, end = (
        np.exp(x.astype(np.float64)) / np.exp(x.astype(np.float64)).sum() for x in rows[window]
    )
    first = np.flatnonzero(places.may_start[window] & (places.offsets[window, :, 0] == begin))
    last = np.flatnonzero(places.may_end[window] & (places.offsets[window, :, 1] == stop))
    products = [start[i] * end[j] for i in first for j in last]
    assert found.probabilities[0, 0] == pytest.approx(max(products), rel=1e-5)
    assert len(windows) > 3


def test_fewer_answers_than_ranks() -> None:
    data = one_context("na", 1)
    windows = Reader(tokenizer_of("built-in"), 64, 16).windows(data, every_pair(data))
    _, batch = random_logits(windows, np.random.default_rng(0), False)
    best = NBest(windows, data, positions=20, tokens=30, ranks=10)
    best.add([0], *batch)
    found = best.answers()
    assert found.texts(0, "na")[0] in ("na", "n", "a")
    empty = found.spans[0, :, 0] < 0
    assert empty.sum() >= 7
    assert (found.scores[0, empty] == -np.inf).all()
    assert not found.probabilities[0, empty].any()
