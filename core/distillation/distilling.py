"""Learning from teacher languages: as they are, as they were, or as they slowly become."""

from __future__ import annotations

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import PreTrainedModel

from core.config import TeachingConfig
from core.distillation.examples import Examples, ask_in_languages
from core.distillation.losses import BatchLoss, Direction, consensus_loss, pair_loss
from core.distillation.teaching import Taught, TeacherMode
from core.models.device import Device

STAGE = "distilling"


def direction_of(config: TeachingConfig, mode: TeacherMode) -> Direction:
    """The KL direction: the config's, or the mode's default."""
    if config.direction != "auto":
        return config.direction
    return "student-teacher" if mode == "live" else "teacher-student"


class Frozen:
    """Learn what the teachers said together before distillation; the other modes differ in that."""

    stage, name, unit = STAGE, "kl", "parallel items"
    keeps_last = False
    teacher: PreTrainedModel | None = None

    def __init__(
        self, config: TeachingConfig, examples: Examples, taught: Taught, device: Device
    ) -> None:
        self.config, self.examples, self.taught, self.device = config, examples, taught, device
        self.pool, self.batch = taught.items, config.batch
        self.scale, self.weight = config.temperature**2, config.kl_weight
        self.direction = direction_of(config, taught.mode)
        self.target = taught.target.to(device.place)
        self.learning = None if taught.learning is None else taught.learning.to(device.place)

    def loss(
        self, model: PreTrainedModel, drawn: NDArray[np.int64], anchors: NDArray[np.int64]
    ) -> BatchLoss:
        """The divergence of the examples from their teachers."""
        found = ask_in_languages(self.examples, model, drawn, anchors)
        scores = found.scores / self.config.temperature
        kl, encodings = self.divergence(functional.log_softmax(scores, dim=-1), drawn)
        return BatchLoss(kl, found.anchor, found.encodings + encodings)

    def divergence(
        self, log_probabilities: torch.Tensor, drawn: NDArray[np.int64]
    ) -> tuple[torch.Tensor, int]:
        """The divergence, and how many sequences were encoded for it."""
        return self._from(log_probabilities, self.target[..., drawn, :], drawn), 0

    def lengths(self, drawn: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tokens of the items in all languages."""
        found: NDArray[np.int64] = self.examples.lengths[:, drawn].sum(axis=0)
        return found

    def after_step(self, model: PreTrainedModel) -> None:
        """Nothing: the teachers stay as they were."""

    def _from(
        self, log_probabilities: torch.Tensor, target: torch.Tensor, drawn: NDArray[np.int64]
    ) -> torch.Tensor:
        learning = None if self.learning is None else self.learning[:, drawn]
        return consensus_loss(log_probabilities, target, self.direction, learning)

    def _by_teaching(self, drawn: NDArray[np.int64]) -> list[tuple[int, NDArray[np.int64]]]:
        """Places in the batch of the examples that the same languages teach."""
        of = self.taught.teaching_of[drawn]
        return [(int(number), np.flatnonzero(of == number)) for number in np.unique(of)]


class Live(Frozen):
    """The paper's literal loss: teachers as they are, gradients into both sides of every pair."""

    def __init__(
        self, config: TeachingConfig, examples: Examples, taught: Taught, device: Device
    ) -> None:
        super().__init__(config, examples, taught, device)
        self.pairs = [
            torch.as_tensor(x.pairs, dtype=torch.float32).to(device.place) for x in taught.teachings
        ]

    def divergence(
        self, log_probabilities: torch.Tensor, drawn: NDArray[np.int64]
    ) -> tuple[torch.Tensor, int]:
        """The weighted mean over the pairs."""
        total = torch.zeros((), device=self.device.place)
        for number, mine in self._by_teaching(drawn):
            part = pair_loss(log_probabilities[:, mine], self.pairs[number], self.direction)
            total = total + len(mine) / len(drawn) * part
        return total, 0


class Moving(Frozen):
    """Learn from a slowly moving average of the model (ema)."""

    def __init__(
        self,
        config: TeachingConfig,
        examples: Examples,
        taught: Taught,
        device: Device,
        model: PreTrainedModel,
    ) -> None:
        super().__init__(config, examples, taught, device)
        self.teacher: PreTrainedModel = copy.deepcopy(model).eval()

    @torch.no_grad()
    def after_step(self, model: PreTrainedModel) -> None:
        """Move the teacher a little towards the model."""
        share = 1 - self.config.ema_decay
        for slow, fast in zip(self.teacher.parameters(), model.parameters(), strict=True):
            slow.lerp_(fast.detach(), share)

    def divergence(
        self, log_probabilities: torch.Tensor, drawn: NDArray[np.int64]
    ) -> tuple[torch.Tensor, int]:
        """The divergence from what the moving teachers say together."""
        target, encodings = self._moving_target(drawn)
        return self._from(log_probabilities, target, drawn), encodings

    @torch.no_grad()
    def _moving_target(self, drawn: NDArray[np.int64]) -> tuple[torch.Tensor, int]:
        nothing = np.array([], dtype=np.int64)
        target = torch.zeros_like(self.target[..., drawn, :])
        encodings = 0
        for number, mine in self._by_teaching(drawn):
            shares = self.taught.teachings[number].weights
            if target.dim() == 3:  # each learner has teachers of its own
                shares = self.taught.teachings[number].by_learner
            asked = np.flatnonzero(shares.reshape(-1, shares.shape[-1]).any(axis=0))
            found = ask_in_languages(self.examples, self.teacher, drawn[mine], nothing, asked)
            encodings += found.encodings
            p = torch.softmax(found.scores / self.config.temperature, dim=-1)
            weights = torch.as_tensor(shares[..., asked], dtype=p.dtype).to(p.device)
            mean = torch.einsum("...t,tbc->...bc", weights, p) ** self.config.sharpen
            target[..., mine, :] = mean / mean.sum(-1, keepdim=True)
        return target, encodings
