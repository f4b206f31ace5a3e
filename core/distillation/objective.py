"""What a training step minimises, whatever the method."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedModel

from core.config import TeachingConfig
from core.distillation.distilling import Frozen, Live, Moving
from core.distillation.losses import BatchLoss
from core.distillation.material import Material
from core.distillation.self_training import SelfLabelled, SelfTraining
from core.models.device import Device


class Objective(Protocol):
    """A loss on unlabelled examples."""

    stage: str
    """What the run is doing, for its progress."""
    name: str
    """Of the loss, in the history."""
    unit: str
    """What a batch is made of, in words."""
    batch: int
    """So many of them in a step."""
    pool: NDArray[np.int64]
    """What they are drawn from."""
    scale: float
    """The loss is multiplied by it before it is reported ..."""
    weight: float
    """... and by this in the sum that is minimised."""
    keeps_last: bool
    """The last model is kept unless the user says otherwise: it agrees with no teachers."""
    teacher: PreTrainedModel | None
    """A second model, kept in the checkpoints; None without one."""

    def loss(
        self, model: PreTrainedModel, drawn: NDArray[np.int64], anchors: NDArray[np.int64]
    ) -> BatchLoss:
        """The loss of a batch.

        Args:
            model: in training.
            drawn: some of the pool.
            anchors: places of labelled items; may be empty.
        """

    def lengths(self, drawn: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tokens that are encoded with gradients for each of these places of the pool."""

    def after_step(self, model: PreTrainedModel) -> None:
        """Follow the model after an optimizer step."""


def objective_of(
    config: TeachingConfig, material: Material, model: PreTrainedModel, device: Device
) -> Objective:
    """The objective that the material is made for."""
    subject, examples = material.subject, material.examples
    if isinstance(subject, SelfLabelled):
        return SelfTraining(config, examples, subject, device)
    if subject.mode == "ema":
        return Moving(config, examples, subject, device, model)
    return (Live if subject.mode == "live" else Frozen)(config, examples, subject, device)
