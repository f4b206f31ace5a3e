"""All examples as points: how many languages agree on each, and how sure they are together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.data.predictions import Predictions
from core.figures.data_map import data_map as heatmap
from core.figures.data_map import data_map_rows
from core.figures.data_points import data_points, points_table
from core.metrics.answered import ANY
from core.metrics.data_map import DataMap, data_map
from core.metrics.disagreement import Disagreement
from core.runs.store import StoredRun
from dashboard.choice import pick
from dashboard.chosen_examples import told
from dashboard.example_filters import (
    ANYBODY,
    LANGUAGE,
    RIGHT,
    SHOW,
    UNLIKE,
    VOTE,
    named_languages,
    show,
)
from dashboard.labels import escape
from dashboard.paper_panel import paper_panel
from dashboard.selection_panel import file_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

KEY = "chart_data_map"
BUTTONS = ("pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d")
"""Of Plotly's bar, that nobody needs here."""
CONFIG = {"displayModeBar": True, "modeBarButtonsToRemove": BUTTONS}
WIDTH = 680  # pixels of a chart in a narrow window
ALT = (
    "Every example as a point: to the right those on which more languages answer as the vote, "
    "upwards those to whose vote the languages give a higher mean probability. The table below "
    "counts them."
)


def data_map_panel(found: Predictions, votes: Disagreement, run: StoredRun | None) -> None:
    """The points, with one language's differences in colour; a click shows an example below.

    Args:
        found: the predictions that the example browser of the page shows.
        votes: on its examples.
        run: they are of; None for a file.
    """
    language = pick(
        {ANYBODY: "none", **named_languages(found.languages)},
        key="map_language",
        label="Highlight where one language differs",
        help="The examples on which this language answers otherwise than the vote are in colour, "
        "the others in grey; the files for a paper count only the former.",
        bare=True,
        of=file_of(run),
        width=320,
    )
    language = "" if language == ANYBODY else language
    badges = tuple(run.record.badges) if run else ()
    placed = _placed(found.version, language, found, votes)
    dark = st.context.theme.type == "dark"
    st.plotly_chart(
        _drawn(found.version, language, badges, dark, placed, found.examples),
        theme=None,
        key=KEY,
        alt=ALT,
        on_select=partial(_chosen, found.examples, len(found.languages)),
        selection_mode=("points", "box"),
        config=CONFIG,
    )
    st.caption(
        "On the items the choice is made from. Drag to zoom, double-click to see all. A click on a "
        "point (with Shift: on several), or a box drawn with the dashed square above the chart, "
        "shows the examples at the end of the page; a box takes all examples of every number of "
        "languages it touches."
    )
    if placed.highlighted is not None and not placed.highlighted.any():
        st.caption(escape(f"{language} answers as the vote on every example."))
        return
    file = f"data-map-{file_of(run)}"
    paper_panel(
        partial(heatmap, placed, badges=badges), data_map_rows(placed), key="data_map", file=file
    )
    _points_file(placed, found.examples, file)


def _points_file(placed: DataMap, examples: Sequence[str], file: str) -> None:
    def csv() -> bytes:
        table = points_table(placed, examples)
        return table.to_csv(index=False, lineterminator="\n").encode()

    st.download_button(
        "All points as csv",
        data=csv,
        file_name=f"{file}-points.csv",
        mime="text/csv",
        on_click="ignore",
        key="get_data_points",
        icon=":material/download:",
        help="A row an example: agreeing languages, confidence, and what its colour says.",
    )


def _chosen(examples: Sequence[str], languages: int) -> None:
    """Let the browser show what was selected in the chart, whatever its filters were."""
    event: Any = st.session_state.get(KEY) or {}
    wanted = told(event.get("selection") or {}, examples, languages)
    if any(wanted.values()):
        wanted |= {SHOW: ANY, LANGUAGE: None, VOTE: None, UNLIKE: None, RIGHT: None}
    show(wanted)


@st.cache_resource(max_entries=32, show_spinner=False)
def _placed(version: str, language: str, _found: Predictions, _votes: Disagreement) -> DataMap:
    return data_map(_votes, _found.languages, _found.class_names, language)


@st.cache_resource(max_entries=8, show_spinner="Drawing all examples ...")
def _drawn(
    version: str,
    language: str,
    badges: Sequence[str],
    dark: bool,
    _placed: DataMap,
    _examples: Sequence[str],
) -> Figure:
    """The chart, drawn once for all sessions."""
    return data_points(_placed, _examples, badges=badges, width=WIDTH, dark=dark)
