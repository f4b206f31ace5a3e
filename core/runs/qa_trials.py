"""Finished trainings on questions as trials, and the scores that a record holds of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from core.config import QaTrainConfig
from core.config.answering import WEIGHTED
from core.runs.families import LANGUAGES, SEED, WITHOUT_EFFECT, Trial
from core.runs.record import RunRecord, Status
from core.runs.store import StoredRun

KIND = "qa_train"
NO_PART = frozenset({"stage1", "ranks", "shown_questions"})
"""Whether stage 1 was made anew, and how much is kept to be looked at, change no score."""
OF_KL = ("temperature",)
"""Settings that an objective without the KL does not read."""
OF_WEIGHT = ("coefficient", "k", "window")
"""Settings that only a weighted KL reads."""


def qa_score(record: RunRecord, when: str, measure: str, part: str) -> float | None:
    """One score as the record holds it, in percent, or None where it does not.

    Args:
        record: of a run on questions.
        when: ``before`` or ``after``.
        measure: ``f1`` or ``exact_match``.
        part: ``g_xlt``, ``xlt`` or ``off_diagonal``.
    """
    return _number(_scores(record, when, measure).get(part))


def qa_trials(runs: Iterable[StoredRun]) -> list[Trial]:
    """The finished trainings that have scores, in the order given.

    A trial's ``before`` and ``after`` are F1 by the language of the question.
    """
    return [trial for run in runs if (trial := _trial(run)) is not None]


def _trial(run: StoredRun) -> Trial | None:
    record = run.record
    if record.kind != KIND or record.status is not Status.FINISHED:
        return None
    before, after = (_by_question(record, when) for when in ("before", "after"))
    if not before or not after or set(before) != set(after):
        return None
    settings = _settings(record)
    if not isinstance(settings.get(SEED), int):
        return None
    return Trial(run, {**settings, LANGUAGES: tuple(sorted(before))}, before, after)


def _settings(record: RunRecord) -> dict[str, Any]:
    """The settings that decide the result; what the objective does not read is left out."""
    try:
        full = QaTrainConfig.model_validate(record.config).model_dump(mode="json")
    except ValidationError:  # recorded by other code: as it stands
        full = dict(record.config)
    idle: tuple[str, ...] = ()
    if full.get("objective") == "ce":
        idle = (*OF_KL, *OF_WEIGHT)
    elif full.get("objective") not in WEIGHTED:
        idle = OF_WEIGHT
    kept = {x: y for x, y in full.items() if x not in WITHOUT_EFFECT | NO_PART}
    return {"kind": record.kind, **kept, **dict.fromkeys(idle)}


def _by_question(record: RunRecord, when: str) -> dict[str, float]:
    """F1 by the language of the question, where it was asked."""
    found = _scores(record, when, "f1").get("by_question")
    if not isinstance(found, Mapping):
        return {}
    numbers = {str(language): _number(score) for language, score in found.items()}
    return {language: score for language, score in numbers.items() if score is not None}


def _scores(record: RunRecord, when: str, measure: str) -> Mapping[str, Any]:
    part = record.metrics.get(when)
    scores = part.get(measure) if isinstance(part, Mapping) else None
    return scores if isinstance(scores, Mapping) else {}


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
