"""What the page on balanced training reads of a run: its scores, intervals and probes."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.data.reciprocal_ranks import NAME
from core.metrics.balance_scores import BalanceIntervals, BalanceScores, balance_intervals
from core.metrics.probe_record import ProbeRecord
from core.runs.store import StoredRun
from core.runs.view import RunView
from dashboard import cache

KIND, PROBES = "balance", "balance_probe"


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


def probe_runs(run: StoredRun | None) -> list[StoredRun]:
    """Runs of linear probes, those on this run's models first."""
    found: Sequence[StoredRun] = cache.readable(PROBES)
    own = [x for x in found if run is not None and run.id in x.record.parents]
    return [*own, *(x for x in found if x not in own)]
