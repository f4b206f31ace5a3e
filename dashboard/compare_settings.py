"""The settings in which the chosen runs differ, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.published.runs import is_published
from core.runs.groups import RunGroup, differing_settings
from dashboard.column_names import LONGEST_COLUMN, LONGEST_ROW, group_names
from dashboard.table_panel import table_panel

FEW = 3
"""Runs whose names have room beside one another."""


def differing_section(groups: Sequence[RunGroup]) -> None:
    """One row a setting that is not the same in all, one column a run."""
    own = [group for group in groups if not is_published(group.runs[0])]
    if len(own) < 2:
        st.caption("Choose two runs of this store or more to see in which settings they differ.")
        return
    called = group_names(own, LONGEST_ROW if len(own) <= FEW else LONGEST_COLUMN)
    rows = differing_settings({called[group.key]: group for group in own})
    if not rows:
        st.caption("These runs have the same settings.")
        return
    table_panel(
        [{"Setting": row.pop("setting"), **{x: _told(v) for x, v in row.items()}} for row in rows],
        key="differing_settings",
        file="differing-settings",
    )
    st.caption(
        "Only settings that decide the result and are not the same in all; “–”: the run has no "
        "such setting, or does not read it. Published rows name no settings."
    )


def _told(value: Any) -> str:
    if value is None or value in ([], ()):
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
