"""Buttons that hand runs on to people: all their figures for a paper, and a report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.figures.bundle import everything
from core.figures.style import WIDTHS
from core.report.page import report
from core.runs.store import StoredRun
from dashboard import cache

WIDTH = WIDTHS["acl-column"]


def report_buttons(runs: Sequence[StoredRun], *, key: str) -> None:
    """Two downloads, built on the click: a zip file of all figures, and a web page.

    Args:
        runs: those to hand on; several are put side by side as well.
        key: unique on the page.
    """
    if not runs:
        return
    name = runs[0].id if len(runs) == 1 else f"{len(runs)}-runs"
    st.download_button(
        "Report",
        data=partial(_report, runs),
        file_name=f"report-{name}.html",
        mime="text/html",
        key=f"report_{key}",
        icon=":material/description:",
        help="One web page with figures, tables, settings, findings and where the numbers come "
        "from; it opens without a network. Takes some seconds a run. In a terminal: "
        "`python -m core report RUNS -o FOLDER`.",
        on_click="ignore",
    )
    st.download_button(
        "All figures",
        data=partial(everything, runs, cache.store(), WIDTH),
        file_name=f"figures-{name}.zip",
        mime="application/zip",
        key=f"figures_{key}",
        icon=":material/folder_zip:",
        help="Every figure there is of them at the width of an ACL column: pdf, svg, png, csv and "
        "tex, each with a caption and with where it comes from. Takes some seconds a run. For "
        "other widths and looks: `python -m core figure RUN --all -o run.zip`.",
        on_click="ignore",
    )


def _report(runs: Sequence[StoredRun]) -> bytes:
    return report(runs, cache.store()).encode()
