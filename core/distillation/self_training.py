"""Self-training: fine-tune on the model's own most confident answers (ALSACE, Table 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import PreTrainedModel

from core.config import TeachingConfig
from core.data.predictions import Predictions
from core.distillation.examples import Examples
from core.distillation.losses import BatchLoss
from core.distillation.targets import most_confident_answers
from core.models.device import Device


@dataclass(frozen=True)
class SelfLabelled:
    """Texts with the class the model gave them itself."""

    languages: NDArray[np.int64]
    """[texts] position of the language."""
    items: NDArray[np.int64]
    """[texts] position of the example."""
    labels: NDArray[np.int64]
    """[texts] class index of the model's own answer."""


def label_oneself(predictions: Predictions, share: float, only: str | None = None) -> SelfLabelled:
    """The most confident of the model's own answers, as labels.

    Args:
        predictions: of every language on the unlabelled examples, before training.
        share: of all texts that are kept, the most confident ones.
        only: the one language whose texts are used; None for all languages.
    """
    probabilities = predictions.probabilities
    asked = np.arange(len(predictions.languages))
    if only is not None:
        asked = asked[[predictions.languages.index(only)]]
    places, items = most_confident_answers(probabilities[asked], share)
    languages = asked[places]
    return SelfLabelled(languages, items, probabilities[languages, items].argmax(-1))


class SelfTraining:
    """Cross-entropy with the pseudo-labels, which stay as they were before training."""

    stage, name, unit = "self-training", "cross_entropy", "sequences"
    scale = weight = 1.0
    keeps_last = True
    teacher: PreTrainedModel | None = None

    def __init__(
        self, config: TeachingConfig, examples: Examples, labelled: SelfLabelled, device: Device
    ) -> None:
        self.examples, self.labelled, self.device = examples, labelled, device
        self.pool = np.arange(len(labelled.labels))
        self.batch = config.batch * len(examples.languages)  # the sequences of a distillation

    def loss(
        self, model: PreTrainedModel, drawn: NDArray[np.int64], anchors: NDArray[np.int64]
    ) -> BatchLoss:
        """Mean cross-entropy of the texts."""
        mine = self.labelled
        found = self.examples.forward_pairs(
            model, mine.languages[drawn], mine.items[drawn], anchors
        )
        labels = torch.as_tensor(mine.labels[drawn]).to(self.device.place)
        loss = functional.cross_entropy(found.scores, labels)
        return BatchLoss(loss, found.anchor, found.encodings)

    def lengths(self, drawn: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tokens of the texts."""
        return self.examples.lengths[self.labelled.languages[drawn], self.labelled.items[drawn]]

    def after_step(self, model: PreTrainedModel) -> None:
        """Nothing: the labels stay as they are."""
