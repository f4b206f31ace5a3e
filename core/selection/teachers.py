"""Teacher Language Selection: confidence in the vote and the threshold (ALSACE, Eq. 2-3)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.answers import answers
from core.data.predictions import Predictions
from core.errors import UserError
from core.selection.vote import majority_vote

TOLERANCE = 1e-12
"""Slack of ``normalized >= threshold``: equal languages all reach their own mean."""


@dataclass(frozen=True)
class Bounds:
    """Between which thresholds a choice can change anything."""

    lowest: float
    """At or below it every language teaches, whatever the model: 1 / (1 + (T-1) e)."""
    highest: float
    """Above it no language can ever teach: e / (e + T-1)."""
    observed_lowest: float
    """The smallest normalized confidence: at or below it every language teaches here."""
    observed_highest: float
    """The largest normalized confidence: above it no language teaches here."""


@dataclass(frozen=True)
class Selection:
    """Which languages teach, and everything that decided it."""

    languages: tuple[str, ...]
    threshold: float
    """On the normalized confidence."""
    threshold_is_mean: bool
    """The threshold is the mean of the normalized confidences, 1 / T (the paper's rule)."""
    bounds: Bounds
    teachers: tuple[str, ...]
    students: tuple[str, ...]
    confidence: NDArray[np.float64]
    """[languages]: mean probability of the vote, 0 to 1 (s, Eq. 2)."""
    normalized: NDArray[np.float64]
    """[languages]: softmax of the confidence over the languages."""
    pseudo_labels: NDArray[np.int64]
    """[examples]: class index the languages voted for."""
    ties: int
    """Examples whose vote was tied; 0 when the pseudo-labels were given."""
    strategy: str = "alsace"
    lessons: Mapping[str, tuple[str, ...]] | None = None
    """Learner -> its teachers, where not every language learns from every teacher; a learner
    without teachers does not learn. A teacher may stand in its own lesson."""
    notes: tuple[str, ...] = ()
    """What a reader must know about how the teachers were chosen."""

    def with_teachers(
        self,
        names: Sequence[str],
        lessons: Mapping[str, tuple[str, ...]] | None = None,
        notes: Sequence[str] = (),
    ) -> Selection:
        """The same scores with other teachers; without any of them there are no lessons."""
        return replace(
            self,
            teachers=tuple(x for x in self.languages if x in names),
            students=tuple(x for x in self.languages if x not in names),
            lessons=lessons if names else None,
            notes=tuple(notes),
        )

    def rescored(self, scores: NDArray[np.float64]) -> Selection:
        """The same vote and threshold with other confidences [languages], which decide."""
        normalized = normalize(scores)
        teaches = normalized >= self.threshold - TOLERANCE
        scored = replace(
            self, confidence=scores, normalized=normalized, bounds=threshold_bounds(normalized)
        )
        return scored.with_teachers([self.languages[place] for place in np.flatnonzero(teaches)])

    def teachers_of(self, learner: str) -> tuple[str, ...]:
        """Who teaches a language; itself among them where its own answer counts."""
        return self.teachers if self.lessons is None else self.lessons.get(learner, ())

    @property
    def confidence_at_threshold(self) -> float:
        """The confidence a language needs to teach: log(threshold * sum(exp(s)))."""
        if self.threshold <= 0:
            return -math.inf
        return math.log(self.threshold * float(np.exp(self.confidence).sum()))

    def to_json(self) -> dict[str, Any]:
        """What the run record keeps; read back by :meth:`from_json`."""
        told: dict[str, Any] = {
            "threshold": self.threshold,
            "teachers": list(self.teachers),
            "students": list(self.students),
            "confidence": dict(zip(self.languages, self.confidence.tolist(), strict=True)),
            "normalized": dict(zip(self.languages, self.normalized.tolist(), strict=True)),
            "pseudo_labels": self.pseudo_labels.tolist(),
            "ties": self.ties,
            "bounds": [self.bounds.lowest, self.bounds.highest],
        }
        if self.lessons is not None:
            told["lessons"] = {learner: list(names) for learner, names in self.lessons.items()}
        if self.notes:
            told["notes"] = list(self.notes)
        return told

    @classmethod
    def from_json(cls, record: Mapping[str, Any], strategy: str = "alsace") -> Selection:
        """The selection a run record holds.

        Raises:
            UserError: a key is missing.
        """
        try:
            normalized = np.array(list(record["normalized"].values()), dtype=np.float64)
            lessons = record.get("lessons")
            return cls(
                languages=tuple(record["confidence"]),
                threshold=float(record["threshold"]),
                threshold_is_mean=_is_mean(float(record["threshold"]), normalized.size),
                bounds=threshold_bounds(normalized),
                teachers=tuple(record["teachers"]),
                students=tuple(record["students"]),
                confidence=np.array(list(record["confidence"].values()), dtype=np.float64),
                normalized=normalized,
                pseudo_labels=np.array(record["pseudo_labels"], dtype=np.int64),
                ties=int(record["ties"]),
                strategy=strategy,
                lessons=None if lessons is None else {x: tuple(y) for x, y in lessons.items()},
                notes=tuple(record.get("notes", ())),
            )
        except KeyError as error:
            raise UserError(f"the recorded selection has no {error.args[0]!r}") from error


def confidence(
    probabilities: NDArray[np.floating], pseudo_labels: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Mean probability each language gives to the vote (ALSACE, Eq. 2).

    Args:
        probabilities: [languages, examples, classes].
        pseudo_labels: [examples] class indices.

    Returns:
        [languages], 0 to 1, computed in float64.

    Raises:
        UserError: no examples, or labels that do not fit the probabilities.
    """
    examples, classes = probabilities.shape[1:]
    if examples == 0:
        raise UserError("a selection needs at least one example")
    if pseudo_labels.shape != (examples,):
        raise UserError(f"pseudo-labels have shape {pseudo_labels.shape}, expected ({examples},)")
    if pseudo_labels.min() < 0 or pseudo_labels.max() >= classes:
        raise UserError(f"pseudo-labels must be class indices from 0 to {classes - 1}")
    voted = probabilities[:, np.arange(examples), pseudo_labels]
    return voted.astype(np.float64).mean(axis=1)


def mean_maximum(
    probabilities: NDArray[np.floating], class_mask: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Mean probability of each language's own answer: [languages], 0 to 1, in float64.

    Args:
        probabilities: [languages, examples, classes].
        class_mask: [examples, classes]; the probability of an absent class does not count.
    """
    own = answers(probabilities, class_mask)[..., None]
    return np.take_along_axis(probabilities, own, -1)[..., 0].astype(np.float64).mean(axis=1)


def normalize(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Softmax of the confidences [languages] over the languages; sums to 1."""
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def threshold_bounds(normalized: NDArray[np.float64]) -> Bounds:
    """The thresholds between which a choice matters, for any model and for this one.

    Confidences lie in [0, 1], so that a normalized one is smallest when its language is at 0
    and all others are at 1, and largest the other way round.
    """
    others = normalized.size - 1
    return Bounds(
        lowest=1 / (1 + others * math.e),
        highest=math.e / (math.e + others),
        observed_lowest=float(normalized.min()),
        observed_highest=float(normalized.max()),
    )


def select_teachers(
    predictions: Predictions,
    threshold: float | None = None,
    pseudo_labels: NDArray[np.integer] | None = None,
) -> Selection:
    """Choose the languages that agree with the vote confidently (ALSACE, Eq. 1-3).

    A language teaches iff its normalized confidence >= threshold - 1e-12. With a threshold
    that nobody reaches ``teachers`` is empty; that is no error here.

    Args:
        predictions: one model's answers on the same examples in every language.
        threshold: on the normalized confidence; None for its mean, which is 1 / T.
        pseudo_labels: [examples] class indices to use in place of the vote.

    Returns:
        The selection; languages keep the order of the predictions.

    Raises:
        UserError: nothing to select from, or a threshold that is no finite number.
    """
    if threshold is not None and not math.isfinite(threshold):
        raise UserError(f"the threshold must be a finite number, not {threshold}")
    ties = 0
    if pseudo_labels is None:
        vote = majority_vote(predictions.probabilities, predictions.class_mask, predictions.chosen)
        pseudo_labels, ties = vote.pseudo_labels, vote.ties
    scores = confidence(predictions.probabilities, pseudo_labels)
    normalized = normalize(scores)
    languages = predictions.languages
    theta = 1 / len(languages) if threshold is None else float(threshold)
    teaches = normalized >= theta - TOLERANCE
    return Selection(
        languages=languages,
        threshold=theta,
        threshold_is_mean=_is_mean(theta, len(languages)),
        bounds=threshold_bounds(normalized),
        teachers=tuple(x for x, is_in in zip(languages, teaches, strict=True) if is_in),
        students=tuple(x for x, is_in in zip(languages, teaches, strict=True) if not is_in),
        confidence=scores,
        normalized=normalized,
        pseudo_labels=np.asarray(pseudo_labels, dtype=np.int64),
        ties=ties,
    )


def _is_mean(threshold: float, languages: int) -> bool:
    return abs(threshold - 1 / languages) <= TOLERANCE
