"""A comparison of balanced training as its record holds it, and intervals of its MRR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.data.reciprocal_ranks import ReciprocalRanks
from core.errors import UserError
from core.metrics.bootstrap import RESAMPLES, Interval, percentile_interval, resampled_sums

TEACHERS = "teachers"
"""Stands for the monolingual models, each in its own language."""
TEACHER = "teacher-"
HIGH, LOW, ALL = "high", "low", "all"
GROUPS = (HIGH, LOW, ALL)


@dataclass(frozen=True)
class BalanceScores:
    """MRR of every model in every language, in percent."""

    mrr: Mapping[str, Mapping[str, float]]
    """model -> language -> MRR; `TEACHERS` first."""
    groups: Mapping[str, tuple[str, ...]]
    """high, low and all -> languages; only groups that have some."""
    characters: Mapping[str, int]
    """language -> characters trained on where all data are used; empty where not recorded."""
    balanced: Mapping[str, int]
    """The same of the balanced data."""

    @property
    def languages(self) -> tuple[str, ...]:
        """High-resource ones first, each group by the size of its data."""
        return self.groups[ALL]

    @property
    def models(self) -> tuple[str, ...]:
        """The multilingual ones."""
        return tuple(name for name in self.mrr if name != TEACHERS)

    def mean(self, model: str, group: str) -> float:
        """Mean MRR over the languages of a group."""
        return float(np.mean([self.mrr[model][x] for x in self.groups[group]]))

    def difference(self, model: str, group: str, other: str = TEACHERS) -> float:
        """Mean difference from another model over a group; from the teachers: D(M, L), Eq. 3."""
        return self.mean(model, group) - self.mean(other, group)

    @classmethod
    def from_json(cls, metrics: Mapping[str, Any]) -> BalanceScores | None:
        """Read a record's metrics; None while it holds none.

        Raises:
            UserError: they are damaged.
        """
        if "mrr" not in metrics:
            return None
        try:
            teachers = {str(x): float(value) for x, value in metrics["teachers"].items()}
            mrr = {
                str(name): {x: float(own[x]) for x in teachers}
                for name, own in metrics["mrr"].items()
            }
            sizes = [
                {str(x): int(n) for x, n in (metrics.get(part) or {}).items()}
                for part in ("characters", "balanced_characters")
            ]
            order = sorted(teachers, key=lambda x: -sizes[0].get(x, 0))
            high = [x for x in order if x in metrics["groups"][HIGH]]
            low = [x for x in order if x not in high]
            groups = {HIGH: tuple(high), LOW: tuple(low), ALL: (*high, *low)}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UserError(f"the recorded MRR can't be read: {error!r}") from error
        if not teachers:
            raise UserError("the recorded MRR can't be read: it is of no language")
        kept = {name: part for name, part in groups.items() if part}
        return cls({TEACHERS: teachers, **mrr}, kept, *sizes)


class Ranges(Protocol):
    """How sure a mean or a difference is: by resampled test texts, or by seeds."""

    @property
    def title(self) -> str:
        """At the head of a column."""

    @property
    def note(self) -> str:
        """Below a figure."""

    @property
    def how(self) -> str:
        """How a verdict is reached."""

    def of(self, model: str, languages: Sequence[str], other: str | None = None) -> Interval | None:
        """The mean over languages of a model's MRR, less another model's."""


@dataclass(frozen=True)
class BalanceIntervals:
    """Resampled MRR: whole clusters are drawn, the same ones for every language and model."""

    columns: Mapping[str, Mapping[str, int]]
    """model -> language -> column of the samples."""
    samples: NDArray[np.float64]
    """[resamples, columns] in percent."""
    estimates: NDArray[np.float64]
    """[columns]: on the data itself."""
    clusters: int
    level: float = 0.95

    @property
    def resamples(self) -> int:
        """How many."""
        return len(self.samples)

    @property
    def title(self) -> str:
        """At the head of a column."""
        return f"{100 * self.level:.0f} % interval"

    @property
    def note(self) -> str:
        """Below a figure."""
        return (
            f"lines: {100 * self.level:.0f} % bootstrap over {self.clusters:,} test texts, the "
            f"same in every language, {self.resamples:,} resamples"
        )

    @property
    def how(self) -> str:
        """How a verdict is reached."""
        return (
            f"A finding holds, or does not, where the {100 * self.level:.0f} % interval excludes "
            "0; else it is undetermined. One run is one seed."
        )

    def of(self, model: str, languages: Sequence[str], other: str | None = None) -> Interval | None:
        """The mean over languages of a model's MRR, less another model's.

        Returns:
            None where a model was not asked in one of the languages.
        """
        weights = np.zeros(self.samples.shape[1])
        for name, sign in ((model, 1), (other, -1)):
            if name is None:
                continue
            own = self.columns.get(name, {})
            if not languages or any(x not in own for x in languages):
                return None
            weights[[own[x] for x in languages]] += sign / len(languages)
        return percentile_interval(
            self.samples @ weights, float(self.estimates @ weights), self.level
        )

    @cached_property
    def by_language(self) -> dict[str, dict[str, Interval]]:
        """By model and language: the interval of its MRR."""
        found: dict[str, dict[str, Interval]] = {}
        for model, own in self.columns.items():
            found[model] = {
                x: percentile_interval(
                    self.samples[:, place], float(self.estimates[place]), self.level
                )
                for x, place in own.items()
            }
        return found


def balance_intervals(
    ranks: ReciprocalRanks, *, resamples: int = RESAMPLES, seed: int = 0
) -> BalanceIntervals:
    """Resample the test texts.

    The same verse in two languages, or two translations of it, is one cluster: it is drawn or left
    out as a whole. Resamples in which a language has no text at all are left out.

    Args:
        ranks: of every model at the same positions.
        resamples: how many.
        seed: of the draws.

    Raises:
        UserError: there are none.
    """
    names = np.unique(np.concatenate([*ranks.clusters.values(), np.empty(0, np.int32)]))
    if not len(names):
        raise UserError("no reciprocal ranks to resample")
    place = {x: np.searchsorted(names, own) for x, own in ranks.clusters.items()}
    sizes = {x: np.bincount(own, minlength=len(names)) * 1.0 for x, own in place.items()}
    columns: dict[str, dict[str, int]] = {}
    sums: list[NDArray[Any]] = []
    counts: list[NDArray[Any]] = []
    for model, by_language in ranks.ranks.items():
        name = TEACHERS if model.startswith(TEACHER) else model
        for x, values in by_language.items():
            columns.setdefault(name, {})[x] = len(sums)
            weights = values.astype(np.float64)
            sums.append(np.bincount(place[x], weights=weights, minlength=len(names)))
            counts.append(sizes[x])
    table, whole = np.array(sums).T, np.array(counts).T
    drawn, asked = np.split(resampled_sums(np.hstack([table, whole]), resamples, seed), 2, axis=1)
    kept = (asked > 0).all(axis=1)
    estimates = 100 * table.sum(axis=0) / whole.sum(axis=0)
    return BalanceIntervals(columns, 100 * drawn[kept] / asked[kept], estimates, len(names))
