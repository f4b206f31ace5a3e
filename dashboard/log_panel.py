"""The log of a run: its end on the page, and the whole file to download."""

from __future__ import annotations

import streamlit as st

from core.runs.store import StoredRun
from core.runs.view import RunView
from dashboard.labels import tail

LINES = 14


def log_panel(run: StoredRun, *, expanded: bool = False) -> None:
    """The last lines of the log, in an expander, with a button for the file.

    Args:
        run: whose log.
        expanded: open at first.
    """
    view = RunView.of(run)
    with st.expander("Log", icon=":material/notes:", expanded=expanded):
        lines = view.log_tail().splitlines()[-LINES:]
        st.code("\n".join(lines) or "Nothing logged yet.", language=None, height=220)
        if lines:
            st.download_button(
                "Download the whole log",
                view.log,
                file_name=f"{run.id}-log.txt",
                mime="text/plain",
                key=f"log_{run.id}",
                icon=":material/download:",
                help="The file log.txt of this run, with the traceback where one failed.",
                on_click="ignore",
            )
            st.caption(f"Run {tail(run)}; times in UTC.")
