"""The accuracies a record holds and how its training went, read defensively."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from core.metrics.bootstrap import Interval, minimum_detectable_difference
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


def change_of(record: RunRecord) -> Interval | None:
    """The recorded change of the average accuracy, a paired bootstrap over the items, in points."""
    found = _part(_part(record.metrics, "change"), "average")
    ends = [found.get(name) for name in ("low", "high", "estimate", "detectable")]
    low, high, estimate, detectable = (
        float(x) if isinstance(x, int | float) else math.nan for x in ends
    )
    if not all(map(math.isfinite, (low, high, estimate, detectable))):
        return None
    return Interval(low, high, estimate, detectable / minimum_detectable_difference(1.0))


def kept_step_of(record: RunRecord) -> int | None:
    """Step of the checkpoint a distillation kept, 0 for the model before; None if not recorded."""
    step = _part(record.metrics, "distillation").get("kept_step")
    return step if isinstance(step, int) and not isinstance(step, bool) else None


def collapsed(record: RunRecord) -> bool:
    """Whether a distillation broke off because the model's answers collapsed."""
    return bool(_part(record.metrics, "distillation").get("collapse"))


def _part(metrics: Any, name: str) -> dict[str, Any]:
    found = metrics.get(name)
    return found if isinstance(found, dict) else {}
