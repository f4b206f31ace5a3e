"""The evaluation sets of a probing run, as its record holds them: before, and after if any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import UserError
from core.metrics.probing import ProbingScores

PROMPTS = "all prompts"
"""The one set of a run that only asks."""


@dataclass(frozen=True)
class EvaluationSet:
    """The scores on one set of prompts."""

    name: str
    before: ProbingScores
    after: ProbingScores | None = None
    """None for a run that only asks."""


def evaluation_sets(metrics: Mapping[str, Any]) -> tuple[EvaluationSet, ...]:
    """The sets a record holds, the main one first; none while it holds no scores yet.

    Raises:
        UserError: the recorded scores are damaged, or two sets don't fit.
    """
    if "correct" in metrics:
        return (EvaluationSet(PROMPTS, ProbingScores.from_json(metrics)),)
    if "before" not in metrics or "after" not in metrics:
        return ()
    further = metrics.get("further") or {}
    if not isinstance(further, dict):
        raise UserError("the recorded scores of further sets can't be read")
    main = _set(str(metrics.get("evaluation") or PROMPTS), metrics)
    return (main, *(_set(str(name), part) for name, part in further.items()))


def summary(sets: Sequence[EvaluationSet]) -> dict[str, float]:
    """What a table of runs compares, in percent and points, by ``set: what``.

    The weakest language is the one with the lowest average, before and after on its own.
    """
    row = {}
    for part in sets:
        if part.after is None:
            continue
        for what, (was, now) in {
            "average": (part.before.mean, part.after.mean),
            "weakest": (_least(part.before), _least(part.after)),
        }.items():
            row[f"{part.name}: {what} before"] = 100 * was
            row[f"{part.name}: {what} after"] = 100 * now
            row[f"{part.name}: {what} change"] = 100 * (now - was)
    return row


def _least(scores: ProbingScores) -> float:
    return scores.average[scores.weakest]


def _set(name: str, part: Any) -> EvaluationSet:
    if not isinstance(part, Mapping):
        raise UserError(f"the recorded scores of {name} can't be read")
    found = [ProbingScores.from_json(part.get(when)) for when in ("before", "after")]
    before, after = found
    if list(before.average) != list(after.average) or list(before.total) != list(after.total):
        raise UserError(f"{name}: before and after have other languages or regions")
    return EvaluationSet(name, before, after)
