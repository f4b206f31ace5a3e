"""Accuracy of knowledge probing by region and language, as GeoMLAMA counts it (Yin et al. 2022).

Of an example with k right answers, those count that have one of the k lowest scores; equal scores
all count. A region's accuracy is what counts over what could. All values are fractions of 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.probing import ProbingDataset
from core.data.probing_answers import ProbingAnswers
from core.data.probing_scores import CandidateScores
from core.errors import UserError

ALL = "all"
"""The one region of data that has none."""


@dataclass(frozen=True)
class ProbingScores:
    """What a model knows about each region, asked in each language."""

    correct: Mapping[str, Mapping[str, int]]
    """language -> region -> right answers found."""
    total: Mapping[str, int]
    """region -> right answers there are, the same in every language."""
    accuracy: Mapping[str, Mapping[str, float]]
    """language -> region -> correct / total."""
    average: Mapping[str, float]
    """language -> mean accuracy of the regions, each counted once."""
    chance: Mapping[str, float]
    """region -> accuracy of a random pick."""

    @classmethod
    def of_counts(
        cls,
        correct: Mapping[str, Mapping[str, int]],
        total: Mapping[str, int],
        chance: Mapping[str, float],
    ) -> ProbingScores:
        """The scores that follow from counts (language -> region -> right answers found)."""
        accuracy = {
            language: {region: counts[region] / total[region] for region in total}
            for language, counts in correct.items()
        }
        average = {language: _mean(list(row.values())) for language, row in accuracy.items()}
        return cls(correct, total, accuracy, average, chance)

    @classmethod
    def from_json(cls, record: Any) -> ProbingScores:
        """The scores a run record holds, from their counts.

        Raises:
            UserError: a part is missing or no number.
        """
        try:
            total = {str(region): int(count) for region, count in record["total"].items()}
            correct = {
                str(language): {region: int(counts[region]) for region in total}
                for language, counts in record["correct"].items()
            }
            chance = {region: float(record["chance"][region]) for region in total}
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise UserError(f"the recorded scores can't be read: {error!r}") from error
        possible = total and correct and min(total.values()) > 0
        if not possible or not all(0 <= x <= 1 for x in chance.values()):
            raise UserError("the recorded scores can't be read: a count or chance is impossible")
        for counts in correct.values():
            if any(not 0 <= counts[region] <= total[region] for region in total):
                raise UserError("the recorded scores can't be read: more right than there are")
        return cls.of_counts(correct, total, chance)

    def to_json(self) -> dict[str, Any]:
        """What the run record keeps: ``correct, total, accuracy, average, chance``."""
        return asdict(self)

    @property
    def weakest(self) -> str:
        """The language with the lowest average."""
        return min(self.average, key=lambda language: self.average[language])

    @property
    def mean(self) -> float:
        """Mean of the languages' averages."""
        return _mean(list(self.average.values()))

    @property
    def mean_chance(self) -> float:
        """Mean of the regions' chance, beside which an average stands."""
        return _mean(list(self.chance.values()))


def score(data: ProbingDataset, scores: CandidateScores) -> ProbingScores:
    """Count the right answers of a model.

    Args:
        data: the dataset; all its languages are scored, each on its own right answers.
        scores: of at least these languages, lower is better.

    Raises:
        UserError: the scores do not fit the dataset.
    """
    found = hits(ProbingAnswers.of(data, scores))
    places = by_region(data)
    return ProbingScores.of_counts(
        correct={
            language: {region: int(counts[rows].sum()) for region, rows in places.items()}
            for language, counts in found.items()
        },
        total={region: sum(len(data.gold[i]) for i in rows) for region, rows in places.items()},
        chance=chance(data),
    )


def hits(answers: ProbingAnswers) -> dict[str, NDArray[np.int64]]:
    """How many right answers of each example are found.

    Returns:
        language -> [examples], 0 to the number of right answers.
    """
    return {
        language: np.array(
            list(
                map(
                    _found,
                    answers.scores[language],
                    answers.gold[language],
                    answers.distinct[language],
                )
            ),
            dtype=np.int64,
        )
        for language in answers.languages
    }


def _found(scores: NDArray[np.floating], gold: Sequence[int], distinct: NDArray[np.bool_]) -> int:
    """Right answers among the k best; a candidate listed twice takes one place."""
    limit = np.sort(scores[distinct])[len(gold) - 1]
    return int((scores[list(gold)] <= limit).sum())


def chance(data: ProbingDataset) -> dict[str, float]:
    """Accuracy of a random pick per region.

    Of n candidates as listed with k right ones, k picks find k*k/n; the mean over the languages.
    """
    expected = np.zeros(len(data))
    for probes in data.probes.values():
        expected += [
            len(gold) ** 2 / len(candidates)
            for gold, candidates in zip(probes.gold, probes.candidates, strict=True)
        ]
    expected /= max(1, len(data.languages))
    total = np.array([len(gold) for gold in data.gold])
    return {
        region: float(expected[rows].sum() / total[rows].sum())
        for region, rows in by_region(data).items()
    }


def by_region(data: ProbingDataset) -> dict[str, NDArray[np.int64]]:
    """Positions of the examples of each region, in order of first appearance."""
    regions = np.array(data.regions or (ALL,) * len(data))
    return {region: np.flatnonzero(regions == region) for region in dict.fromkeys(regions.tolist())}


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
