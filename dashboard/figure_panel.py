"""A chart with its data table and its files for a paper, built when they are asked for."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import UserError
from core.figures.export import FORMATS, WIDTHS, parse_width, render, table
from core.figures.theme import Chart
from dashboard.linked_chart import Link
from dashboard.shell import show_error

MIME = {
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv",
    "tex": "text/plain",
}
SHORT = 7
"""Rows of a table shown without scrolling."""
FORMAT_HELP = {
    "pdf": "Vector, embedded fonts, for LaTeX.",
    "svg": "Vector, for editing.",
    "png": "300 dpi.",
    "csv": "The numbers the figure is drawn from.",
    "tex": "The numbers as a booktabs table.",
}


def figure_panel(
    draw: partial[Chart],
    *,
    key: str,
    alt: str,
    file: str,
    width: int | None = None,
    stretch: bool = True,
    files: bool = True,
    link: Link | None = None,
) -> None:
    """Show a figure, its data and the buttons that write it for a paper.

    Args:
        draw: draws it for the screen and for paper; its arguments are all the figure depends on.
        key: of the chart, unique on the page.
        alt: what the figure shows, for those who can't see it.
        file: name of the downloaded files, without the ending.
        width: about what it gets on the screen, in pixels; None for the figure's own.
        stretch: let the chart take the width there is (not for stacked charts).
        files: offer the data and the files for a paper.
        link: what a click on its bars or cells does.
    """
    try:
        spec, rows = _drawn(*_parts(draw), width, st.context.theme.type == "dark", draw)
    except UserError as error:
        show_error(error)
        return
    clickable = {"spec": spec} if link is None else link.options(spec, f"chart_{key}")
    st.vega_lite_chart(
        **clickable,
        width="stretch" if stretch else "content",
        theme=None,
        key=f"chart_{key}",
        alt=alt,
    )
    if not files:
        return
    with st.expander("Data and files for a paper", icon=":material/download:"):
        _downloads(draw, key, file)
        st.dataframe(
            rows,
            hide_index=True,
            key=f"table_{key}",
            height=300 if len(rows) > SHORT else "content",
        )


@st.cache_resource(max_entries=256, show_spinner=False)
def _drawn(
    name: str,
    arguments: tuple[Any, ...],
    options: dict[str, Any],
    width: int | None,
    dark: bool,
    _draw: partial[Chart],
) -> tuple[dict[str, Any], pd.DataFrame]:
    """The chart and its data, drawn once for all sessions: every argument but the last counts."""
    chart = _draw(paper=False, width=width, dark=dark)
    return chart.to_dict(), table(chart)


def _parts(draw: partial[Chart]) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """What decides how a figure looks: the function that draws it, and what it is given."""
    name = f"{draw.func.__module__}.{draw.func.__qualname__}"
    return name, draw.args, draw.keywords


def _downloads(draw: partial[Chart], key: str, file: str) -> None:
    """A width and one button a format; a file is built on its click."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        width = st.selectbox(
            "Width",
            list(WIDTHS),
            key=f"width_{key}",
            help="Total width of the figure: a column or a page of the venue's template.",
            format_func=lambda name: f"{name} ({WIDTHS[name]} pt)",
            width=210,
        )
        refused = _refusal(*_parts(draw), parse_width(width), draw)
        for kind in FORMATS:
            st.download_button(
                kind,
                data=partial(render, draw, kind, parse_width(width)),
                file_name=f"{file}.{kind}",
                mime=MIME[kind],
                on_click="ignore",
                disabled=refused is not None,
                key=f"get_{key}_{kind}",
                help=FORMAT_HELP[kind],
            )
    if refused is not None:
        show_error(refused)


@st.cache_resource(max_entries=256, show_spinner=False)
def _refusal(
    name: str,
    arguments: tuple[Any, ...],
    options: dict[str, Any],
    width: int,
    _draw: partial[Chart],
) -> UserError | None:
    """Why the figure can't be drawn this wide on paper, if so; asked before a click."""
    try:
        _draw(paper=True, width=width)
    except UserError as error:
        return error
    return None
