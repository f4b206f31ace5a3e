"""Compare runs: any of your runs beside any row of the papers, and the papers' own tables."""

import streamlit as st

from core.runs.groups import RunGroup
from dashboard.compare_gaps import gaps_section
from dashboard.compare_items import items_section
from dashboard.compare_languages import languages_section
from dashboard.compare_panel import HEADING as RUNS
from dashboard.compare_panel import compare_section
from dashboard.compare_settings import differing_section
from dashboard.equity_panel import equity_section
from dashboard.published_panel import (
    DISAGREEMENTS,
    PUBLISHED,
    disagreements_section,
    published_section,
)
from dashboard.settings_panel import SECTIONS as SETTINGS
from dashboard.settings_panel import settings_sections
from dashboard.shell import anchor, contents, errors_shown, page

OF_THE_CHOSEN = {
    "Settings that differ": differing_section,
    "Language by language": languages_section,
    "What each change of the gap is made of": gaps_section,
    "Equity among languages": equity_section,
    "Items used": items_section,
}
HEADINGS = (RUNS, *OF_THE_CHOSEN, *SETTINGS, PUBLISHED, DISAGREEMENTS)


@st.fragment
def section_of(heading: str, groups: list[RunGroup]) -> None:
    """One section on the chosen runs; its own widgets run it again alone."""
    with errors_shown():
        OF_THE_CHOSEN[heading](groups)


with page(
    "Compare runs",
    "Your runs beside one another and beside published results: language by language, over "
    "strategies, baselines and seeds, and against any one setting; and the published tables "
    "themselves, recomputed.",
):
    contents(*HEADINGS)
    groups: list[RunGroup] = []
    with errors_shown():
        groups = compare_section()
    if groups:
        for heading in OF_THE_CHOSEN:
            st.subheader(heading, anchor=anchor(heading))
            section_of(heading, groups)
    for section in (settings_sections, published_section, disagreements_section):
        with errors_shown():
            section()
