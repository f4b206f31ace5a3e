"""Candidate scores of a model, and what they say about the aligned classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.data.probing import ProbingDataset
from core.errors import UserError

CandidateScores = Mapping[str, Sequence[NDArray[np.floating]]]
"""language -> per example [own candidates]; lower is better (mean -log p of a candidate's pieces,
calibrated or not)."""


def check_scores(data: ProbingDataset, scores: CandidateScores) -> None:
    """Refuse scores that do not fit the dataset.

    Raises:
        UserError: a language has none, or an example has too few, too many, or a score that is no
            finite number; the message names the first one.
    """
    if missing := [language for language in data.languages if language not in scores]:
        raise UserError(f"{data.name}: no scores in {', '.join(missing)}")
    for language, probes in data.probes.items():
        rows = scores[language]
        if len(rows) != len(data):
            raise UserError(f"{data.name}: {language} has scores of {len(rows)} of {len(data)}")
        for example, row, candidates in zip(data.example_ids, rows, probes.candidates, strict=True):
            if np.shape(row) != (len(candidates),):
                raise UserError(
                    f"{data.name}: {language}, example {example}: scores of shape "
                    f"{np.shape(row)}, but {len(candidates)} candidates"
                )
            if not np.isfinite(row).all():
                raise UserError(
                    f"{data.name}: {language}, example {example}: a score is no finite number"
                )


def class_scores(
    scores: NDArray[np.floating], classes: Sequence[int], count: int
) -> NDArray[np.float64]:
    """The score of each aligned class: that of its best candidate.

    So a candidate listed twice, or two words for what is one word elsewhere, count once, and a
    model that finds all candidates equally good finds all classes equally good in every language.

    Args:
        scores: [own candidates], lower is better.
        classes: per candidate its class.
        count: number of classes.

    Returns:
        [classes], lower is better.
    """
    best = np.full(count, np.inf)
    np.minimum.at(best, np.asarray(classes, dtype=np.int64), np.asarray(scores, dtype=np.float64))
    return best


def to_predictions(data: ProbingDataset, scores: CandidateScores) -> Predictions:
    """Distributions over the aligned classes: the softmax of their negated scores.

    Examples with fewer classes than others have a class mask and probability 0 there; the gold
    classes are the dataset's (by meaning), the clusters its groups.

    Args:
        data: the dataset; all its languages are used.
        scores: of at least these languages.

    Raises:
        UserError: the scores do not fit the dataset.
    """
    check_scores(data, scores)
    counts = np.array(data.class_counts, dtype=np.int64)
    width = int(counts.max(initial=1))
    mask = np.arange(width) < counts[:, None]
    gold = np.zeros((len(data), width), dtype=np.bool_)
    for i, right in enumerate(data.gold):
        gold[i, list(right)] = True
    negated = np.full((len(data.languages), len(data), width), -np.inf)
    for row, (language, probes) in enumerate(data.probes.items()):
        for i, classes in enumerate(probes.classes):
            found = class_scores(scores[language][i], classes, counts[i])
            negated[row, i, : counts[i]] = -found
    weights = np.exp(negated - negated.max(axis=2, keepdims=True, initial=-np.inf))
    return Predictions(
        languages=data.languages,
        examples=data.example_ids,
        probabilities=weights / weights.sum(axis=2, keepdims=True),
        gold=gold,
        class_mask=mask,
        clusters=data.groups,
    )
