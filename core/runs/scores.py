"""The accuracies a record holds, read defensively."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from core.runs.record import RunRecord


def accuracy_of(record: RunRecord, when: str) -> dict[str, float] | None:
    """Percent per language ``before`` or ``after``, or None where the record does not hold it."""
    return scores_of(record.metrics, when)


def scores_of(metrics: Mapping[str, Any], when: str) -> dict[str, float] | None:
    """The same of a record's metrics alone."""
    part = metrics.get(when)
    scores = part.get("accuracy") if isinstance(part, dict) else None
    if not isinstance(scores, dict) or not scores:
        return None
    if not all(isinstance(x, int | float) and math.isfinite(x) for x in scores.values()):
        return None
    return {str(language): float(score) for language, score in scores.items()}
