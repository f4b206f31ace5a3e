"""A table whose ticks belong to runs, not to places: a new run above moves no tick."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from core.quoting import quote
from core.runs.store import matching
from dashboard.signed_columns import with_signs
from dashboard.url_state import note

LONG, HIGH = 12, 460
"""More rows than this scroll, in this many pixels."""


def ticked_table(
    rows: Sequence[dict[str, Any]],
    ids: Sequence[str],
    *,
    key: str,
    link: str,
    columns: dict[str, Any],
    mode: Literal["single-row", "multi-row"],
) -> list[str]:
    """Draw the table.

    Args:
        rows: what it shows.
        ids: of the run of each row.
        key: of the table, unique on the page.
        link: name in the URL of what is ticked.
        columns: configuration of the columns.
        mode: whether one row can be ticked, or several.

    Returns:
        The ids that are ticked, in the order of the rows.
    """
    _follow(link, key, ids)
    kept = [place for place, run_id in enumerate(ids) if run_id in _ticked(key)]
    version = st.session_state.get(f"{key}_version", 0)
    data, config = with_signs(rows, columns)
    event = st.dataframe(
        data,
        hide_index=True,
        column_config=config,
        key=f"{key}_{version}_{_digest(ids)}",
        on_select="rerun",
        selection_mode=mode,
        selection_default={"selection": {"rows": kept}},
        height="content" if len(rows) <= LONG else HIGH,
        placeholder="–",
    )
    found = [ids[place] for place in event["selection"]["rows"] if place < len(ids)]
    st.session_state[f"{key}_ticked"] = st.session_state[f"{key}_linked"] = found
    if st.query_params.get_all(link) != found:
        st.query_params[link] = found
    return found


def tick(key: str, ids: Sequence[str]) -> None:
    """Tick these rows, and no others, from the next rerun on."""
    st.session_state[f"{key}_ticked"] = list(ids)
    st.session_state[f"{key}_version"] = st.session_state.get(f"{key}_version", 0) + 1


def _follow(link: str, key: str, ids: Sequence[str]) -> None:
    """Tick what the URL names, once."""
    named = [name for name in st.query_params.get_all(link) if name]
    if not named or named == st.session_state.get(f"{key}_linked"):
        return
    found = {name: matching(ids, name) for name in named}
    for name, known in found.items():
        if len(known) != 1:
            note(f"The link names {quote(name)}, which is not in the table of this page.")
    tick(key, [known[0] for known in found.values() if len(known) == 1])


def _ticked(key: str) -> list[str]:
    found: list[str] = st.session_state.get(f"{key}_ticked", [])
    return found


def _digest(ids: Sequence[str]) -> str:
    """Another one for another list: Streamlit keeps ticks by place, and must begin anew."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
