"""What the questions of a run are used for."""

from __future__ import annotations

from dataclasses import dataclass

from core.data.qa.dataset import QaDataset

USES = ("stage1", "stage2", "evaluation")
"""Names of the uses in a record; the first two are trained on with their answers."""


@dataclass(frozen=True)
class QaUses:
    """The three parts of a run's questions; no article is in two of them unless allowed."""

    stage1: QaDataset | None
    """To fine-tune on, in the source languages; None where the data have no such part."""
    stage2: QaDataset
    """Aligned questions for cross-lingual self-distillation; empty where a run only evaluates."""
    evaluation: QaDataset
    """Aligned questions to evaluate on."""
    badges: tuple[str, ...] = ()
    """What is said beside every result, where questions are used for two purposes."""
    notes: tuple[str, ...] = ()
    """What was left out, for the run's log."""

    def parts(self) -> dict[str, QaDataset]:
        """The datasets by use; those that are there."""
        found = zip(USES, (self.stage1, self.stage2, self.evaluation), strict=True)
        return {use: data for use, data in found if data is not None and len(data)}
