"""The warning beside every gap: a model that answers the same to everything has no gap at all."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import UserError
from core.metrics.accuracy import average
from core.metrics.gap_change import NEAR_CHANCE, GapChange, decompose
from core.metrics.transfer_gap import gap_from
from core.runs.store import StoredRun
from dashboard.labels import escape, name, tail
from dashboard.scores import accuracy, comparison

COLLAPSE = "collapse"
"""The verdict of `core.metrics.gap_change`."""


def collapse_warning(runs: Sequence[StoredRun], *, resampled: bool = True) -> None:
    """Name the runs whose gap is void, and why; nothing where there is none.

    Args:
        runs: whose gaps are shown.
        resampled: let the intervals over the items decide what fell; else the record's numbers
            alone, which for many runs takes no time.
    """
    told = collapsed if resampled else collapsed_by_record
    said = {run.id: why for run in runs if (why := told(run))}
    if not said:
        return
    lines = [
        f"{escape(name(run))} ({escape(tail(run))}): {said[run.id]}"
        for run in dict((run.id, run) for run in runs).values()
        if run.id in said
    ]
    st.warning(
        "Collapse: a model that answers nearly the same whatever it is asked has a small gap and "
        "has learned nothing. Its gap is void.  \n" + "  \n".join(lines),
        icon=":material/warning:",
    )


def collapsed(run: StoredRun) -> str:
    """Why a run's gap is void, in a few words; empty where nothing tells so.

    The verdict on its change, what its own collapse watch recorded, and an average at chance.
    """
    try:
        found = comparison(run)
    except UserError:
        return ""  # its own panel shows the reason
    if found is not None and found.change.verdict == COLLAPSE:
        return _fallen(found.change)
    scores = accuracy(run, "after")
    floor = None if found is None else found.chance
    if scores and floor is not None and average(scores) <= floor + NEAR_CHANCE:
        return f"an average of {average(scores):.1f} % where a guess gets {floor:.1f} %"
    return ""


def collapsed_by_record(run: StoredRun) -> str:
    """The same from the accuracies in the record, without intervals."""
    before, after = accuracy(run, "before"), accuracy(run, "after")
    if not before or not after or set(before) != set(after):
        return ""
    change = decompose(before, after, pivot=gap_from(run.record.metrics))
    return _fallen(change) if change.verdict == COLLAPSE else ""


def _fallen(change: GapChange) -> str:
    return f"the average fell by {-change.delta_average:.1f} points and the gap with it"
