"""What the ablation section reads of the store: its families, tables and intervals over items."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.ablation import BEFORE, Ablation, ablation
from core.metrics.ablation_differences import Items, Pair, item_intervals
from core.metrics.ablation_text import REFERENCES
from core.metrics.bootstrap import Interval
from core.runs.ablation_rows import pivot_of, recorded_items, rows_of, scored
from core.runs.families import Family, Trial, trial_of
from core.runs.view import RunView
from dashboard import cache


def trials() -> list[Trial]:
    """The runs of the store that can be compared, newest first."""
    runs = cache.readable("distill", "demo")
    found = (cache.of_record("trial", run, partial(trial_of, run)) for run in runs)
    return [trial for trial in found if trial is not None]


def table_of(family: Family) -> Ablation:
    """The family's table."""
    return ablation(scored(family), pivot_of(family))


def items_of(family: Family) -> Items:
    """Seed -> the paired bootstraps of every row against each reference, where runs tell.

    Against the model before it is the one that the run itself recorded.
    """
    recorded = recorded_items(family)
    found: dict[int, Mapping[Pair, Interval]] = {}
    for seed in family.seeds:
        chosen = {row: seeds[seed] for row, seeds in rows_of(family).items() if seed in seeds}
        if chosen:
            found[seed] = {**_intervals(_version(chosen), chosen), **recorded.get(seed, {})}
    return {seed: pairs for seed, pairs in found.items() if pairs}


def _version(chosen: Mapping[str, Trial]) -> tuple[tuple[str, str, int, int], ...]:
    """Changes when a row, its run or the run's predictions do."""
    return tuple(
        (
            row,
            trial.run.id,
            cache.stamp(trial.run.path / "predictions_before.npz"),
            cache.stamp(trial.run.path / "predictions_after.npz"),
        )
        for row, trial in chosen.items()
    )


@st.cache_data(max_entries=64, show_spinner="Resampling the items ...")
def _intervals(
    version: tuple[tuple[str, str, int, int], ...], _chosen: Mapping[str, Trial]
) -> dict[Pair, Interval]:
    answers = {row: _read(trial, "after") for row, trial in _chosen.items()}
    answers[BEFORE] = next((x for trial in _chosen.values() if (x := _read(trial, BEFORE))), None)
    known = {row: found for row, found in answers.items() if found is not None}
    pairs = [(row, other) for other in REFERENCES for row in known if row != other]
    return item_intervals(known, pairs)


def _read(trial: Trial, when: str) -> Predictions | None:
    """The run's predictions; None where they are missing or damaged: its own pages say so."""
    try:
        return RunView.of(trial.run).predictions(when)
    except UserError:
        return None
