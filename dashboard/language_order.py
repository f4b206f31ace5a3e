"""The order of the languages in every chart that lists them: one control, on every page."""

from __future__ import annotations

import streamlit as st

from core.figures.language_order import ORDERS, OWN
from core.glossary import meaning
from dashboard.choice import pick
from dashboard.url_state import name_in_url

KEY = "order"
"""Name in the URL, which leaves the figures' own order out."""
LAST = "last_order"
HELP = (
    "In every chart that lists languages, on all pages and in the files for a paper. By score: "
    "each figure has them by what it is about. Groups of languages that answer alike stay together."
    f"\n\nResource: {meaning('resource')} Languages without a figure come last."
)


def order_control() -> None:
    """The control; the choice is remembered from page to page, and stands in the URL."""
    last = st.session_state.get(LAST)
    if KEY not in st.query_params and last and st.session_state.get(KEY) in (None, last):
        name_in_url(KEY, last)  # another page was opened
    chosen = pick(ORDERS, key=KEY, label="Order of languages", help=HELP, bare=True)
    st.session_state[LAST] = None if chosen == OWN else chosen


def language_order() -> str:
    """The order that charts are drawn in: one of `ORDERS`."""
    named = st.query_params.get(KEY, OWN)
    return named if named in ORDERS else OWN
