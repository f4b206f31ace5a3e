"""What a model answered to every prompt: the scores of all candidates, kept beside a run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.arrays import load_arrays, of_kind, save_arrays
from core.data.probing import ProbingDataset
from core.data.probing_scores import CandidateScores, check_scores
from core.errors import UserError


@dataclass(frozen=True)
class ProbingAnswers:
    """Candidate scores and what is right; no texts."""

    examples: tuple[str, ...]
    """One id per example, unique."""
    groups: tuple[str, ...]
    """Question group (cluster) of each example."""
    regions: tuple[str, ...]
    """What each example asks about; empty texts where there are no regions."""
    scores: Mapping[str, tuple[NDArray[np.floating], ...]]
    """language -> per example [own candidates], in nats; lower is better."""
    gold: Mapping[str, tuple[tuple[int, ...], ...]]
    """language -> per example the places of the right candidates, in the language's own order."""
    distinct: Mapping[str, tuple[NDArray[np.bool_], ...]]
    """language -> per example [own candidates], False where one is listed again."""
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """language -> per example `fingerprint` of its prompt and candidates; empty in older runs."""

    @classmethod
    def of(cls, data: ProbingDataset, scores: CandidateScores) -> ProbingAnswers:
        """The answers to a dataset.

        Raises:
            UserError: the scores do not fit the dataset.
        """
        check_scores(data, scores)
        return cls(
            examples=data.example_ids,
            groups=data.groups,
            regions=data.regions or ("",) * len(data),
            scores={x: tuple(scores[x]) for x in data.languages},
            gold={x: probes.gold for x, probes in data.probes.items()},
            distinct={
                x: tuple(map(_distinct, probes.candidates)) for x, probes in data.probes.items()
            },
            asked={
                x: tuple(map(fingerprint, probes.prompts, probes.candidates))
                for x, probes in data.probes.items()
            },
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in order."""
        return tuple(self.scores)

    def save(self, path: Path) -> None:
        """Write one ``.npz`` (float64, no pickle), by a temporary file and a rename."""
        arrays: dict[str, NDArray[np.generic]] = {
            "languages": np.array(self.languages),
            "examples": np.array(self.examples),
            "groups": np.array(self.groups),
            "regions": np.array(self.regions),
        }
        for number, language in enumerate(self.languages):
            rows, gold = self.scores[language], self.gold[language]
            arrays[f"scores_{number}"] = _joined(rows, np.float64)
            arrays[f"distinct_{number}"] = _joined(self.distinct[language], np.bool_)
            if self.asked:
                arrays[f"asked_{number}"] = np.array(self.asked[language])
            arrays[f"sizes_{number}"] = np.array([len(row) for row in rows], dtype=np.int32)
            arrays[f"gold_{number}"] = _joined([np.array(row) for row in gold], np.int32)
            arrays[f"golds_{number}"] = np.array([len(row) for row in gold], dtype=np.int32)
        save_arrays(path, arrays)

    @classmethod
    def load(cls, path: Path) -> ProbingAnswers:
        """Read what :meth:`save` wrote.

        Raises:
            UserError: the file is missing or damaged.
        """
        try:
            arrays = load_arrays(path)
            languages = [str(x) for x in arrays["languages"]]
            scores, gold, distinct, asked = {}, {}, {}, {}
            for number, language in enumerate(languages):
                values = of_kind(arrays[f"scores_{number}"], "f")
                places = of_kind(arrays[f"gold_{number}"], "i")
                if f"asked_{number}" in arrays:
                    asked[language] = tuple(str(x) for x in arrays[f"asked_{number}"])
                sizes = of_kind(arrays[f"sizes_{number}"], "i")
                scores[language] = _split(values, sizes)
                distinct[language] = _split(of_kind(arrays[f"distinct_{number}"], "b"), sizes)
                gold[language] = tuple(
                    tuple(map(int, row))
                    for row in _split(places, of_kind(arrays[f"golds_{number}"], "i"))
                )
            found = cls(
                examples=tuple(str(x) for x in arrays["examples"]),
                groups=tuple(str(x) for x in arrays["groups"]),
                regions=tuple(str(x) for x in arrays["regions"]),
                scores=scores,
                gold=gold,
                distinct=distinct,
                asked=asked,
            )
            found._check()
            return found
        except Exception as error:
            raise UserError(f"{path.name} can't be read as probing answers: {error}") from error

    def _check(self) -> None:
        """Every example has its parts in every language, and its gold among its candidates.

        Raises:
            ValueError: one does not.
        """
        count = len(self.examples)
        if len(set(self.examples)) < count:
            raise ValueError("an example stands twice")
        parts = [self.groups, self.regions, *self.scores.values(), *self.gold.values()]
        parts += self.asked.values()
        if any(len(part) != count for part in parts):
            raise ValueError(f"a part does not fit {count} examples")
        for language, rows in self.scores.items():
            for row, right in zip(rows, self.gold[language], strict=True):
                if not right or not set(right) <= set(range(len(row))):
                    raise ValueError(f"{language}: a right answer is not among the candidates")


def fingerprint(prompt: str, candidates: Sequence[str]) -> str:
    """SHA-256 of a prompt and its candidates (8 hex digits): the texts themselves are not kept."""
    return hashlib.sha256("\x1e".join((prompt, *candidates)).encode()).hexdigest()[:8]


def _distinct(candidates: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([candidates.index(text) == i for i, text in enumerate(candidates)], np.bool_)


def _joined(rows: Any, kind: type[np.generic]) -> NDArray[np.generic]:
    return np.concatenate([np.asarray(row, dtype=kind) for row in rows] or [np.empty(0, kind)])


def _split(values: NDArray[Any], sizes: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    if sizes.size == 0 or (sizes < 0).any() or int(sizes.sum()) != len(values):
        raise ValueError(f"{len(values)} values do not fit their sizes")
    return tuple(np.split(values, np.cumsum(sizes)[:-1]))
