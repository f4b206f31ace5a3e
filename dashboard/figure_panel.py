"""A chart with its data table and its files for a paper, built when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st
from altair.utils.schemapi import debug_mode

from core.errors import UserError
from core.figures.data_table import records
from core.figures.language_order import reordered
from core.figures.theme import Chart, Row
from dashboard.chart_data import with_arrow
from dashboard.figure_key import figure_key
from dashboard.language_order import language_order
from dashboard.linked_chart import Link
from dashboard.paper_panel import paper_panel
from dashboard.shell import show_error


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
        dark = st.context.theme.type == "dark"
        spec, rows = _drawn(figure_key(draw), width, dark, language_order(), draw)
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
    if files:
        paper_panel(draw, rows, key=key, file=file)


@st.cache_resource(max_entries=256, show_spinner=False)
def _drawn(
    figure: str,
    width: int | None,
    dark: bool,
    order: str,
    _draw: partial[Chart],
) -> tuple[dict[str, Any], Sequence[Row]]:
    """The chart and its data, drawn once for all sessions: every argument but the last counts.

    The tests check every figure against the Vega-Lite schema, which takes longer than drawing it.
    """
    with debug_mode(False):
        chart = _draw(paper=False, width=width, dark=dark)
        spec = with_arrow(chart.to_dict(validate=False))
        return reordered(spec, order), records(chart)
