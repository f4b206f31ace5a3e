"""The settings in which the chosen runs differ, and no others."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.published.runs import is_published
from core.runs.groups import SETTINGS_SHOWN, RunGroup, settings_told
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
    rows = settings_told({called[group.key]: group for group in own})
    if not rows:
        st.caption("These runs have the same settings.")
        return
    table_panel(rows, key="differing_settings", file="differing-settings")
    st.caption(SETTINGS_SHOWN)
