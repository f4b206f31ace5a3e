"""A figure at its true size on paper, as it will be printed, and whether grey would do."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.errors import UserError
from core.figures.export import figure_spec, render
from core.figures.greyscale import alike
from core.figures.style import PaperStyle
from core.figures.theme import Chart
from dashboard.figure_key import figure_key
from dashboard.labels import escape


@dataclass(frozen=True)
class Shown:
    """A figure as it will be printed, or why it can't be."""

    png: bytes = b""
    alike: tuple[tuple[str, str], ...] = ()
    """Names that look alike in grey."""
    refused: str = ""


def printed(draw: partial[Chart], width: int, style: PaperStyle) -> Shown:
    """The figure in a look, rendered once for all sessions."""
    return _printed(figure_key(draw), width, style, draw)


@st.cache_resource(max_entries=64, show_spinner=False)
def _printed(figure: str, width: int, style: PaperStyle, _draw: partial[Chart]) -> Shown:
    """The figure as it will be printed: every argument but the last counts."""
    try:
        spec = figure_spec(_draw, width, style)
        return Shown(render(_draw, "png", width, style), tuple(alike(spec)))
    except UserError as error:
        return Shown(refused=str(error))


def preview(shown: Shown, key: str, width: int) -> None:
    """The figure at its true size, in colours and in grey."""
    grey = st.toggle(
        "In grey, as a printer without colours",
        key=f"grey_{key}",
        help="Shows the preview in grey; the files keep their palette.",
    )
    image = base64.b64encode(shown.png).decode()
    filtered = ";filter:grayscale(1)" if grey else ""
    st.html(
        '<div style="overflow-x:auto"><img alt="Preview of the figure on paper" style="'
        f'width:{width}pt;max-width:none;border:1px solid #8888{filtered}" '
        f'src="data:image/png;base64,{image}"></div>'
    )
    st.caption(f"At true size: {width} pt, {width * 25.4 / 72:.1f} mm wide. {_grey_words(shown)}")


def _grey_words(shown: Shown) -> str:
    if not shown.alike:
        return "Greyscale check: nothing in it is told by colour alone, or its greys differ."
    pairs = "; ".join(f"{escape(one)} and {escape(other)}" for one, other in shown.alike)
    return f"Greyscale check: alike in grey, and told by colour alone: {pairs}."
