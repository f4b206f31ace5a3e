"""Brought predictions saved as a run, by the engine as on the command line."""

from __future__ import annotations

import streamlit as st

from core.config import SelectConfig
from core.config.paths import as_recorded
from core.errors import UserError
from core.jobs.submit import submit
from core.runs import brought as kept
from core.runs.notes import annotate
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.shell import show_error
from dashboard.teacher_choice import Choice
from dashboard.upload import Brought

SAVED = "saved_run"


def save_panel(brought: Brought, choice: Choice) -> None:
    """A name and a button that makes a run of the predictions and the choice on the screen."""
    st.subheader("Keep them")
    st.markdown(
        "A run keeps the predictions with the teachers above, so that they can be compared, "
        "linked and exported like any other."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Name of the run",
            value=brought.name,
            key=f"name_{brought.key}",
            help="What lists of runs call it.",
            width=320,
        )
        pressed = st.button(
            "Save as a run",
            key="save_brought",
            icon=":material/save:",
            type="primary",
            help="Copies the files beside the runs of this store and chooses the teachers from "
            "them in a process of its own, as `python -m core select --predictions` does.",
        )
    if pressed:
        try:
            st.session_state[SAVED] = save(brought, choice, name).id
        except UserError as error:
            show_error(error)
        else:
            st.rerun()  # the jobs in the sidebar know it at once
    saved_link()


def saved_link() -> None:
    """A link to the run that was made last, if any."""
    if saved := st.session_state.get(SAVED):
        st.page_link(
            "../pages/teacher_selection.py",
            label=f"Open {saved}",
            icon=":material/arrow_forward:",
            query_params={"run": saved},
        )


def save(brought: Brought, choice: Choice, name: str) -> StoredRun:
    """Keep the files and hand the run to a worker.

    Raises:
        UserError: the store can't be written to.
    """
    store = cache.store()
    path = kept.keep(store, brought.files, brought.name)
    settings = {**brought.settings, **choice.settings(), "predictions": str(path.absolute())}
    run = submit(store, "select", SelectConfig.model_validate(as_recorded(settings)))
    annotate(run.path, name=name, note=f"Brought as {', '.join(sorted(brought.files)[:3])}")
    return run
