"""What the page on knowledge probing reads of a run: its scores, intervals, questions and texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.data.probing_answers import ProbingAnswers
from core.data.probing_texts import Texts
from core.metrics.probing_bootstrap import ProbingIntervals, probing_intervals
from core.metrics.probing_questions import Outcome, outcomes
from core.metrics.probing_sets import EvaluationSet, evaluation_sets
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.cache import stamp
from dashboard.cached_arrays import When

KINDS = ("probe", "distill_probe")
MOMENTS: tuple[When, ...] = ("before", "after")


def sets(run: StoredRun) -> tuple[EvaluationSet, ...]:
    """The run's evaluation sets, the main one first; none while it holds no scores.

    Raises:
        UserError: the recorded scores are damaged.
    """
    return cache.of_record("probing sets", run, lambda: evaluation_sets(run.record.metrics))


def answers(run: StoredRun) -> tuple[ProbingAnswers, ProbingAnswers | None] | None:
    """The answers before, and after if the run taught; None where it does not keep them.

    Raises:
        UserError: a file is damaged.
    """
    before, after = (cache.answers(run, when) for when in MOMENTS)
    taught = run.record.kind == "distill_probe"
    if before is None or (taught and after is None):
        return None
    return before, after if taught else None


def intervals(run: StoredRun) -> ProbingIntervals | None:
    """Error bars of the main set; None where the run keeps no answers, or of a single group."""
    found = _intervals(run, run.id, _times(run))
    return found if found is not None and found.groups > 1 else None


def questions(run: StoredRun) -> list[Outcome]:
    """Every question in every language; none where the run does not keep its answers."""
    return _questions(run, run.id, _times(run))


def texts(run: StoredRun, folder: str | None = None) -> Texts:
    """The prompts and candidates of a run's data.

    Args:
        run: whose settings name the data.
        folder: where the data are, if not where the settings say.

    Raises:
        UserError: they are not there.
    """
    config = run.record.config
    named = {key: config.get(key) for key in ("dataset", "data", "languages", "paraphrases")}
    return _texts({**named, "data": folder or named["data"]})


def _times(run: StoredRun) -> tuple[int, ...]:
    return tuple(stamp(run.path / f"answers_{when}.npz") for when in MOMENTS)


@st.cache_resource(max_entries=64, show_spinner="Resampling the questions ...")
def _intervals(_run: StoredRun, run_id: str, times: tuple[int, ...]) -> ProbingIntervals | None:
    found = answers(_run)
    return None if found is None else probing_intervals(*found)


@st.cache_resource(max_entries=32, show_spinner=False)
def _questions(_run: StoredRun, run_id: str, times: tuple[int, ...]) -> list[Outcome]:
    found = answers(_run)
    return [] if found is None else outcomes(*found)


@st.cache_resource(max_entries=8, show_spinner="Reading the prompts ...", ttl=600)
def _texts(settings: Mapping[str, Any]) -> Texts:
    return Texts.of(settings)
