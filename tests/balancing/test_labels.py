"""The losses equal the full computation over [batch, position, vocabulary]."""

import pytest
import torch
from torch.nn import functional

from core.balancing import labels
from core.balancing.labels import hard_loss, soft_loss

BATCH, POSITIONS, HIDDEN, VOCABULARY = 3, 7, 5, 11


def sides():
    torch.manual_seed(0)
    head, teacher = (torch.nn.Linear(HIDDEN, VOCABULARY) for _ in range(2))
    hidden = torch.randn(BATCH, POSITIONS, HIDDEN, requires_grad=True)
    known = torch.randn(BATCH, POSITIONS, HIDDEN)
    asked = torch.rand(BATCH, POSITIONS) < 0.4
    assert 2 < asked.sum() < BATCH * POSITIONS
    return head, teacher, hidden, known, asked


def full_kl(head, teacher, hidden, known, asked):
    """Eq. 2 as written, over the whole tensor."""
    p = teacher(known).detach().softmax(-1)
    q = head(hidden).softmax(-1)
    return (-(p * (q / p).log()).sum(-1) * asked).sum() / asked.sum()


@pytest.mark.parametrize("cells", [labels.CELLS, 2 * VOCABULARY, 1])
def test_soft_labels_equal_the_full_kl_with_gradients(cells, monkeypatch):
    monkeypatch.setattr(labels, "CELLS", cells)
    head, teacher, hidden, known, asked = sides()
    expected = full_kl(head, teacher, hidden, known, asked)
    wanted = torch.autograd.grad(expected, [hidden, *head.parameters()])
    found = soft_loss(head, hidden[asked], teacher, known[asked], VOCABULARY)
    gradients = torch.autograd.grad(found, [hidden, *head.parameters()])
    assert found.item() == pytest.approx(expected.item(), abs=1e-5)
    assert found.item() > 0.1
    for one, other in zip(gradients, wanted, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)
        assert other.abs().max() > 1e-3


@pytest.mark.parametrize("cells", [labels.CELLS, 2 * VOCABULARY])
def test_hard_labels_equal_the_full_cross_entropy_with_gradients(cells, monkeypatch):
    monkeypatch.setattr(labels, "CELLS", cells)
    head, _, hidden, _, asked = sides()
    gold = torch.randint(VOCABULARY, (BATCH, POSITIONS))
    own = head(hidden).log_softmax(-1).gather(-1, gold.unsqueeze(-1)).squeeze(-1)
    expected = -(own * asked).sum() / asked.sum()
    wanted = torch.autograd.grad(expected, [hidden, *head.parameters()])
    found = hard_loss(head, hidden[asked], gold[asked], VOCABULARY)
    gradients = torch.autograd.grad(found, [hidden, *head.parameters()])
    assert found.item() == pytest.approx(expected.item(), abs=1e-5)
    for one, other in zip(gradients, wanted, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)


def test_the_teacher_learns_nothing():
    head, teacher, hidden, known, asked = sides()
    soft_loss(head, hidden[asked], teacher, known[asked], VOCABULARY).backward()
    assert all(one.grad is None for one in teacher.parameters())
    assert all(one.grad is not None for one in head.parameters())


def test_a_student_that_is_its_teacher_has_nothing_to_learn():
    head, _, hidden, _, asked = sides()
    states = hidden[asked]
    assert soft_loss(head, states, head, states.detach(), VOCABULARY).item() == pytest.approx(0)


def test_a_teacher_in_bfloat16_is_exact_enough():
    head, teacher, hidden, known, asked = sides()

    def rounded(states):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return teacher(states)

    plain = soft_loss(head, hidden[asked], teacher, known[asked], VOCABULARY)
    found = soft_loss(head, hidden[asked], rounded, known[asked], VOCABULARY)
    assert rounded(known).dtype == torch.bfloat16
    assert found.item() == pytest.approx(plain.item(), rel=0.01)


def test_a_vocabulary_of_xlm_r_is_seen_in_parts():
    """Never more logits at once than `CELLS`, whatever the number of masked positions."""
    vocabulary, positions, seen = 250_002, 300, []
    weights = torch.zeros(1, vocabulary)

    def head(states):
        seen.append(len(states) * vocabulary)
        return states @ weights

    hidden = torch.zeros(positions, 1)
    loss = soft_loss(head, hidden, head, hidden, vocabulary)
    assert loss.item() == pytest.approx(0, abs=1e-6)
    assert sum(seen) == 2 * positions * vocabulary
    assert max(seen) <= labels.CELLS


def test_cross_entropy_is_not_asked_of_other_positions():
    """What stands at positions that are not masked changes nothing."""
    head, _, hidden, _, asked = sides()
    gold = torch.randint(VOCABULARY, (BATCH, POSITIONS))
    found = hard_loss(head, hidden[asked], gold[asked], VOCABULARY)
    other = torch.where(asked.unsqueeze(-1), hidden, torch.full_like(hidden, 9.0))
    assert hard_loss(head, other[asked], gold[asked], VOCABULARY).item() == found.item()
    plain = functional.cross_entropy(head(hidden)[asked], gold[asked])
    assert found.item() == pytest.approx(plain.item(), abs=1e-6)
