"""Items of a classification task as the training loop asks about them."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import PreTrainedModel

from core.distillation.examples import Forward
from core.models.device import Device
from core.models.encode import Encoded
from core.models.load import Classifier
from core.models.predict import predict_encoded


@dataclass(frozen=True)
class ClassifiedExamples:
    """Tokenized items; each (item, language) is encoded once."""

    classifier: Classifier
    device: Device
    batch: int
    """Sequences in one forward pass when predicting."""
    encoded: Encoded
    """The unlabelled items to distil on."""
    watched_items: Encoded
    """The unlabelled selection items, never distilled."""
    shown: Encoded | None = None
    """A few evaluation items whose accuracy is shown while training and decides nothing."""
    shown_labels: NDArray[np.int64] | None = None
    anchor_rows: Sequence[Sized] = ()
    """English-labelled items for the anchor."""
    anchor_labels: torch.Tensor | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in the order of all scores."""
        return self.encoded.languages

    @property
    def anchors(self) -> int:
        """How many labelled items there are."""
        return len(self.anchor_rows)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each item in each language; the longest sequence's where it has several."""
        rows = [[len(row) for row in own] for own in self.encoded.rows]
        return np.array(rows, dtype=np.int64)

    def forward_pairs(
        self,
        model: PreTrainedModel,
        languages: NDArray[np.int64],
        items: NDArray[np.int64],
        anchors: NDArray[np.int64],
    ) -> Forward:
        """Class logits of single texts, and the labelled items' cross-entropy."""
        head = self.classifier.head
        rows = [self.encoded.rows[t][i] for t, i in zip(languages, items, strict=True)]
        together = rows + [self.anchor_rows[i] for i in anchors]
        logits = head.logits(model, together, self.device)
        anchor = None
        if self.anchor_labels is not None and len(anchors):
            labels = self.anchor_labels[torch.as_tensor(anchors)].to(self.device.place)
            anchor = functional.cross_entropy(logits[len(rows) :], labels)
        return Forward(logits[: len(rows)], anchor, head.encodings(rows))

    def watched(self, model: PreTrainedModel) -> NDArray[np.floating]:
        """Class probabilities of the selection items."""
        return self._probabilities(model, self.watched_items)

    def accuracy(self, model: PreTrainedModel) -> dict[str, float]:
        """Percent right on the shown items."""
        if self.shown is None or self.shown_labels is None:
            return {}
        right = self._probabilities(model, self.shown).argmax(-1) == self.shown_labels
        shares = map(float, 100 * right.mean(-1))
        return dict(zip(self.languages, shares, strict=True))

    def _probabilities(self, model: PreTrainedModel, encoded: Encoded) -> NDArray[np.floating]:
        classifier = replace(self.classifier, model=model)
        return predict_encoded(classifier, encoded, self.device, batch=self.batch)
