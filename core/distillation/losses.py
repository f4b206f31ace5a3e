"""Consistency losses, all pairs from one ``[language, example, class]`` tensor (ALSACE, Eq. 5)."""

from __future__ import annotations

from typing import Literal

import torch

Direction = Literal["student-teacher", "teacher-student"]


def kl_of_pairs(log_probabilities: torch.Tensor) -> torch.Tensor:
    """KL(p_s || p_t) of every ordered pair of languages.

    Args:
        log_probabilities: [languages, examples, classes].

    Returns:
        [languages s, languages t]: summed over classes, averaged over examples.
    """
    p = log_probabilities.exp()
    negative_entropy = (p * log_probabilities).sum(-1).mean(-1)
    cross = torch.einsum("sbc,tbc->st", p, log_probabilities) / log_probabilities.shape[1]
    return negative_entropy[:, None] - cross


def pair_loss(
    log_probabilities: torch.Tensor,
    pairs: torch.Tensor,
    direction: Direction = "student-teacher",
) -> torch.Tensor:
    """The paper's literal loss: weighted mean KL of the pairs, gradients into both sides.

    Args:
        log_probabilities: [languages, examples, classes] of the model as it is.
        pairs: [learner, teacher] weights that sum to 1.
        direction: student-teacher is KL(student || teacher), the paper's form.
    """
    divergences = kl_of_pairs(log_probabilities)
    weights = pairs if direction == "student-teacher" else pairs.T
    return (divergences * weights).sum()


def consensus_loss(
    log_probabilities: torch.Tensor,
    target: torch.Tensor,
    direction: Direction = "teacher-student",
) -> torch.Tensor:
    """KL between one teacher distribution per example and every language.

    With teacher-student and the plain weighted mean as target, this has the same gradient as the
    weighted sum of KL(teacher || student) over the teachers: the sum of p_t log q is linear in p_t.

    Args:
        log_probabilities: [languages, examples, classes] of the learning model.
        target: [examples, classes], rows sum to 1; no gradient flows into it.
        direction: teacher-student is KL(target || model).

    Returns:
        Mean over languages and examples.
    """
    target = target.detach()
    log_target = target.clamp_min(torch.finfo(target.dtype).tiny).log()
    if direction == "teacher-student":
        divergence = target * (log_target - log_probabilities)
    else:
        divergence = log_probabilities.exp() * (log_probabilities - log_target)
    return divergence.sum(-1).mean()
