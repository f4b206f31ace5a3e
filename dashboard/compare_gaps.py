"""What each chosen run's change of the gap is made of, against its own start, with its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.figures.gap_changes import gap_changes
from core.languages import english_name
from core.metrics.bootstrap import Interval
from core.runs.groups import RunGroup
from dashboard.column_names import LONGEST_ROW, group_names
from dashboard.compare_languages import range_of
from dashboard.compared_data import Compared, compared
from dashboard.figure_panel import figure_panel
from dashboard.score_panel import meaning
from dashboard.table_panel import table_panel


def gaps_section(groups: Sequence[RunGroup]) -> None:
    """The figure of all runs, and the table with intervals and verdicts."""
    called, rows = group_names(groups), group_names(groups, LONGEST_ROW)
    found = {
        called[group.key]: (group, one)
        for group in groups
        if (one := compared(group, None)) is not None and one.change is not None
    }
    known = {
        name: (one.change, one.intervals)
        for name, (_, one) in found.items()
        if one.change is not None and one.change.delta_gap is not None
    }
    if not known:
        st.caption("None of these runs has a gap before and after.")
        return
    st.markdown(
        "Change of the gap = change of English (or of the language of the labels) − mean change of "
        "the others. A smaller gap is good news only if the others rose."
    )
    figure_panel(
        partial(gap_changes, known, badges=sorted({x for g in groups for x in g.badges})),
        key="gap_changes",
        alt="Change of the gap, of English and of the mean of the others in every chosen run.",
        file="gap-changes",
    )
    table_panel(
        [
            _row(rows[group.key], group, one)
            for name, (group, one) in found.items()
            if name in known
        ],
        key="gap_changes_table",
        file="gap-changes-table",
        columns={
            name: st.column_config.NumberColumn(format="%+.1f")
            for name in ("Δ gap", "Δ pivot", "Δ others", "Δ average")
        }
        | {"Gap, SD": st.column_config.NumberColumn(format="%.1f")},
        digits=1,
    )
    st.caption(
        "Verdicts are by the intervals over the items (by changes of more than half a point where "
        "there are none, as for published rows); with several seeds, of their mean. SD: over the "
        "seeds. “undetermined”: the intervals decide too little to name the change."
    )


def _row(name: str, group: RunGroup, one: Compared) -> dict[str, Any]:
    change, made = one.change, one.intervals
    assert change is not None  # the caller keeps those alone
    seeds = _gap_by_seed(group, one)
    return {
        "Run": name,
        "Verdict": change.worded,
        "Δ gap": change.delta_gap,
        "Gap, 95 %": _range(made.gap if made else None),
        "Gap, SD": seeds,
        "Δ pivot": change.delta_english,
        "Pivot": english_name(change.pivot),
        "Pivot, 95 %": _range(made.pivot if made else None),
        "Δ others": change.delta_others,
        "Others, 95 %": _range(made.average_non_english if made else None),
        "Δ average": change.delta_average,
        "Meaning": meaning(change),
    }


def _gap_by_seed(group: RunGroup, one: Compared) -> float | None:
    """Standard deviation over the seeds of the change of the gap."""
    pivot = one.changes.get(group.pivot)
    others = [spread for language, spread in one.changes.items() if language != group.pivot]
    if pivot is None or not others or pivot.n < 2:
        return None
    gaps = {
        i: pivot.by_seed[i] - sum(spread.by_seed[i] for spread in others) / len(others)
        for i in pivot.by_seed
    }
    return type(pivot)(gaps).deviation


def _range(interval: Interval | None) -> str:
    return range_of(interval) or "–"
