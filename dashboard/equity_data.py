"""Measures of equity of a group of runs, read from its predictions, with their intervals."""

from __future__ import annotations

import streamlit as st

from core.data.predictions import Predictions
from core.errors import UserError
from core.languages import speakers
from core.metrics.accuracy import chance
from core.metrics.bootstrap import Interval
from core.metrics.equity_intervals import (
    Measure,
    MeasureChange,
    measure_changes,
    measure_levels,
    measures,
)
from core.metrics.pairing import aligned, pooled
from core.runs.groups import RunGroup
from dashboard import cache
from dashboard.cached_arrays import When
from dashboard.scores import MOMENTS, times


def answers_of(group: RunGroup, when: When) -> Predictions | None:
    """All seeds' predictions as one; None where a run has none with gold labels."""
    parts = [cache.predictions(run, when) for run in group.runs]
    known = [part for part in parts if part is not None and part.gold is not None]
    if len(known) < len(parts):
        return None
    try:
        return pooled([(part, part) for part in known])[0]
    except UserError:  # seeds of other languages or classes
        return None


def levels(group: RunGroup, when: When, tau: float) -> dict[str, Interval] | None:
    """Measures of equity of one moment, with intervals; None without predictions."""
    return _levels(_version(group, when, tau), group, when, tau)


@st.cache_resource(max_entries=256, show_spinner="Resampling the items ...")
def _levels(
    key: tuple[object, ...], _group: RunGroup, when: When, tau: float
) -> dict[str, Interval] | None:
    found = answers_of(_group, when)
    if found is None:
        return None
    return measure_levels(found, _measures(found, _group.pivot, tau))


def equity_changes(group: RunGroup, tau: float) -> dict[str, MeasureChange] | None:
    """Measures of equity before and after, and what changed; None without predictions."""
    return _equity_changes(_version(group, tau), group, tau)


def _version(group: RunGroup, *more: object) -> tuple[object, ...]:
    """Changes when a run of the group or its predictions do."""
    return (*more, *((run.id, times(run)) for run in group.runs))


@st.cache_resource(max_entries=256, show_spinner="Resampling the items ...")
def _equity_changes(
    key: tuple[object, ...], _group: RunGroup, tau: float
) -> dict[str, MeasureChange] | None:
    before, after = (answers_of(_group, when) for when in MOMENTS)
    both = aligned(before, after) if before is not None and after is not None else None
    if both is None:
        return None
    return measure_changes(*both, _measures(both[0], _group.pivot, tau))


def _measures(found: Predictions, pivot: str, tau: float) -> dict[str, Measure]:
    return measures(
        found.languages,
        pivot=pivot,
        chance=chance(found),
        speakers=speakers(found.languages),
        tau=tau,
    )


def chance_of(group: RunGroup) -> float | None:
    """Percent a guess gets, where predictions with gold labels are at hand."""
    found = answers_of(group, "after") or answers_of(group, "before")
    return None if found is None else chance(found)
