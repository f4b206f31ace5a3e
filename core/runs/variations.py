"""Runs in which one number varies and nothing else but the seed: shots, labelled items, ..."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from core.config.methods import METHODS
from core.metrics.accuracy import PIVOT
from core.runs.families import LANGUAGES, SEED, Family, Trial, families

COUNTED = {"labelled": ("english_labels", "stopping"), "shots": ("distillation",)}
"""Settings that ask for so many items -> their uses in the ledger; the data may have fewer."""


@dataclass(frozen=True)
class Variation:
    """One setting at several values, each at one seed or more."""

    setting: str
    """A number's name in the config; ``languages`` stands for how many there are."""
    family: Family
    points: Mapping[float, Mapping[int, Trial]]
    """Value, in ascending order -> seed -> its newest run."""
    exhausted: Mapping[float, float]
    """Value that was asked for -> the smaller one that the data have no more items than for; left
    out of the points, since it is the same run again."""

    @property
    def alike(self) -> dict[float, dict[int, Trial]]:
        """The points at the seeds that all of them have; as they are if they share none.

        Only these can be joined by a line: between other seeds more differs than the setting.
        """
        shared = set.intersection(*(set(seeds) for seeds in self.points.values()))
        return {
            value: {seed: x for seed, x in seeds.items() if seed in shared or not shared}
            for value, seeds in self.points.items()
        }

    @property
    def key(self) -> str:
        """The same for the same settings, whatever the store."""
        return f"{self.setting}-{self.family.key}"

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that all the runs have, which is all of them unless their number varies."""
        trials = [trial for seeds in self.points.values() for trial in seeds.values()]
        first = trials[0].before
        return tuple(x for x in first if all(x in trial.before for trial in trials))

    @property
    def pivot(self) -> str:
        """The language of the labels, which the gaps are measured from."""
        return str(self.family.shared.get("source") or PIVOT)


def variations(trials: Iterable[Trial]) -> list[Variation]:
    """All settings that vary alone; those with most values first.

    Languages vary in number only if each set of them holds the smaller ones.
    """
    known = list(trials)
    names = dict.fromkeys(name for trial in known for name in trial.settings)
    found = []
    for setting in names:
        if setting == SEED or len({_number(trial, setting) for trial in known} - {None}) < 2:
            continue
        for family in families(known, {SEED, setting}):
            points = _points(family, setting)
            exhausted = _exhausted(points, setting)
            points = {value: x for value, x in points.items() if value not in exhausted}
            if len(points) > 1 and (setting != LANGUAGES or _nested(points)):
                found.append(Variation(setting, family, points, exhausted))
    return sorted(found, key=lambda x: (-len(x.points), -len(x.family.trials)))


def items_of(trial: Trial, setting: str) -> int | None:
    """How many items the run's ledger counts for a setting of `COUNTED`; None if it tells none."""
    ledger = trial.run.record.ledger
    parts = [ledger.get(use) for use in COUNTED[setting]] if isinstance(ledger, dict) else []
    counts = [part.get("count") for part in parts if isinstance(part, dict)]
    return sum(count for count in counts if isinstance(count, int)) or None


def _points(family: Family, setting: str) -> dict[float, dict[int, Trial]]:
    points: dict[float, dict[int, Trial]] = {}
    for trial in family.trials:
        value = _number(trial, setting)
        if value is not None:
            points.setdefault(value, {}).setdefault(trial.seed, trial)
    return {value: dict(sorted(points[value].items())) for value in sorted(points)}


def _exhausted(points: Mapping[float, Mapping[int, Trial]], setting: str) -> dict[float, float]:
    """Numbers of items that are larger than a smaller one only in name."""
    found: dict[float, float] = {}
    if setting not in COUNTED:
        return found
    for small, large in pairwise(points):
        seeds = points[small].keys() & points[large].keys()
        used = [[items_of(points[x][seed], setting) for seed in seeds] for x in (small, large)]
        if seeds and None not in used[0] and used[0] == used[1]:
            found[large] = found.get(small, small)
    return found


def _nested(points: Mapping[float, Mapping[int, Trial]]) -> bool:
    """Whether every set of languages holds all smaller ones."""
    sets = [set(trial.before) for seeds in points.values() for trial in seeds.values()]
    return all(small <= large for small, large in pairwise(sets))


def _number(trial: Trial, setting: str) -> float | None:
    """The setting as a number, one that was left out as what it came to; None if it is none."""
    value: Any = trial.settings.get(setting)
    if setting == LANGUAGES:
        return len(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return _came_to(trial, setting) if value is None else None


def _came_to(trial: Trial, setting: str) -> float | None:
    if setting == "labelled":
        return items_of(trial, setting)
    if setting == "threshold":
        found = (trial.run.record.selection or {}).get("threshold")
        return float(found) if isinstance(found, int | float) else None
    if setting == "confident_share":
        known = METHODS.get(str(trial.settings.get("method")))
        return None if known is None else known.confident_share
    return None
