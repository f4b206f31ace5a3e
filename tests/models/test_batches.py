"""Batches by a budget of tokens hold every row once; parts of a training batch add up."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.models.batches import batches, bucketed, pad, parts, spans
from core.models.device import Device

CPU = Device(torch.device("cpu"), torch.float32)


@pytest.mark.parametrize("tokens", [1, 7, 40, 200, 10_000])
@pytest.mark.parametrize("rows", [None, 3])
def test_batches_hold_every_row_once_within_the_budget(tokens: int, rows: int | None) -> None:
    lengths = np.random.default_rng(tokens).integers(1, 60, 97).tolist()
    found = batches(lengths, tokens, rows)
    assert sorted(place for some in found for place in some) == list(range(97))
    for some in found:
        longest = max(lengths[place] for place in some)
        assert len(some) == 1 or longest * len(some) <= tokens
        assert rows is None or len(some) <= rows
    flat = [lengths[place] for some in found for place in some]
    assert flat == sorted(lengths, reverse=True)


def test_batches_are_as_full_as_the_budget_allows() -> None:
    assert batches([5, 1, 4, 4, 2], 10) == [[0, 2], [3, 4], [1]]
    assert batches([5, 1, 4, 4, 2], 12, rows=2) == [[0, 2], [3, 4], [1]]
    assert batches([5, 1, 4, 4, 2], 15) == [[0, 2, 3], [4, 1]]
    assert batches([], 15) == []


def test_what_else_a_row_weighs_limits_a_batch() -> None:
    assert spans([3, 3, 3, 3], 100, weights=[2, 2, 5, 1], most=5) == [(0, 2), (2, 3), (3, 4)]


def test_a_row_longer_than_the_budget_is_alone_even_in_any_order() -> None:
    assert spans([1, 9, 1, 1], 4) == [(0, 1), (1, 2), (2, 4)]


def test_parts_are_few_equal_and_within_the_limits() -> None:
    chosen = np.arange(100, 110)
    assert [len(x) for x in parts(chosen, 10)] == [10]
    assert [len(x) for x in parts(chosen, 4)] == [4, 3, 3]
    lengths = np.array([30, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    found = parts(chosen, 10, 32, lengths)
    assert np.concatenate(found).tolist() == chosen.tolist()
    assert max(int(lengths[part - 100].sum()) for part in found) == 32
    assert len(found) == 4, "in three parts the first would have 33 tokens"
    assert [len(x) for x in parts(chosen, 10, 1, lengths)] == [1] * 10


def test_padding_is_as_a_slow_loop_makes_it() -> None:
    rows = [[5, 6, 7], np.array([8], dtype=np.int32), [9, 10]]
    found = pad(rows, 1, CPU)
    assert found["input_ids"].tolist() == [[5, 6, 7], [8, 1, 1], [9, 10, 1]]
    assert found["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0], [1, 1, 0]]


def test_results_come_back_in_the_order_of_the_rows() -> None:
    rows = [range(n) for n in (3, 9, 1, 4, 4, 2)]
    device = Device(CPU.place, CPU.dtype, tokens=9)
    seen: list[list[int]] = []

    def forward(positions: list[int]) -> torch.Tensor:
        seen.append(positions)
        return torch.tensor([10.0 * place for place in positions])

    assert bucketed(rows, device, forward).tolist() == [0, 10, 20, 30, 40, 50]
    assert seen == [[1], [3, 4], [0, 5, 2]]
