"""Measures of equity of one run before and after, with the interval of each change."""

from __future__ import annotations

import math

import streamlit as st

from core.metrics.equity_intervals import HIGHER_IS_BETTER, RATIOS, MeasureChange
from core.quoting import signed
from core.runs.groups import RunGroup
from dashboard.equity_data import equity_changes
from dashboard.equity_panel import told
from dashboard.table_panel import table_panel


def equity_change_table(group: RunGroup, *, key: str) -> None:
    """Every measure of one run before and after, with the interval of its change.

    Args:
        group: that distilled.
        key: unique on the page.
    """
    found = equity_changes(group, 1.0)
    if found is None:
        st.caption("No intervals: the predictions before or after are not in this store.")
        return
    table_panel(
        [_change_row(name, one) for name, one in found.items()],
        key=f"equity_change_{key}",
        file=f"equity-{group.key}",
    )


def _change_row(name: str, one: MeasureChange) -> dict[str, str]:
    digits = 3 if name in RATIOS else 1
    change, verdict = one.change, one.change.verdict
    text = verdict
    if verdict in ("up", "down"):
        text = "better" if (verdict == "up") == (name in HIGHER_IS_BETTER) else "worse"
    ends = (signed(change.low, digits), signed(change.high, digits))
    return {
        "Measure": name,
        "Before": told(name, one.before.estimate, None),
        "After": told(name, one.after.estimate, None),
        "Change": "–" if math.isnan(change.estimate) else signed(change.estimate, digits),
        "95 % interval": "–" if math.isnan(change.low) else f"[{ends[0]}, {ends[1]}]",
        "Verdict": text,
    }
