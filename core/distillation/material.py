"""What one distillation works on, tokenized and weighted once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.config import DistillConfig
from core.data.predictions import Predictions
from core.data.splits import Uses
from core.distillation.pairs import pair_weights, teacher_weights
from core.distillation.targets import most_confident, teacher_mean
from core.distillation.watch import Watch
from core.errors import UserError
from core.models.encode import Encoded, Ids, encode
from core.models.load import Classifier
from core.selection.teachers import Selection

SHOWN = 3
"""Stream of the seed that draws the shown items; 1 and 2 draw the batches."""


@dataclass(frozen=True)
class Material:
    """Everything the training loop reads."""

    encoded: Encoded
    """The unlabelled items to distil on."""
    items: NDArray[np.int64]
    """Positions in ``encoded`` that are used (all, or the most confident)."""
    target: torch.Tensor
    """[items in encoded, classes] the teachers' joint distribution before distillation."""
    weights: NDArray[np.float64]
    """[languages] weight as a teacher, 0 for students."""
    pairs: torch.Tensor
    """[learner, teacher] weights of the pairs."""
    watched: Encoded
    """The unlabelled selection items, never distilled."""
    watch: Watch
    shown: Encoded | None = None
    """A few evaluation items whose accuracy is shown while training and decides nothing."""
    shown_labels: NDArray[np.int64] | None = None
    anchor_rows: tuple[Ids, ...] = ()
    """English-labelled items for the anchor."""
    anchor_labels: torch.Tensor | None = None


def gather(
    config: DistillConfig,
    classifier: Classifier,
    uses: Uses,
    selection: Selection,
    before: dict[str, Predictions],
) -> Material:
    """Tokenize the items of each use and compute what the teachers say.

    Args:
        config: the distillation's settings.
        classifier: the model, for its tokenizer.
        uses: items by use, disjoint.
        selection: the teachers and their confidence.
        before: the model's predictions on the ``distillation`` and ``selection`` items.

    Raises:
        UserError: no language is a teacher.
    """
    if not selection.teachers:
        raise UserError(
            f"no language reaches the threshold {selection.threshold:.4f}; the largest normalised "
            f"confidence is {float(np.max(selection.normalized)):.4f}. Lower --threshold, leave it "
            "out (the mean), or choose --strategy by-hand --teachers"
        )
    languages = uses.distillation.languages
    confidence = dict(zip(selection.languages, map(float, selection.confidence), strict=True))
    weights = teacher_weights(
        languages,
        selection.teachers,
        confidence if config.teacher_weights == "confidence" else None,
        config.weight_power,
    )
    pairs = pair_weights(
        languages, selection.teachers, weights, student_student=config.student_student
    )
    target = _target(config, before["distillation"], weights)
    held_out = before["selection"]
    taught = _target(config, held_out, weights).argmax(-1)
    tokenizer, length = classifier.tokenizer, config.max_length
    anchor = uses.labelled.in_languages(["en"]) if config.anchor > 0 else None
    order = np.random.default_rng((config.seed, SHOWN)).permutation(len(uses.evaluation))
    shown = uses.evaluation.take(sorted(order[: config.shown_items]))
    return Material(
        encoded=encode(uses.distillation, tokenizer, length),
        items=most_confident(target, config.confident_share),
        target=torch.as_tensor(target, dtype=torch.float32),
        weights=weights,
        pairs=torch.as_tensor(pairs, dtype=torch.float32),
        watched=encode(uses.selection, tokenizer, length),
        watch=Watch.begin(held_out.probabilities, selection.pseudo_labels, taught),
        shown=encode(shown, tokenizer, length) if len(shown) else None,
        shown_labels=shown.labels,
        anchor_rows=encode(anchor, tokenizer, length).ids[0] if anchor else (),
        anchor_labels=torch.as_tensor(np.asarray(anchor.labels)) if anchor else None,
    )


def _target(
    config: DistillConfig, predictions: Predictions, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    return teacher_mean(
        predictions.probabilities,
        weights,
        temperature=config.temperature,
        sharpen=config.sharpen,
    )
