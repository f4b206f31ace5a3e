"""What the page on balanced training reads of runs: scores, intervals, seeds and probes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.data.reciprocal_ranks import NAME
from core.metrics.balance_scores import BalanceIntervals, BalanceScores, Ranges, balance_intervals
from core.metrics.balance_seeds import SeedRanges, mean_scores
from core.metrics.probe_record import ProbeRecord
from core.metrics.probe_seeds import mean_probes
from core.runs.balance_trials import balance_trials, by_seed, probes_by_seed
from core.runs.families import Trial
from core.runs.store import StoredRun
from core.runs.view import RunView
from dashboard import cache

KIND, PROBES = "balance", "balance_probe"


@dataclass(frozen=True)
class Shown:
    """What a comparison's figures are drawn from: one run, or the mean of all its seeds."""

    run: StoredRun
    scores: BalanceScores
    ranges: Ranges | None
    seeds: tuple[int, ...]

    @property
    def file(self) -> str:
        """Ends the names of downloaded files."""
        return self.run.id + (f"-{len(self.seeds)}-seeds" if len(self.seeds) > 1 else "")


def scores(run: StoredRun) -> BalanceScores | None:
    """The run's MRR; None while it holds none.

    Raises:
        UserError: the recorded scores are damaged.
    """
    return cache.of_record("balance", run, lambda: BalanceScores.from_json(run.record.metrics))


def probes(run: StoredRun) -> ProbeRecord | None:
    """The run's linear probes; None while it holds none.

    Raises:
        UserError: the recorded scores are damaged.
    """
    return cache.of_record("probes", run, lambda: ProbeRecord.from_json(run.record.metrics))


def intervals(run: StoredRun) -> BalanceIntervals | None:
    """Resampled MRR; None where the run keeps no reciprocal ranks.

    Raises:
        UserError: the file is damaged.
    """
    changed = cache.stamp(run.path / NAME)
    return _intervals(run, run.id, changed) if changed else None


@st.cache_resource(max_entries=16, show_spinner="Resampling the test texts ...")
def _intervals(_run: StoredRun, run_id: str, changed: int) -> BalanceIntervals | None:
    found = RunView.of(_run).reciprocal_ranks()
    return None if found is None else balance_intervals(found)


def trials() -> list[Trial]:
    """All finished comparisons of the store, newest first."""
    found = (
        cache.of_record("balance_trial", run, lambda run=run: balance_trials([run]))  # type: ignore[misc]
        for run in cache.readable(KIND)
    )
    return [trial for some in found for trial in some]


def seeds_of(run: StoredRun) -> dict[int, StoredRun]:
    """Seed -> run: the run and those that differ from it in the seed only."""
    return by_seed(run, trials())


def alone(run: StoredRun) -> Shown | None:
    """The run by itself, without intervals; None while it holds no MRR.

    Raises:
        UserError: the recorded scores are damaged.
    """
    found = scores(run)
    return None if found is None else Shown(run, found, None, (run.record.config.get("seed", 0),))


def over_seeds(run: StoredRun) -> Shown | None:
    """The mean of the run and those that differ in the seed only; None with one seed.

    Raises:
        UserError: the recorded scores of one are damaged.
    """
    found = {seed: scores(one) for seed, one in seeds_of(run).items()}
    known = {seed: one for seed, one in found.items() if one is not None}
    if len(known) < 2:
        return None
    return Shown(run, mean_scores(known), SeedRanges(known), tuple(known))


def probe_runs(run: StoredRun | None) -> list[StoredRun]:
    """Runs of linear probes, those on this run's models first."""
    found: Sequence[StoredRun] = cache.readable(PROBES)
    own = [x for x in found if run is not None and run.id in x.record.parents]
    return [*own, *(x for x in found if x not in own)]


def probes_over_seeds(run: StoredRun, probe: StoredRun) -> ProbeRecord | None:
    """The mean of the same probes on the models of every seed; None with one seed.

    Args:
        run: the comparison.
        probe: on its models.

    Raises:
        UserError: the recorded scores of one are damaged.
    """
    same = probes_by_seed(probe, cache.readable(PROBES), seeds_of(run))
    found = [record for one in same.values() if (record := probes(one)) is not None]
    return mean_probes(found) if len(found) > 1 else None


def probes_on(runs: Sequence[StoredRun], task: str) -> ProbeRecord | None:
    """The newest scores of a task's probes on the models of one of these runs."""
    ids = {run.id for run in runs}
    for one in cache.readable(PROBES):
        if ids & set(one.record.parents) and one.record.config.get("task") == task:
            found = probes(one)
            if found is not None:
                return found
    return None
