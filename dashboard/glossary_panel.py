"""The glossary, on every page: what the terms mean, each with its source."""

from __future__ import annotations

import streamlit as st

from core.glossary import Term, glossary
from dashboard.labels import escape

HEIGHT = 430
"""Pixels of the list, which scrolls."""


def glossary_panel() -> None:
    """A button that opens the list beside the page, without leaving it."""
    with st.popover("Glossary", icon=":material/menu_book:", width="stretch"):
        st.markdown("**What the terms mean**, and which paper or equation each is from")
        with st.container(height=HEIGHT, border=False, key="glossary"):
            st.markdown("\n\n".join(_entry(term) for term in glossary().values()))


def _entry(term: Term) -> str:
    """A term, its meaning and where it is from.

    The links also let the keyboard reach the list, which scrolls.
    """
    source = escape(term.source)
    linked = f"[{source}]({term.url})" if term.url else source
    return f"**{escape(term.title)}**: {escape(term.meaning)} :small[({linked})]"
