"""How far the teacher choice on the screen can be trusted: one of three views."""

from __future__ import annotations

import streamlit as st

from core.data.predictions import Predictions
from core.runs.store import StoredRun
from core.selection.stability_text import summary_of
from dashboard.calibration_panel import calibration_panel
from dashboard.choice import pick_or_none
from dashboard.disagreement_panel import disagreement_panel
from dashboard.family_labels import findings
from dashboard.shell import errors_shown
from dashboard.stability_panel import repeat, stability_panel
from dashboard.teacher_choice import Choice

STABILITY, CALIBRATION, DISAGREEMENT = "Stability", "Calibration", "Disagreement"
SENTENCES = {
    STABILITY: "The choice, repeated on resamples of the examples: who teaches whatever examples "
    "were drawn, and whose role other examples would change.",
    CALIBRATION: "Whether each language is as sure as it is right, and who would teach if it "
    "were: confidence in the vote means little in a language that is sure of wrong answers.",
    DISAGREEMENT: "Which examples split the languages, all of them as points to click on, which "
    "languages answer alike, and whether those of similar grammar do.",
}
"""The views, and what each shows."""


def trust_panel(found: Predictions, choice: Choice, run: StoredRun | None) -> None:
    """How stable the choice is in words, and the view that is picked.

    No view is open at first: the charts of one take longer than the slider should.

    Args:
        found: what the choice is made from.
        choice: the teachers on the screen.
        run: the run they are of; None for a file.
    """
    st.subheader("How far to trust this choice")
    with errors_shown():
        findings(summary_of(repeat(found, choice)))
    view = pick_or_none(
        tuple(SENTENCES),
        label="Look closer",
        key="trust",
        help="\n\n".join(f"**{name}**: {text}" for name, text in SENTENCES.items()),
    )
    if view is None:
        return
    st.caption(SENTENCES[view])
    with errors_shown():
        if view == STABILITY:
            stability_panel(found, choice, run)
        elif view == CALIBRATION:
            calibration_panel(found, choice, run)
        else:
            disagreement_panel(found, choice.selection, run)
