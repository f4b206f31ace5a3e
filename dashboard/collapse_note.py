"""The warning beside every gap: a model that answers the same to everything has no gap at all."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import UserError
from core.metrics.accuracy import average
from core.metrics.gap_change import NEAR_CHANCE
from core.runs.store import StoredRun
from dashboard.labels import escape, name, tail
from dashboard.scores import accuracy, comparison


def collapse_warning(runs: Sequence[StoredRun]) -> None:
    """Name the runs whose gap is void, and why; nothing where there is none."""
    said = {run.id: why for run in runs if (why := collapsed(run))}
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
    if found is not None and found.change.verdict == "collapse":
        change = found.change.delta_average
        return f"the average fell by {-change:.1f} points and the gap with it"
    scores = accuracy(run, "after")
    floor = None if found is None else found.chance
    if scores and floor is not None and average(scores) <= floor + NEAR_CHANCE:
        return f"an average of {average(scores):.1f} % where a guess gets {floor:.1f} %"
    return ""
