"""The losses of span prediction against plain loops."""

from __future__ import annotations

import math

import pytest
import torch

from core.answering.losses import Knowledge, cross_entropy, divergence, weigh

NONE = -torch.inf


def scores(seed, windows=5, tokens=9):
    """[2, windows, tokens] with tokens that are not allowed, the same for equal sizes."""
    generator = torch.Generator().manual_seed(seed)
    found = torch.randn(2, windows, tokens, generator=generator, dtype=torch.float64)
    barred = torch.zeros(2, windows, tokens, dtype=torch.bool)
    barred[:, :, 1:3] = True
    barred[:, 2, 6:] = True
    return found.masked_fill(barred, NONE)


def log_softmax(row, temperature=1.0):
    """Over the allowed tokens only: token -> log probability."""
    allowed = {i: x / temperature for i, x in enumerate(row) if x != NONE}
    total = math.log(sum(math.exp(x) for x in allowed.values()))
    return {i: x - total for i, x in allowed.items()}


def test_cross_entropy_is_averaged_over_both_ends_and_the_windows():
    found, gold = scores(0), torch.tensor([[0, 3, 4, 5, 8], [0, 4, 5, 5, 8]])
    plain = [
        -log_softmax(found[side, row].tolist())[int(gold[side, row])]
        for side in range(2)
        for row in range(5)
    ]
    assert cross_entropy(found, gold).item() == pytest.approx(sum(plain) / 10)


@pytest.mark.parametrize("temperature", [1.0, 2.0, 4.0])
def test_the_divergence_is_kl_from_teacher_to_student_times_t_squared(temperature):
    student, teacher = scores(1), scores(2)
    total = 0.0
    for side in range(2):
        for row in range(5):
            q = log_softmax(student[side, row].tolist(), temperature)
            p = log_softmax(teacher[side, row].tolist(), temperature)
            total += sum(math.exp(p[i]) * (p[i] - q[i]) for i in p)
    found = divergence(student, teacher, temperature)
    assert found.item() == pytest.approx(total / 10 * temperature**2)
    assert divergence(teacher, teacher, temperature).item() == pytest.approx(0, abs=1e-12)


def test_gradients_flow_into_the_student_only_and_are_finite():
    student, teacher = (scores(seed).requires_grad_() for seed in (3, 4))
    divergence(student, teacher, 2.0).backward()
    assert teacher.grad is None
    assert student.grad is not None and torch.isfinite(student.grad).all()
    assert student.grad[:, :, 1:3].abs().max() == 0
    assert student.grad.abs().max() > 0


def test_an_allowed_token_that_the_student_rules_out_gives_no_nan():
    student, teacher = scores(5), scores(6)
    student[:, :, 0] = -1e30
    student.requires_grad_()
    divergence(student, teacher, 2.0).backward()
    assert torch.isfinite(student.grad).all()


@pytest.mark.parametrize(
    ("objective", "coefficient", "expected"),
    [
        ("ce", "map", (1.0, 0.0)),
        ("kl", "map", (0.0, 1.0)),
        ("skd", "reciprocal-rank", (1.0, 1.0)),
        ("kl", "reciprocal-rank", (0.0, 1.0)),
        ("kl-map", "map", (0.0, 0.3)),
        ("kl-map", "reciprocal-rank", (0.0, 0.7)),
        ("skd-map", "map", (1.0, 0.3)),
        ("skd-map", "reciprocal-rank", (1.0, 0.7)),
    ],
)
def test_weights_of_the_objectives(objective, coefficient, expected):
    assert weigh(objective, coefficient, Knowledge(0.3, 0.7)) == expected
