"""Both definitions of how much a teacher knows, against numbers worked out by hand."""

from __future__ import annotations

import pytest
import torch

from core.answering.losses import Knowledge, known_of_each
from core.answering.map_at_k import (
    average_precision,
    best_positions,
    check_window,
    reciprocal_rank,
)
from core.errors import UserError


def ranked(*rows):
    return torch.tensor(rows)


@pytest.mark.parametrize(
    ("best", "gold", "window", "expected"),
    [
        # Ranks 1 and 3 lie in 20 ± 2: (1/1 + 2/3) / 4.
        ((20, 40, 22, 10), 20, 2, (1 + 2 / 3) / 4),
        # Ranks 2, 3, 4 lie in 7 ± 2, both ends included: (1/2 + 2/3 + 3/4) / 4.
        ((1, 5, 9, 7), 7, 2, (1 / 2 + 2 / 3 + 3 / 4) / 4),
        # Only rank 4 lies in 30 ± 1, and k = 4 > 2: (1/4) / 2.
        ((3, 4, 28, 31), 30, 1, (1 / 4) / 2),
        # All of k = 2Δ lie in it: 1, the most there is.
        ((8, 9, 10, 11), 10, 2, 1.0),
        ((0, 1, 2, 3), 10, 2, 0.0),
        # The paper's k = 10 and Δ = 5, every second one right: (1/1+2/3+3/5+4/7+5/9) / 10.
        (
            (50, 1, 51, 2, 52, 3, 53, 4, 54, 5),
            50,
            5,
            (1 + 2 / 3 + 3 / 5 + 4 / 7 + 5 / 9) / 10,
        ),
    ],
)
def test_average_precision_by_hand(best, gold, window, expected):
    found = average_precision(ranked(best), torch.tensor([gold]), window)
    assert found.tolist() == pytest.approx([expected])


@pytest.mark.parametrize(
    ("best", "gold", "window", "expected"),
    [
        # The window is [15, 24]: 25 is outside, 15 at rank 3 inside.
        ((25, 30, 15, 20), 20, 5, 1 / 3),
        ((24, 20, 20, 20), 20, 5, 1.0),
        ((14, 25, 3, 24), 20, 5, 1 / 4),
        ((14, 25, 3, 26), 20, 5, 0.0),
    ],
)
def test_reciprocal_rank_by_hand(best, gold, window, expected):
    found = reciprocal_rank(ranked(best), torch.tensor([gold]), window)
    assert found.tolist() == pytest.approx([expected])


def plain(scores, gold, k, window):
    """Both, one position after the other."""
    order = sorted(
        (i for i in range(len(scores)) if scores[i] != float("-inf")), key=lambda i: -scores[i]
    )[:k]
    hits, total, reciprocal = 0, 0.0, 0.0
    for rank, position in enumerate(order, start=1):
        if abs(position - gold) <= window:
            hits += 1
            total += hits / rank
        if not reciprocal and gold - window <= position <= gold + window - 1:
            reciprocal = 1 / rank
    return total / (2 * window), reciprocal


@pytest.mark.parametrize(("k", "window", "tokens"), [(10, 5, 60), (3, 2, 12), (10, 5, 7)])
def test_batches_equal_one_example_at_a_time(k, window, tokens):
    generator = torch.Generator().manual_seed(k + tokens)
    scores = torch.randn(2, 50, tokens, generator=generator)
    allowed = torch.rand(2, 50, tokens, generator=generator) < 0.6
    allowed[..., 3] = True
    scores = scores.masked_fill(~allowed, -torch.inf)
    gold = torch.randint(1, tokens, (2, 50), generator=generator)
    best = best_positions(scores, k)
    found = (average_precision(best, gold, window), reciprocal_rank(best, gold, window))
    for side in range(2):
        for row in range(50):
            own = plain(scores[side, row].tolist(), int(gold[side, row]), k, window)
            assert (found[0][side, row], found[1][side, row]) == pytest.approx(own)


def test_of_equal_scores_the_first_position_comes_first():
    assert best_positions(torch.tensor([1.0, 2.0, 2.0, 1.0]), 3).tolist() == [1, 2, 0]


def test_a_batch_averages_start_and_end_and_never_looks_at_the_first_token():
    none = -torch.inf
    start = torch.tensor([[9.0, none, 3.0, 2.0, 1.0, none], [9.0, 1.0, 2.0, 3.0, none, none]])
    end = torch.tensor([[9.0, none, 1.0, 2.0, 3.0, none], [9.0, 3.0, 2.0, 1.0, none, none]])
    gold = torch.tensor([[2, 1], [4, 3]])
    each = known_of_each(torch.stack((start, end)), gold, k=2, window=1)
    # Window 1: starts 2, 3 by rank lie in 2 ± 1: (1 + 1) / 2; ends 4, 3 in 4 ± 1: 1.
    # Window 2: of starts 3, 2 the second lies in 1 ± 1: (1/2) / 2; of ends 1, 2 the second: 1/4.
    assert each[0].tolist() == pytest.approx([1.0, 0.25])
    # [1, 2] of starts 2, 3: 1; [3, 4] of 4, 3: 1; [0, 1] of 3, 2: 0; [2, 3] of 1, 2: 1/2.
    assert each[1].tolist() == pytest.approx([1.0, 0.25])
    assert Knowledge.of(each) == pytest.approx((0.625, 0.625))
    assert Knowledge.of(each[:, :0]) == (0.0, 0.0)


def test_neither_has_a_gradient():
    scores = torch.randn(2, 3, 12).requires_grad_()
    best = best_positions(scores, 4)
    gold = torch.full((2, 3), 5)
    found = (average_precision(best, gold, 2), reciprocal_rank(best, gold, 2))
    assert not any(values.requires_grad for values in (*found, best))
    assert not known_of_each(scores, gold, 4, 2).requires_grad


def test_eq_5_is_refused_where_it_could_exceed_one():
    check_window(10, 5)
    over = average_precision(ranked((8, 9, 10, 11, 12)), torch.tensor([10]), 2)
    assert over.item() > 1
    with pytest.raises(UserError, match=r"--k: 11, more than 2 x --window 5: Eq. 5 could exceed"):
        check_window(11, 5)
