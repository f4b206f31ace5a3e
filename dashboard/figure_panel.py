"""A chart with its data table and its files for a paper, built when they are asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import UserError
from dashboard import kept_chart
from dashboard.figure_key import figure_key
from dashboard.kept_chart import Drawn, Later
from dashboard.language_order import language_order
from dashboard.linked_chart import Link
from dashboard.shell import show_error

if TYPE_CHECKING:
    from core.figures.theme import Chart


def figure_panel(
    draw: partial[Chart] | Later,
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
            One that is drawn later is kept in the store, and shown from there where it can be.
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
    if link is not None and (told := link.told(f"chart_{key}")):
        st.caption(told)
    if files:
        from dashboard.paper_panel import paper_panel  # with Altair: after the chart is on its way

        figure = draw.figure() if isinstance(draw, Later) else draw
        paper_panel(figure, rows, key=key, file=file)


@st.cache_resource(max_entries=256, show_spinner=False)
def _drawn(
    figure: str, width: int | None, dark: bool, order: str, _draw: partial[Chart] | Later
) -> Drawn:
    """The chart and its data, drawn once for all sessions: every argument but the last counts."""
    if not isinstance(_draw, Later):
        return _drawn_now(_draw, width, order, dark)
    key = f"{figure} {width} {dark} {order}"
    found = kept_chart.find(key)
    if found is None:
        found = _drawn_now(_draw.figure(), width, order, dark)
        kept_chart.keep(key, found)
    return found


def _drawn_now(draw: partial[Chart], width: int | None, order: str, dark: bool) -> Drawn:
    from dashboard.drawing import drawn  # imports Altair, which a chart that is kept does not need

    return drawn(draw, width, order, dark=dark)
