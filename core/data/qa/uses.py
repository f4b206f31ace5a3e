"""What the questions of a run are used for."""

from __future__ import annotations

from dataclasses import dataclass

from core.data.qa.dataset import QaDataset


@dataclass(frozen=True)
class QaUses:
    """The three parts of a run's questions; no article is in two of them unless allowed."""

    stage1: QaDataset | None
    """To fine-tune on, in the source languages; None where the data have no such part."""
    stage2: QaDataset
    """Aligned questions for cross-lingual self-distillation."""
    evaluation: QaDataset
    """Aligned questions to evaluate on."""
