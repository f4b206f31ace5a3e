"""The arrays and rows beside a run's record, read once for all sessions.

Every function gets what its file is of and when it was changed: other values are another entry.
"""

from __future__ import annotations

from typing import Any, Literal

import streamlit as st

from core.data.predictions import Predictions
from core.data.probing_answers import ProbingAnswers
from core.data.qa.scores import QaScores
from core.data.qa.shown import ShownAnswers
from core.runs.store import StoredRun
from core.runs.view import RunView

When = Literal["before", "after", "selection"]


@st.cache_resource(max_entries=32, show_spinner="Reading predictions ...")
def read_predictions(
    _item: StoredRun, _kept: StoredRun, run_id: str, kept_id: str, when: When, changed: int
) -> Predictions | None:
    """Of the run's items; those before distillation from the run that keeps them."""
    view = RunView(_item.path, _item.record, _kept)
    return view.unlabelled() if when == "selection" else view.predictions(when)


@st.cache_resource(max_entries=32, show_spinner="Reading answers ...")
def read_answers(_item: StoredRun, run_id: str, when: When, changed: int) -> ProbingAnswers | None:
    """Scores of all candidates on the prompts."""
    return RunView.of(_item).answers(when)


@st.cache_resource(max_entries=32, show_spinner="Reading scores ...")
def read_scores(_item: StoredRun, run_id: str, when: When, changed: int) -> QaScores | None:
    """Scores of the questions."""
    return RunView.of(_item).scores(when)


@st.cache_resource(max_entries=32, show_spinner="Reading answers ...")
def read_shown(_item: StoredRun, run_id: str, when: When, changed: int) -> ShownAnswers | None:
    """Answers to the few questions that are shown."""
    return RunView.of(_item).shown(when)


@st.cache_data(max_entries=64, show_spinner=False)
def read_history(_item: StoredRun, run_id: str, changed: int) -> list[dict[str, Any]]:
    """Rows that are objects with a step."""
    rows = RunView.of(_item).history()
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("step"), int)]
