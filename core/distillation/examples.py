"""What the training loop asks of the examples it distils on, whatever the task."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel

ABSENT = -1e4
"""Score of a class that an example has not: probability 0, and no infinite logarithm."""


class Forward(NamedTuple):
    """What the model says about one batch, gradients attached."""

    scores: torch.Tensor
    """[languages, items, classes], or [texts, classes] of single texts; their softmax over the
    classes are the distributions."""
    anchor: torch.Tensor | None
    """Supervised loss of the labelled items beside them, or None."""
    encodings: int
    """Sequences encoded for the scores."""


class Examples(Protocol):
    """Unlabelled parallel examples that a model is asked about."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in the order of all scores."""

    @property
    def anchors(self) -> int:
        """How many labelled items there are for the supervised loss."""

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens that the model reads for each example in each language: [languages, examples]."""

    def forward_pairs(
        self,
        model: PreTrainedModel,
        languages: NDArray[np.int64],
        items: NDArray[np.int64],
        anchors: NDArray[np.int64],
    ) -> Forward:
        """Ask the model as it is about single texts, in one go.

        Args:
            model: in training or not.
            languages: [texts] positions of their languages.
            items: [texts] positions of their examples.
            anchors: positions of labelled items; may be empty.
        """

    def watched(self, model: PreTrainedModel) -> NDArray[np.floating]:
        """Distributions on the items the collapse watch looks at: [languages, items, classes]."""

    def accuracy(self, model: PreTrainedModel) -> dict[str, float]:
        """Percent right on a few evaluation items by language, to be shown; may be empty."""


def ask_in_languages(
    examples: Examples,
    model: PreTrainedModel,
    items: NDArray[np.int64],
    anchors: NDArray[np.int64],
    languages: NDArray[np.int64] | None = None,
) -> Forward:
    """Ask about every item in every language, in one go.

    Args:
        examples: whose items.
        model: in training or not.
        items: positions of the examples.
        anchors: positions of labelled items; may be empty.
        languages: positions of the languages to ask in; all if None.

    Returns:
        Scores [languages, items, classes].
    """
    asked = np.arange(len(examples.languages)) if languages is None else languages
    found = examples.forward_pairs(
        model, np.repeat(asked, len(items)), np.tile(items, len(asked)), anchors
    )
    return found._replace(scores=found.scores.view(len(asked), len(items), -1))
