"""The teacher of self-distillation in generations: the student as it was when the epoch began."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from transformers import PreTrainedModel

from core.answering.features import Windows
from core.answering.losses import Knowledge, Weights, known_of_each, weigh
from core.answering.map_at_k import check_window
from core.answering.spans import right_tokens, span_scores
from core.config import QaTrainConfig
from core.config.answering import WEIGHTED
from core.models.device import Device


class Lesson(NamedTuple):
    """What the teacher says about a batch."""

    scores: list[torch.Tensor]
    """Of each part of the batch: [2 sides, windows, tokens], without gradient."""
    knowledge: Knowledge
    """How near the right places its best positions lie."""
    weights: Weights
    """Of the parts of the student's loss."""


class Teacher:
    """A copy of the student in evaluation mode; no gradient flows into it.

    Args:
        student: as it is now.
        config: objective, coefficient, k and Δ.
        device: where both are.

    Raises:
        UserError: the KL would be weighted by Eq. 5 with k > 2Δ.
    """

    def __init__(self, student: PreTrainedModel, config: QaTrainConfig, device: Device) -> None:
        if config.objective in WEIGHTED and config.coefficient == "map":
            check_window(config.k, config.window)
        self.config, self.device = config, device
        self.model = copy.deepcopy(student).eval().requires_grad_(False)

    def follow(self, student: PreTrainedModel) -> None:
        """Take over the student's weights."""
        self.model.load_state_dict(student.state_dict())

    @torch.no_grad()
    def say(self, windows: Windows, parts: Sequence[np.ndarray]) -> Lesson:
        """What it says about the parts of a batch; alpha is of the whole batch."""
        config, scores, known = self.config, [], []
        for part in parts:
            scores.append(span_scores(self.model, windows, part, self.device))
            answered = torch.from_numpy(windows.answered[part]).to(self.device.place)
            gold = right_tokens(windows, part, self.device)
            said, gold = scores[-1][:, answered], gold[:, answered]
            known.append(known_of_each(said, gold, config.k, config.window))
        found = Knowledge.of(torch.cat(known, dim=1))
        return Lesson(scores, found, weigh(config.objective, config.coefficient, found))
