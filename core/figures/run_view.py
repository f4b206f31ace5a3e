"""A run as the figures see it, and what they read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from core.data.predictions import Predictions
from core.data.probing_answers import ProbingAnswers
from core.data.qa.scores import QaScores
from core.data.qa.shown import ShownAnswers
from core.data.reciprocal_ranks import ReciprocalRanks
from core.errors import UserError
from core.metrics.accuracy import chance
from core.metrics.probing_sets import EvaluationSet, evaluation_sets
from core.selection.teachers import Selection

DEFAULT_STRATEGY = "alsace"


class Record(Protocol):
    """What the figures read from a run's record."""

    @property
    def id(self) -> str:
        """The run's id."""

    @property
    def config(self) -> Mapping[str, Any]:
        """Its settings, ``strategy`` among them."""

    @property
    def metrics(self) -> Mapping[str, Any]:
        """Scores, ``before`` and ``after`` among them."""

    @property
    def selection(self) -> Mapping[str, Any] | None:
        """The recorded teachers and confidences."""

    @property
    def badges(self) -> Sequence[str]:
        """Words of caution to print on every figure."""


class RunView(Protocol):
    """A run as the figures see it."""

    @property
    def record(self) -> Record:
        """The run's record."""

    def predictions(self, when: str) -> Predictions | None:
        """Answers ``before`` or ``after``, None if the run has none."""

    def answers(self, when: str) -> ProbingAnswers | None:
        """Scores of all candidates ``before`` or ``after``, None if the run asked no prompts."""

    def reciprocal_ranks(self) -> ReciprocalRanks | None:
        """What every model of a comparison answered, None if the run compared none."""

    def scores(self, when: str) -> QaScores | None:
        """Scores of questions ``before`` or ``after``, None if the run answered none."""

    def shown(self, when: str) -> ShownAnswers | None:
        """Answers to the questions that are shown, None without any."""

    def unlabelled(self) -> Predictions | None:
        """Answers on the items the teachers were chosen on."""

    def history(self) -> list[dict[str, Any]]:
        """What was logged, oldest first."""


def shown_items(record: Record) -> int | None:
    """How many items the accuracy in the history is measured on, where the run tells."""
    planned = record.config.get("shown_items")
    if not isinstance(planned, int) or planned < 1:
        return None
    before = record.metrics.get("before")
    whole = before.get("n") if isinstance(before, Mapping) else None
    return min(planned, whole) if isinstance(whole, int) and whole > 0 else planned


def missing(run: RunView, what: str) -> UserError:
    """What is raised where a run lacks what a figure needs."""
    return UserError(f"run {run.record.id} has no {what}, so this figure can't be drawn")


def accuracy_of(run: RunView, when: str) -> Mapping[str, float]:
    """Accuracy by language on a task."""
    scores = run.record.metrics.get(when)
    found: Mapping[str, float] | None = scores.get("accuracy") if scores else None
    if not found or any(isinstance(x, dict) for x in found.values()):  # by region: on prompts
        raise missing(run, f"accuracy on a task {when} distillation")
    return found


def chance_of(run: RunView) -> float | None:
    """Percent right by chance, where the answers with gold are at hand."""
    found = run.predictions("after") or run.predictions("before")
    return None if found is None or found.gold is None else chance(found)


def recorded(run: RunView) -> Selection:
    """The recorded teachers, confidences and lessons."""
    kept = run.record.selection
    if not kept:
        raise missing(run, "selection")
    strategy = run.record.config.get("strategy") or DEFAULT_STRATEGY
    return Selection.from_json(kept, strategy=str(strategy))


def with_gold(run: RunView, when: str) -> Predictions | None:
    """The answers to the evaluation items, where the right ones are known."""
    found = run.predictions(when)
    return None if found is None or found.gold is None else found


def main_set(run: RunView) -> EvaluationSet:
    """The main prompts' scores; those of further sets are on the page."""
    metrics = run.record.metrics
    if not isinstance(metrics.get("total") or metrics.get("evaluation"), dict | str):
        raise missing(run, "accuracy by region")
    found = evaluation_sets(metrics)
    if not found:
        raise missing(run, "accuracy by region")
    return found[0]
