"""A run as one file: written for a download, and read from an upload."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from core.errors import UserError
from core.runs.archive import export, exportable, import_run
from core.runs.store import StoredRun
from core.runs.usage import size_text
from dashboard import cache
from dashboard.shell import show_error

LARGEST = 500_000_000
"""Bytes of a run up to which the page offers a download: the file passes through memory."""
HELP = "One zip file with the run's record, arrays, log and model, and a checksum of each file."


def export_button(run: StoredRun) -> None:
    """A button that downloads the run, or one that can't be pressed and says why."""
    reason = _why_not(run)
    st.download_button(
        "Export",
        "" if reason else partial(_archive, run),
        file_name=f"{run.id}.zip",
        mime="application/zip",
        key=f"export_{run.id}",
        icon=":material/download:",
        help=reason or HELP,
        disabled=bool(reason),
        on_click="ignore",
    )


def import_form() -> StoredRun | None:
    """Ask for a file that was exported; the run that it brought by this click, if any."""
    with st.form("import", clear_on_submit=True, border=False):
        file = st.file_uploader(
            "Exported run (zip)",
            type=["zip"],
            help="A file from “Export” here or from `python -m core runs export`. Every checksum "
            "is checked, and nothing is kept unless all of it is right. For a larger file: "
            "`python -m core runs import FILE`.",
        )
        pressed = st.form_submit_button(
            "Import",
            icon=":material/upload:",
            help="Read the run into this store. A run that is there already is not overwritten.",
        )
    if not pressed:
        return None
    if file is None:
        st.info("Choose a file first.", icon=":material/info:")
        return None
    try:
        with st.spinner("Checking and unpacking ..."):
            return import_run(file, cache.store(), name=Path(file.name).name)
    except UserError as error:
        show_error(error)
        return None


def _why_not(run: StoredRun) -> str:
    """Why the page can't export a run; empty where it can."""
    try:
        exportable(run)
    except UserError as error:
        return str(error)
    used = cache.used(run)
    size = used.total - used.checkpoints
    if size > LARGEST:
        return (
            f"{size_text(size)} are too much for a download. In a terminal: "
            f"`python -m core runs export {run.id} -o run.zip`"
        )
    return ""


def _archive(run: StoredRun) -> bytes:
    """The bytes of the archive."""
    with tempfile.TemporaryDirectory() as folder:
        return export(run, Path(folder) / f"{run.id}.zip").read_bytes()
