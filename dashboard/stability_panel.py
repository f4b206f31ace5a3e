"""The choice on resamples of the examples: P(teacher), by threshold and by number of examples."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.config.strategies import STRATEGIES
from core.data.predictions import Predictions
from core.figures.stability import stability as stability_figure
from core.figures.stability_size import stability_size
from core.figures.teacher_threshold import teacher_threshold
from core.runs.store import StoredRun
from core.selection.stability import (
    RESAMPLES,
    Stability,
    confidences_by_size,
    resampled_confidences,
    stability,
    stability_by_size,
)
from core.selection.teachers import Selection
from dashboard.choice import pick_one
from dashboard.figure_panel import figure_panel
from dashboard.selection_panel import file_of
from dashboard.teacher_choice import WITHOUT_VOTE, Choice

HALF = 260  # pixels of a chart that takes half of a narrow window
THRESHOLD, EXAMPLES = "the threshold", "the number of examples"


def repeat(found: Predictions, choice: Choice) -> Stability:
    """The choice on the screen, repeated on resamples that are drawn once.

    Args:
        found: what the choice is made from.
        choice: the teachers on the screen; every resample is chosen from in the same way.

    Raises:
        UserError: a single cluster of examples.
    """
    selection = choice.selection
    scores = _resampled(_version(found, selection), found, selection)
    return stability(found, selection, choice.options, confidences=scores)


def stability_panel(found: Predictions, choice: Choice, run: StoredRun | None) -> None:
    """P(teacher) of every language, and beside it what it depends on.

    Args:
        found: what the choice is made from.
        choice: the teachers on the screen.
        run: the run they are of; None for a file.

    Raises:
        UserError: a single cluster of examples.
    """
    selection, badges = choice.selection, run.record.badges if run else []
    repeated = repeat(found, choice)
    by_threshold = STRATEGIES[selection.strategy].by_threshold and _against() == THRESHOLD
    left, right = st.columns(2, gap="large")
    with left:
        figure_panel(
            partial(stability_figure, repeated, badges=badges),
            key="stability",
            alt="Share of the resamples in which each language teaches.",
            file=f"stability-{file_of(run)}",
            width=HALF,
        )
    with right:
        if by_threshold:
            figure_panel(
                partial(teacher_threshold, repeated, badges=badges),
                key="teacher_threshold",
                alt="Share of the resamples in which each language teaches, by threshold.",
                file=f"teacher-threshold-{file_of(run)}",
                width=HALF,
            )
        else:
            sizes = _resampled_by_size(_version(found, selection), found, selection)
            fewer = stability_by_size(found, selection, choice.options, confidences=sizes)
            figure_panel(
                partial(stability_size, fewer, badges=badges),
                key="stability_size",
                alt="Share of the subsamples in which each language teaches, by their size.",
                file=f"stability-size-{file_of(run)}",
                width=HALF,
            )
    st.caption(
        f"{RESAMPLES:,} resamples draw whole clusters (items that share a premise, a question or "
        "an article) with replacement, the same ones for every language; a share of them is known "
        "to about 3 points. The model stays the same: other training seeds move a choice as well."
    )


def _version(found: Predictions, selection: Selection) -> str:
    """Changes with what is resampled, and not with the threshold."""
    return f"{found.version} {selection.strategy == WITHOUT_VOTE}"


def _against() -> str:
    """What P(teacher) is drawn against."""
    return pick_one(
        (THRESHOLD, EXAMPLES),
        label="Beside it, by",
        key="against",
        help="How often each language teaches at other thresholds θ, or with fewer examples than "
        "there are: halves, quarters and so on.",
    )


@st.cache_resource(max_entries=64, show_spinner="Resampling the examples ...")
def _resampled(version: str, _found: Predictions, _selection: Selection) -> NDArray[np.float64]:
    """Confidences in every resample, which no threshold changes."""
    return resampled_confidences(_found, _selection)


@st.cache_resource(max_entries=64, show_spinner="Resampling the examples ...")
def _resampled_by_size(
    version: str, _found: Predictions, _selection: Selection
) -> dict[int, NDArray[np.float64]]:
    """The same with fewer examples."""
    return confidences_by_size(_found, _selection)
