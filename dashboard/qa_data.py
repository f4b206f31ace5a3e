"""What the page of answer ranks reads of a run: scores, intervals, shown answers and texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.data.qa.dataset import QaDataset
from core.data.qa.load import evaluation_of
from core.data.qa.scores import QaScores
from core.data.qa.shown import ShownAnswers
from core.errors import UserError
from core.figures.of_questions import moments_of
from core.metrics.bootstrap import Interval
from core.metrics.qa_ranks import By, RankIntervals, rank_change, rank_intervals
from core.metrics.qa_transfer import Measure, Transfer, intervals, paired
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.cache import stamp
from dashboard.scores import MOMENTS


@dataclass(frozen=True)
class Sure:
    """How sure the scores of a run are."""

    moments: Mapping[str, Transfer[Interval]]
    """Moment -> its scores with intervals."""
    change: Transfer[Interval] | None
    """After minus before, paired; None where there is one moment."""


def scores(run: StoredRun) -> dict[str, QaScores]:
    """The run's scores by moment; none while it holds none.

    Raises:
        UserError: a file is damaged.
    """
    before, after = (cache.scores(run, when) for when in MOMENTS)
    return moments_of(before, after)


def keeps_questions(run: StoredRun) -> bool:
    """Whether answers to single questions are kept with the run."""
    return any((run.path / f"qa_shown_{when}.npz").is_file() for when in MOMENTS)


def shown(run: StoredRun) -> dict[str, ShownAnswers]:
    """The run's answers to shown questions, by moment.

    Raises:
        UserError: a file is damaged.
    """
    found = {when: cache.shown(run, when) for when in MOMENTS}
    return {when: x for when, x in found.items() if x is not None}


def sure(run: StoredRun, measure: Measure) -> Sure:
    """Intervals of one measure, over clusters of questions."""
    return _sure(run, run.id, _times(run), measure)


def sure_ranks(run: StoredRun, by: By) -> RankIntervals:
    """Intervals of the shares of ranks: of their change where the run trained."""
    return _sure_ranks(run, run.id, _times(run), by)


def texts(run: StoredRun, folder: str | None = None) -> QaDataset:
    """The questions and contexts that a run was evaluated on.

    Args:
        run: whose settings name the data.
        folder: where the data are, if not where the settings say.

    Raises:
        UserError: they are not there.
    """
    settings = dict(run.record.config)
    if folder is not None:
        settings["evaluation_data" if settings.get("evaluation") else "data"] = folder
    try:
        return _texts(settings)
    except (LookupError, TypeError, ValueError) as error:  # a record may hold anything
        raise UserError(f"the run's settings name no questions: {error}") from error


def _times(run: StoredRun) -> tuple[int, ...]:
    return tuple(stamp(run.path / f"qa_scores_{when}.npz") for when in MOMENTS)


@st.cache_resource(max_entries=64, show_spinner="Resampling the questions ...")
def _sure(_run: StoredRun, run_id: str, times: tuple[int, ...], measure: Measure) -> Sure:
    found = scores(_run)
    both = len(found) == len(MOMENTS)
    return Sure(
        {when: intervals(x, measure) for when, x in found.items()},
        paired(found["before"], found["after"], measure) if both else None,
    )


@st.cache_resource(max_entries=64, show_spinner="Resampling the questions ...")
def _sure_ranks(_run: StoredRun, run_id: str, times: tuple[int, ...], by: By) -> RankIntervals:
    found = scores(_run)
    if len(found) == len(MOMENTS):
        return rank_change(found["before"], found["after"], by)
    return rank_intervals(next(iter(found.values())), by)


@st.cache_resource(max_entries=8, show_spinner="Reading the questions ...", ttl=600)
def _texts(settings: dict[str, Any]) -> QaDataset:
    return evaluation_of(settings)
