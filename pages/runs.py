"""Runs: name, tag and find them, hand them on, and clear up."""

from collections.abc import Sequence

import streamlit as st

from core.runs.store import BrokenRun, StoredRun
from core.runs.usage import size_text, tidy
from dashboard import cache
from dashboard.badges import origin, run_header
from dashboard.hand_on import export_button, import_form
from dashboard.job_panel import job_panel
from dashboard.labels import escape, name
from dashboard.log_panel import log_panel
from dashboard.notes_form import notes_form
from dashboard.report_button import report_buttons
from dashboard.run_table import run_links
from dashboard.shell import each, empty_state, page
from dashboard.store_table import store_table
from dashboard.texts_panel import texts_panel
from dashboard.ticked_table import tick
from dashboard.trash_panel import delete_button, trash_panel, undo

Found = StoredRun | BrokenRun


def care(runs: Sequence[Found]) -> None:
    """What can be done with the ticked runs."""
    if not runs:
        st.caption(
            "Tick a row to name, tag, export or delete that run; tick several to delete them or "
            "their checkpoints together."
        )
        return
    with st.container(border=True):
        run = runs[0]
        if len(runs) == 1 and isinstance(run, StoredRun):
            st.subheader(escape(name(run)), anchor=False)
            run_header(run)
            with st.container(horizontal=True):
                run_links(run)
        elif isinstance(run, BrokenRun) and len(runs) == 1:
            st.subheader(escape(run.id), anchor=False)
            st.error(f"This folder can't be read: {escape(run.reason)}", icon=":material/error:")
        else:
            st.subheader(f"{len(runs)} runs", anchor=False)
            used = [cache.used(run) for run in runs]
            st.caption(f"Together {size_text(sum(x.total for x in used))} on the disk.")
        actions(runs)
        if len(runs) == 1 and isinstance(run, StoredRun):
            texts_panel(run)
            notes_form(run)
            job_panel(run)
            if not cache.is_open(run):
                log_panel(run, expanded=bool(run.record.error))
            origin(run)


def actions(runs: Sequence[Found]) -> None:
    """The buttons for the ticked runs."""
    readable = [run for run in runs if isinstance(run, StoredRun)]
    with st.container(horizontal=True):
        if len(runs) == 1 and readable:
            export_button(readable[0])
        report_buttons(readable, key="ticked")
        size = sum(cache.used(run).checkpoints for run in readable)
        if size:
            with st.popover("Remove checkpoints", icon=":material/cleaning_services:"):
                st.markdown(
                    f"{size_text(size)} are deleted for good. A resume would then begin again."
                )
                st.button(
                    "Remove for good",
                    key="tidy",
                    type="primary",
                    help="Delete what a resume would go on from. Results and models stay.",
                    on_click=remove_checkpoints,
                    args=(readable,),
                )
        delete_button(runs)


def remove_checkpoints(runs: Sequence[StoredRun]) -> None:
    """Give back the disk that only a resume would need."""
    each(lambda run: tidy(run, cache.watch()), runs)


def bring() -> None:
    """A run from a file; it is ticked once it is here."""
    imported = import_form()
    if imported is not None:
        tick("runs_table", [imported.id])
        st.rerun()


with page(
    "Runs",
    "Everything this store holds, with what it takes on the disk: name, tag and annotate runs, "
    "hand one on as a file, delete what is no longer needed.",
):
    found = cache.runs()
    undo()
    if found:
        care(store_table(found))
    else:
        empty_state(
            "This store holds no run yet. Start the demo on the overview page, import a run below, "
            "or run this in a terminal:",
            "python -m core demo",
        )
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Bring a run here")
        bring()
    with right:
        st.subheader("Trash")
        trash_panel()
