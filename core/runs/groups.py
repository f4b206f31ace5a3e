"""Runs that are compared, seeds of the same settings taken together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core.metrics.spread import Spread
from core.metrics.transfer_gap import gap_from
from core.runs.families import SEED, families, settings_of, trial_of
from core.runs.scores import accuracy_of
from core.runs.store import StoredRun

SETTINGS_SHOWN = (
    "Only settings that decide the result and are not the same in all; “–”: the run has no "
    "such setting, or does not read it. Published rows name no settings."
)
"""What the rows of `settings_told` are, for whoever reads them."""


@dataclass(frozen=True)
class RunGroup:
    """A run, or runs that differ in nothing but the seed."""

    runs: tuple[StoredRun, ...]
    """By seed; one at least."""

    @property
    def key(self) -> str:
        """The id of the first run."""
        return self.runs[0].id

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds, in the order of the runs."""
        return tuple(seed_of(run) for run in self.runs)

    @property
    def pivot(self) -> str:
        """The language gaps are measured from."""
        return gap_from(self.runs[0].record.metrics)

    @property
    def badges(self) -> tuple[str, ...]:
        """Words of caution of any of the runs."""
        return tuple(dict.fromkeys(x for run in self.runs for x in run.record.badges))

    def scores(self, when: str) -> dict[str, float] | None:
        """Accuracy per language, the mean over the seeds; None where a run has none."""
        found = self._by_seed.get(when)
        if not found:
            return None
        return {x: float(np.mean([part[x] for part in found])) for x in found[0]}

    def spread(self, when: str, language: str) -> Spread:
        """A language's accuracy at every seed."""
        found = self._by_seed[when]
        return Spread({i: part[language] for i, part in enumerate(found)})

    def at_seeds(self, when: str) -> list[dict[str, float]]:
        """The accuracies of every run, in their order; empty where one has none."""
        return self._by_seed.get(when, [])

    @cached_property
    def _by_seed(self) -> dict[str, list[dict[str, float]]]:
        found = {}
        for when in ("before", "after"):
            parts = [accuracy_of(run.record, when) for run in self.runs]
            known = [part for part in parts if part is not None]
            if len(known) == len(self.runs):
                found[when] = known
        return found


def seed_of(run: StoredRun) -> int:
    """The seed of a run, 0 where it has none."""
    seed = run.record.config.get(SEED)
    return seed if isinstance(seed, int) else 0


def groups_of(runs: Sequence[StoredRun], *, together: bool = True) -> list[RunGroup]:
    """The runs in their order, seeds of the same settings as one.

    Of two runs of the same settings and seed the first stands in the group and the other alone.

    Args:
        runs: those that are compared.
        together: whether seeds are grouped at all.
    """
    if not together:
        return [RunGroup((run,)) for run in runs]
    trials = [trial for run in runs if (trial := trial_of(run)) is not None]
    grouped: dict[str, RunGroup] = {}
    for family in families(trials, {SEED}):
        by_seed: dict[int, StoredRun] = {}
        for trial in family.trials:
            by_seed.setdefault(trial.seed, trial.run)
        members = tuple(by_seed[seed] for seed in sorted(by_seed))
        grouped |= dict.fromkeys((run.id for run in members), RunGroup(members))
    found = (grouped.get(run.id, RunGroup((run,))) for run in runs)
    return list({group.key: group for group in found}.values())


def differing_settings(groups: Mapping[str, RunGroup]) -> list[dict[str, Any]]:
    """The settings in which groups differ: one row a setting, one column a group.

    A setting that a run does not have is None there. The seed counts as well, all of a group as
    one value.

    Args:
        groups: by label.
    """
    known = {name: _settings(group) for name, group in groups.items()}
    names = dict.fromkeys(name for part in known.values() for name in part)
    rows = []
    for name in names:
        values = {label: part.get(name) for label, part in known.items()}
        if len({_plain(value) for value in values.values()}) > 1:
            rows.append({"setting": name, **values})
    return rows


def settings_told(groups: Mapping[str, RunGroup]) -> list[dict[str, str]]:
    """The rows of `differing_settings` as people read them."""
    return [
        {"Setting": row.pop("setting"), **{label: _told(value) for label, value in row.items()}}
        for row in differing_settings(groups)
    ]


def _told(value: Any) -> str:
    if value is None or value in ([], ()):
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _settings(group: RunGroup) -> dict[str, Any]:
    found = dict(settings_of(group.runs[0].record))
    if SEED in found:
        found[SEED] = ", ".join(map(str, group.seeds))
    return found


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
