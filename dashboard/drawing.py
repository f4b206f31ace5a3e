"""Draws a figure for the screen: a module of its own, since the import of Altair takes a while."""

from __future__ import annotations

from functools import partial

from altair.utils.schemapi import debug_mode

from core.figures.data_table import records
from core.figures.language_order import reordered
from core.figures.theme import Chart
from dashboard.chart_data import with_arrow
from dashboard.kept_chart import Drawn


def drawn(figure: partial[Chart], width: int | None, order: str, *, dark: bool) -> Drawn:
    """The chart in Vega-Lite, and its data.

    The tests check every figure against the Vega-Lite schema, which takes longer than drawing it.

    Args:
        figure: draws it.
        width: about what it gets on the screen, in pixels; None for the figure's own.
        order: of the languages.
        dark: draw for a dark page.
    """
    with debug_mode(False):
        chart = figure(paper=False, width=width, dark=dark)
        spec = with_arrow(chart.to_dict(validate=False))
        return reordered(spec, order), records(chart)
