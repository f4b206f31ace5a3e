"""The whole method in one line, each stage explained when pointed at."""

from __future__ import annotations

import streamlit as st

from core.glossary import meaning

STAGES = (
    (
        "texts",
        "gray",
        "The same items in every language; labels are known in one language only, usually English.",
    ),
    ("probabilities", "gray", "One model's answer to each item in each language."),
    ("teachers", "blue", meaning("teacher language")),
    ("distill", "orange", meaning("self-distillation")),
    ("after", "green", "Accuracy of every language, and the gap to English, before and after."),
)


def pipeline() -> None:
    """Draw the stages with arrows between them; they wrap where the window is narrow."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="pipeline"):
        for number, (name, colour, text) in enumerate(STAGES, start=1):
            st.badge(f"{number} {name}", color=colour, help=text)  # type: ignore[arg-type]
            if number < len(STAGES):
                st.markdown(":gray[→]", width="content")
