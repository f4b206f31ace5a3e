"""The teacher of self-distillation in generations: the student as it was when the epoch began."""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import PreTrainedModel

from core import processes
from core.answering.features import Windows
from core.answering.losses import Knowledge, Weights, known_of_each, weigh
from core.answering.map_at_k import check_window
from core.answering.spans import right_tokens, span_scores
from core.config import QaTrainConfig
from core.config.answering import WEIGHTED
from core.models.batches import parts
from core.models.device import Device


class Lesson(NamedTuple):
    """What the teacher says about a batch."""

    scores: torch.Tensor
    """Of this process's share of the batch: [2 sides, windows, tokens], without gradient."""
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
    def say(
        self, windows: Windows, chosen: NDArray[np.int64], size: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What it says about windows, so many at once.

        Returns:
            Scores, [2 sides, windows, longest], and what it knows of each window that holds its
            answer, see `core.answering.losses.known_of_each`.
        """
        config, scores, known = self.config, [], []
        longest = int(windows.lengths[chosen].max(initial=0))
        lengths = windows.lengths[chosen]
        for part in parts(chosen, size, self.device.training_tokens, lengths):
            said = span_scores(self.model, windows, part, self.device)
            answered = torch.from_numpy(windows.answered[part]).to(self.device.place)
            gold = right_tokens(windows, part, self.device)[:, answered]
            known.append(known_of_each(said[:, answered], gold, config.k, config.window))
            scores.append(functional.pad(said, (0, longest - said.shape[-1]), value=-torch.inf))
        if not scores:
            return torch.empty(2, 0, 0), torch.empty(2, 0)
        return torch.cat(scores, dim=1), torch.cat(known, dim=1)

    def weigh(self, said: tuple[torch.Tensor, torch.Tensor]) -> Lesson:
        """The lesson; alpha is of the whole batch, whatever share of it this process has."""
        scores, known = said
        everyone = [one.to(known.device) for one in processes.everyones(known.cpu())]
        found = Knowledge.of(torch.cat(everyone, dim=1))
        weights = weigh(self.config.objective, self.config.coefficient, found)
        return Lesson(scores, found, weights)
