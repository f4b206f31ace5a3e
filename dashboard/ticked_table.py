"""A table whose ticks belong to runs, not to places: a new run above moves no tick."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

LONG, HIGH = 12, 460
"""More rows than this scroll, in this many pixels."""


def ticked_table(
    rows: Sequence[dict[str, Any]],
    ids: Sequence[str],
    *,
    key: str,
    columns: dict[str, Any],
    mode: Literal["single-row", "multi-row"],
) -> list[str]:
    """Draw the table.

    Args:
        rows: what it shows.
        ids: of the run of each row.
        key: of the table, unique on the page.
        columns: configuration of the columns.
        mode: whether one row can be ticked, or several.

    Returns:
        The ids that are ticked, in the order of the rows.
    """
    kept = [place for place, run_id in enumerate(ids) if run_id in _ticked(key)]
    version = st.session_state.get(f"{key}_version", 0)
    event = st.dataframe(
        list(rows),
        hide_index=True,
        column_config=columns,
        key=f"{key}_{version}_{_digest(ids)}",
        on_select="rerun",
        selection_mode=mode,
        selection_default={"selection": {"rows": kept}},
        height="content" if len(rows) <= LONG else HIGH,
        placeholder="–",
    )
    found = [ids[place] for place in event["selection"]["rows"] if place < len(ids)]
    st.session_state[f"{key}_ticked"] = found
    return found


def tick(key: str, ids: Sequence[str]) -> None:
    """Tick these rows, and no others, from the next rerun on."""
    st.session_state[f"{key}_ticked"] = list(ids)
    st.session_state[f"{key}_version"] = st.session_state.get(f"{key}_version", 0) + 1


def _ticked(key: str) -> list[str]:
    found: list[str] = st.session_state.get(f"{key}_ticked", [])
    return found


def _digest(ids: Sequence[str]) -> str:
    """Another one for another list: Streamlit keeps ticks by place, and must begin anew."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
