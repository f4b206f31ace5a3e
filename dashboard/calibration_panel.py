"""Is each language as sure as it is right, and who would teach if it were?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from core.data.predictions import Predictions
from core.figures.reliability import reliability as reliability_figure
from core.metrics.calibration import BINS, Reliability, own_answers, reliabilities
from core.metrics.temperature import Temperatures, fit_temperatures
from core.runs.store import StoredRun
from core.selection.stability_text import calibrated_choice
from core.selection.strategies import choose
from core.selection.teachers import Selection
from dashboard.choice import pick_one
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.selection_panel import file_of, labelled_items
from dashboard.table_panel import table_panel
from dashboard.teacher_choice import Choice

WIDE, FULL = "equally wide", "equally full"
WITHOUT_GOLD = (
    "Whether a language is as sure as it is right can only be told with gold labels, and there are "
    "none here: take a run with labelled evaluation items, or add a column `label` to the file."
)
HELP = {
    "Accuracy": "Right answers, in percent.",
    "Probability": "Mean probability of the answers, in percent.",
    "ECE": f"Expected calibration error over {BINS} equally wide bins, in points.",
    "ECE (full bins)": f"The same over {BINS} bins with as many examples each.",
    "Temperature": "What the logits would have to be divided by: above 1 the language is too sure.",
    "ECE after": "Over equally wide bins, each half of the clusters at the temperature fitted on "
    "the other half.",
    "Confidence": "In the vote, as it is (Eq. 2).",
    "Confidence after": "In the vote, with every language at its temperature.",
    "Role": "What the language does now.",
    "Role after": "What it would do, with the same strategy and threshold.",
}


@dataclass(frozen=True)
class _Calibrated:
    """What the labelled items tell, and the items of the choice at the languages' temperatures."""

    wide: dict[str, Reliability]
    full: dict[str, Reliability]
    after: dict[str, Reliability]
    probability: dict[str, float]
    accuracy: dict[str, float]
    temperatures: Temperatures
    found: Predictions


def calibration_panel(found: Predictions, choice: Choice, run: StoredRun | None) -> None:
    """Reliability diagrams, a table by language, and the choice after calibration.

    Args:
        found: what the choice is made from.
        choice: the teachers on the screen.
        run: the run they are of; None for a file.

    Raises:
        UserError: a single cluster of labelled examples.
    """
    labelled = labelled_items(found, run)
    if labelled is None:
        st.info(WITHOUT_GOLD, icon=":material/info:")
        return
    calibrated = _calibrated(f"{found.version} {labelled.version}", found, labelled)
    now = choice.selection
    after = choose(calibrated.found, now.strategy, now.threshold, choice.options)
    st.markdown(f"**{escape(calibrated_choice(now, after))}**")
    bins = pick_one(
        (WIDE, FULL),
        label="Bins",
        key="bins",
        help=f"{BINS} bins of the answers by their probability: each as wide as the others, or "
        "with about as many examples.",
    )
    figure_panel(
        partial(
            reliability_figure,
            calibrated.wide if bins == WIDE else calibrated.full,
            badges=run.record.badges if run else [],
        ),
        key="reliability",
        alt="Share of right answers by the probability of the answer, a square a language.",
        file=f"reliability-{file_of(run)}",
    )
    _table(calibrated, now, after, file_of(run))
    st.caption(_how(calibrated.temperatures, labelled.examples == found.examples))


@st.cache_resource(max_entries=32, show_spinner="Fitting a temperature for each language ...")
def _calibrated(version: str, _found: Predictions, _labelled: Predictions) -> _Calibrated:
    fitted = fit_temperatures(_labelled)
    sure, right = own_answers(_labelled)
    names = _labelled.languages
    return _Calibrated(
        wide=reliabilities(_labelled),
        full=reliabilities(_labelled, by_mass=True),
        after=reliabilities(fitted.rescale(_labelled)),
        probability=dict(zip(names, (100 * sure.mean(axis=1)).tolist(), strict=True)),
        accuracy=dict(zip(names, (100 * right.mean(axis=1)).tolist(), strict=True)),
        temperatures=fitted,
        found=fitted.rescale(_found),
    )


def _table(calibrated: _Calibrated, now: Selection, after: Selection, file: str) -> None:
    """One line a language, the surest in the vote first."""
    fitted = dict(
        zip(calibrated.temperatures.languages, calibrated.temperatures.whole.tolist(), strict=True)
    )
    rows: list[dict[str, Any]] = [
        {
            "Language": language,
            "Accuracy": calibrated.accuracy[language],
            "Probability": calibrated.probability[language],
            "ECE": 100 * calibrated.wide[language].error,
            "ECE (full bins)": 100 * calibrated.full[language].error,
            "Temperature": fitted[language],
            "ECE after": 100 * calibrated.after[language].error,
            "Confidence": float(now.confidence[i]),
            "Confidence after": float(after.confidence[i]),
            "Role": _role(now, language),
            "Role after": _role(after, language),
        }
        for i, language in enumerate(now.languages)
    ]
    rows.sort(key=lambda row: -float(row["Confidence"]))
    two = ("Temperature", "Confidence", "Confidence after")
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(format="%.2f" if name in two else "%.1f", help=text)
        for name, text in HELP.items()
        if not name.startswith("Role")
    }
    columns |= {
        name: st.column_config.TextColumn(help=HELP[name]) for name in ("Role", "Role after")
    }
    table_panel(rows, key="calibration", file=f"calibration-{file}", columns=columns, digits=2)


def _role(selection: Selection, language: str) -> str:
    return "teacher" if language in selection.teachers else "student"


def _how(fitted: Temperatures, same: bool) -> str:
    """What the temperatures were fitted on, and what that means for the choice."""
    rescaled = (
        "the choice is made from these same items, each half of the clusters at the temperature "
        "of the other half"
        if same
        else "the choice is made from the unlabelled items, at the temperatures fitted on all of "
        "the labelled ones"
    )
    at_end = f" At an end of the range looked through: {', '.join(fitted.at_end)}."
    return (
        f"Temperatures minimise the negative log-likelihood on {len(fitted.examples):,} labelled "
        f"items; {rescaled}. A temperature changes no answer, so that the vote stays the same but "
        "for ties. It needs labels in every language, which the method does without: read it as "
        "a check." + (escape(at_end) if fitted.at_end else "")
    )
