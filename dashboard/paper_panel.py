"""A figure for a paper: its look, a preview at true size, and its files, built on a click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from urllib.parse import urlparse

import streamlit as st

from core.errors import UserError
from core.figures.export import FORMATS, render
from core.figures.style import (
    FONTS,
    LABELS,
    NARROWEST,
    PALETTES,
    SIZES,
    WIDEST,
    WIDTHS,
    PaperStyle,
    parse_width,
)
from core.figures.theme import Chart, Row
from core.runs.record import RunRecord, is_run_id
from dashboard import cache
from dashboard.language_order import language_order
from dashboard.paper_preview import preview, printed
from dashboard.shell import errors_shown, show_error

MIME = {
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv",
    "tex": "text/plain",
    "zip": "application/zip",
}
HELP = {
    "pdf": "Vector, embedded fonts, for LaTeX.",
    "svg": "Vector, for editing.",
    "png": "300 dpi.",
    "csv": "The numbers the figure is drawn from.",
    "tex": "The numbers as a booktabs table.",
    "zip": "All of these, with a caption and with where the figure comes from: runs, settings, "
    "commit, model, data, seed, threshold and this page's filters.",
}
OWN = "own width"
SHORT = 7
"""Rows of a table shown without scrolling."""
LOOK = "paper_look"
"""Key of the look that was chosen last: the next figure begins with it."""
FONT_NAMES = {"sans": "Sans serif", "serif": "Serif (as Times)"}
PALETTE_NAMES = {"okabe-ito": "Okabe-Ito", "greyscale": "Greyscale"}
LABEL_NAMES = {"codes": "Codes (sw)", "names": "Names (Swahili)"}


@st.fragment
def paper_panel(draw: partial[Chart], rows: Sequence[Row], *, key: str, file: str) -> None:
    """The files of a figure; nothing is built while the panel is closed.

    Args:
        draw: draws it; its arguments are all the figure depends on.
        rows: its data, for the screen.
        key: of the chart, unique on the page.
        file: name of the downloaded files, without the ending.
    """
    with (
        st.expander(
            "Data and files for a paper",
            icon=":material/download:",
            key=f"paper_{key}",
            bind="query-params",
        ) as panel,
        errors_shown(),
    ):
        if not panel.open:
            return
        width, style = _look(key)
        shown = printed(draw, width, style)
        _buttons(draw, key, file, width, style, disabled=bool(shown.refused))
        if shown.refused:
            show_error(UserError(shown.refused))
        else:
            preview(shown, key, width)
        st.dataframe(
            rows,
            hide_index=True,
            key=f"table_{key}",
            height=300 if len(rows) > SHORT else "content",
        )


def _look(key: str) -> tuple[int, PaperStyle]:
    """The width and the look; a figure begins with those chosen last."""
    last = st.session_state.get(
        LOOK, {"width": "acl-column", "points": 240, **asdict(PaperStyle())}
    )
    for name in ("width", "points", "font", "size", "palette", "labels", "title"):
        st.session_state.setdefault(f"{name}_{key}", last[name])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        width = st.selectbox(
            "Width",
            [*WIDTHS, OWN],
            key=f"width_{key}",
            help="Total width of the figure: a column or a page of the venue's template.",
            format_func=lambda x: f"{x} ({WIDTHS[x]} pt)" if x in WIDTHS else x,
            width=190,
        )
        points = st.session_state[f"points_{key}"]
        if width == OWN:
            points = st.number_input(
                "Points",
                NARROWEST,
                WIDEST,
                key=f"points_{key}",
                help="72.27 TeX points are an inch; LaTeX says \\the\\columnwidth.",
                width=120,
            )
        look = _choices(key)
    st.session_state[LOOK] = {"width": width, "points": points, **asdict(look)}
    return parse_width(width if width in WIDTHS else points), look


def _choices(key: str) -> PaperStyle:
    """Font, size, palette, labels and title; the order of languages is the page's."""
    font = st.selectbox(
        "Font",
        list(FONTS),
        key=f"font_{key}",
        help="Embedded in the files.",
        format_func=FONT_NAMES.__getitem__,
        width=140,
    )
    size = st.selectbox("Size", SIZES, key=f"size_{key}", help="Points of the text.", width=80)
    palette = st.selectbox(
        "Palette",
        PALETTES,
        key=f"palette_{key}",
        help="Okabe-Ito can be told apart by the colour-blind; greys survive every printer.",
        format_func=PALETTE_NAMES.__getitem__,
        width=130,
    )
    labels = st.selectbox(
        "Languages",
        LABELS,
        key=f"labels_{key}",
        help="What is written for a language, in the figure, the csv and the table.",
        format_func=LABEL_NAMES.__getitem__,
        width=170,
    )
    title = st.checkbox(
        "Title",
        key=f"title_{key}",
        help="Without, only words of caution stay; the caption in the zip has the rest.",
    )
    return PaperStyle(font, size, palette, labels, language_order(), title)


def _buttons(
    draw: partial[Chart], key: str, file: str, width: int, style: PaperStyle, *, disabled: bool
) -> None:
    """One button a format."""
    from core.figures.bundle import bundle  # knows all figures: too much for a page's first chart

    view = st.query_params.to_dict()
    records = _records()
    makers = {kind: partial(render, draw, kind, width, style) for kind in FORMATS}
    page = urlparse(st.context.url or "").path.strip("/") or "overview"
    makers["zip"] = partial(
        bundle, file, draw, width, style, runs=records, view={"page": page, **view}
    )
    with st.container(horizontal=True):
        for kind, make in makers.items():
            st.download_button(
                kind,
                data=make,
                file_name=f"{file}.{kind}",
                mime=MIME[kind],
                on_click="ignore",
                disabled=disabled,
                key=f"get_{key}_{kind}",
                help=HELP[kind],
            )


def _records() -> list[RunRecord]:
    """The runs that the address names: those the page shows."""
    values = (x for name in st.query_params for x in st.query_params.get_all(name))
    found = []
    for run_id in dict.fromkeys(part for value in values for part in value.split(",")):
        try:
            found += [cache.run(run_id).record] if is_run_id(run_id) else []
        except UserError:  # it is gone; the view in the provenance names it
            continue
    return found
