import numpy as np
import pytest
import torch

from core.distillation.losses import consensus_loss, kl_of_pairs, pair_loss
from core.distillation.pairs import pair_weights, teacher_weights
from core.distillation.targets import most_confident, teacher_mean

LANGUAGES = ("en", "fr", "de", "sw", "hi")
TEACHERS = ("en", "fr", "de")


def logits(seed: int = 0, languages: int = 5, examples: int = 7, classes: int = 4) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    shape = (languages, examples, classes)
    return torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()


def plain_kl(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    """KL(p || q) of two [examples, classes] log-probabilities, one example and class at a time."""
    total = torch.zeros((), dtype=p.dtype)
    for example in range(p.shape[0]):
        for k in range(p.shape[1]):
            total = total + p[example, k].exp() * (p[example, k] - q[example, k])
    return total / p.shape[0]


@pytest.mark.parametrize("direction", ["student-teacher", "teacher-student"])
@pytest.mark.parametrize("student_student", [False, True])
def test_one_tensor_equals_pair_by_pair_with_gradients(direction, student_student):
    weights = teacher_weights(LANGUAGES, TEACHERS, dict.fromkeys(LANGUAGES, 0.5) | {"en": 0.9}, 2)
    pairs = pair_weights(LANGUAGES, TEACHERS, weights, student_student=student_student)
    first, second = logits(), logits()
    fast = pair_loss(first.log_softmax(-1), torch.as_tensor(pairs), direction)
    log_p = second.log_softmax(-1)
    slow = torch.zeros((), dtype=torch.float64)
    for learner in range(5):
        for teacher in range(5):
            sides = (learner, teacher) if direction == "student-teacher" else (teacher, learner)
            slow = slow + pairs[learner, teacher] * plain_kl(log_p[sides[0]], log_p[sides[1]])
    fast.backward()
    slow.backward()
    assert fast.item() == pytest.approx(slow.item(), abs=1e-6)
    torch.testing.assert_close(first.grad, second.grad, atol=1e-6, rtol=0)


def test_consensus_with_the_plain_mean_has_the_gradient_of_the_pairs():
    probabilities = logits(1).softmax(-1).detach()
    weights = teacher_weights(LANGUAGES, TEACHERS)
    target = torch.as_tensor(teacher_mean(probabilities.numpy(), weights))
    first, second = logits(2), logits(2)
    consensus_loss(first.log_softmax(-1), target).backward()
    log_q = second.log_softmax(-1)
    slow = torch.zeros((), dtype=torch.float64)
    for learner in range(5):
        for teacher in range(5):
            if weights[teacher]:
                slow = slow + weights[teacher] * plain_kl(
                    probabilities[teacher].log(), log_q[learner]
                )
    (slow / 5).backward()
    torch.testing.assert_close(first.grad, second.grad, atol=1e-6, rtol=0)


def test_the_teacher_gets_no_gradient():
    target = logits(3, examples=7)[0].softmax(-1)
    learner = logits(4)
    consensus_loss(learner.log_softmax(-1), target).backward()
    assert learner.grad is not None
    assert not target.grad_fn or target.is_leaf is False  # built from a graph ...
    assert consensus_loss(learner.log_softmax(-1), target.detach()).item() == pytest.approx(
        consensus_loss(learner.log_softmax(-1), target).item()
    )


def test_kl_of_pairs_is_zero_on_the_diagonal_and_positive_elsewhere():
    values = kl_of_pairs(logits().log_softmax(-1)).detach()
    torch.testing.assert_close(
        values.diagonal(), torch.zeros(5, dtype=torch.float64), atol=1e-12, rtol=0
    )
    assert (values + torch.eye(5) > 0).all()


def test_seven_teachers_and_eight_students_make_77_pairs():
    languages = tuple(f"l{i}" for i in range(15))
    weights = teacher_weights(languages, languages[:7])
    assert np.count_nonzero(pair_weights(languages, languages[:7], weights)) == 56 + 21
    with_students = pair_weights(languages, languages[:7], weights, student_student=True)
    assert np.count_nonzero(with_students) == 56 + 21 + 28
    assert with_students.sum() == pytest.approx(1)


def test_confident_teachers_weigh_more():
    weights = teacher_weights(
        LANGUAGES, TEACHERS, dict(zip(LANGUAGES, (0.8, 0.4, 0.4, 1, 1), strict=True)), 2
    )
    assert weights == pytest.approx(np.array([4, 1, 1, 0, 0]) / 6)


def test_sharpening_keeps_the_order_and_raises_the_top():
    probabilities = logits(5).softmax(-1).detach().numpy()
    weights = teacher_weights(LANGUAGES, TEACHERS)
    plain, sharp = (
        teacher_mean(probabilities, weights),
        teacher_mean(probabilities, weights, sharpen=2),
    )
    assert (plain.argmax(-1) == sharp.argmax(-1)).all()
    assert (sharp.max(-1) > plain.max(-1)).all()
    assert sharp.sum(-1) == pytest.approx(np.ones(7))


def test_most_confident_takes_the_same_share_of_each_class():
    target = np.array([[0.9, 0.1], [0.6, 0.4], [0.8, 0.2], [0.7, 0.3], [0.4, 0.6], [0.1, 0.9]])
    assert most_confident(target, 0.5).tolist() == [0, 2, 5]
    assert most_confident(target, 1.0).tolist() == list(range(6))
