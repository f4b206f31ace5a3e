"""What people say about a run: a form for its name, tags and note."""

from __future__ import annotations

import streamlit as st

from core.errors import UserError
from core.runs.notes import LONGEST_NAME, LONGEST_NOTE, annotate
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.labels import escape, subject
from dashboard.shell import show_error


def notes_form(run: StoredRun) -> None:
    """Name, tags and note of one run, written when "Save" is pressed."""
    notes = cache.notes(run)
    if notes.damaged:
        st.warning(f"The run's notes can't be changed: {escape(notes.damaged)}")
        return
    known = {tag for other in cache.readable() for tag in cache.notes(other).tags}
    with st.form(f"notes_{run.id}", border=False):
        left, right = st.columns(2)
        name = left.text_input(
            "Name",
            notes.name,
            max_chars=LONGEST_NAME,
            placeholder=subject(run.record),
            help="Shown for the run on every page instead of what it is about.",
        )
        tags = right.multiselect(
            "Tags",
            sorted(known),
            list(notes.tags),
            accept_new_options=True,
            placeholder="Choose, or type a new one",
            help="Words to find and group runs by. Type a new one and press Enter.",
        )
        note = st.text_area(
            "Note",
            notes.note,
            max_chars=LONGEST_NOTE,
            height=80,
            help="A few sentences, shown with the run's results.",
        )
        saved = st.form_submit_button(
            "Save",
            icon=":material/save:",
            help="Write name, tags and note to notes.json in the run's folder.",
        )
    if saved:
        gone = set(notes.tags) - set(tags)
        try:
            annotate(run.path, name=name, add=tags, remove=gone, note=note)
        except UserError as error:
            show_error(error)
        else:
            st.rerun()
