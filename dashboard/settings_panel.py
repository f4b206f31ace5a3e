"""Runs that differ in their settings: the ablation, one setting that varies, the teacher signal."""

from __future__ import annotations

import streamlit as st

from dashboard.ablation_data import trials
from dashboard.ablation_panel import ablation_family, ablation_section
from dashboard.shell import anchor, errors_shown
from dashboard.teacher_signal_panel import teacher_signal_section
from dashboard.unseen import unseen_languages
from dashboard.variation_panel import variation_section

ABLATION = "Ablation"
LATER = {
    "Limited resources, and any one setting": variation_section,
    "Is confidence a good teacher signal?": teacher_signal_section,
}
SECTIONS = (ABLATION, *LATER)


def settings_sections() -> None:
    """The three sections, with the languages that the encoder never saw chosen for all."""
    found = trials()
    st.subheader(ABLATION, anchor=anchor(ABLATION))
    family = ablation_family(found)
    here = family.trials[0].before if family else None
    unseen = unseen_languages(found, here) if found else []
    with errors_shown():
        ablation_section(family, unseen)
    for heading, section in LATER.items():
        st.subheader(heading, anchor=anchor(heading))
        with errors_shown():
            section(found, unseen)
