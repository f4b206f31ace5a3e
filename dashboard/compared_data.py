"""What Compare runs subtracts: pairs of groups, seed by seed, their intervals and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core.metrics.accuracy import chance
from core.metrics.gap_change import GapChange, decompose
from core.metrics.paired_bootstrap import PairedBootstrap, paired_bootstrap
from core.metrics.pairing import Pair, aligned, pooled
from core.metrics.significance import PairedTests, paired_tests
from core.metrics.spread import Spread
from core.runs.first_look import first_look
from core.runs.groups import RunGroup, seed_of
from core.runs.ledgers import EVALUATION, items_of
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.ablation_data import trials
from dashboard.cached_arrays import When
from dashboard.scores import accuracy, comparison, times

NEWEST = 3
"""Runs shown at first where none changed anything."""
Sides = tuple[tuple[StoredRun, When], tuple[StoredRun, When]]
"""A run and moment, and what it is compared with before it."""


@dataclass(frozen=True)
class Compared:
    """A group against its own start or against another group."""

    changes: Mapping[str, Spread]
    """Language -> difference at every seed, in points."""
    intervals: PairedBootstrap | None = None
    tests: PairedTests | None = None
    change: GapChange | None = None
    reason: str = ""
    """Why there are no tests; what intervals there are come from the record."""


def runs_at_first(among: Sequence[StoredRun], groups: int) -> list[StoredRun]:
    """So many groups of runs that can be compared and changed something; else the newest runs.

    Args:
        among: the runs that a page can show, newest first.
        groups: seeds of the same settings are one.
    """
    known = {run.id for run in among}
    chosen = [run for group in first_look(trials())[:groups] for run in group.runs]
    return [run for run in chosen if run.id in known] or list(among[:NEWEST])


def latest(run: StoredRun) -> When:
    """The moment that a run ends at."""
    return "after" if accuracy(run, "after") else "before"


def sides(group: RunGroup, reference: RunGroup | None) -> list[Sides]:
    """What is subtracted, seed by seed; empty where the two share no seed.

    Args:
        group: its latest moment counts.
        reference: the group compared with; None for each run's own start.
    """
    if reference is None:
        return [((run, "before"), (run, "after")) for run in group.runs if accuracy(run, "after")]
    if len(group.runs) == len(reference.runs) == 1:
        pairs = [(reference.runs[0], group.runs[0])]
    else:
        theirs = {seed_of(run): run for run in reference.runs}
        pairs = [(theirs[x], run) for run in group.runs if (x := seed_of(run)) in theirs]
    return [((other, latest(other)), (run, latest(run))) for other, run in pairs]


def compared(group: RunGroup, reference: RunGroup | None) -> Compared | None:
    """A group's differences, with intervals and tests where the predictions are at hand.

    Returns:
        None where there is nothing to subtract: no language or no seed in common.
    """
    found = sides(group, reference)
    scores = [tuple(accuracy(run, when) or {} for run, when in pair) for pair in found]
    first = scores[0][0] if scores else {}
    languages = [x for x in first if all(x in part for both in scores for part in both)]
    if not languages:
        return None
    changes = {
        x: Spread({i: now[x] - was[x] for i, (was, now) in enumerate(scores)}) for x in languages
    }
    was, now = (
        {x: sum(both[side][x] for both in scores) / len(scores) for x in languages}
        for side in (0, 1)
    )
    tested = _tested(found)
    if isinstance(tested, str):
        own = comparison(found[0][1][0]) if reference is None and len(found) == 1 else None
        if own is None:
            return Compared(changes, None, None, decompose(was, now, pivot=group.pivot), tested)
        return Compared(changes, own.intervals, None, own.change, tested)
    intervals, tests, floor = tested
    fit = intervals if set(intervals.languages) == set(languages) else None
    change = decompose(was, now, pivot=group.pivot, intervals=fit, chance=floor)
    return Compared(changes, intervals, tests, change)


def _tested(found: list[Sides]) -> tuple[PairedBootstrap, PairedTests, float] | str:
    """The bootstrap and tests of all seeds together, or why there are none."""
    key = tuple((run.id, when, times(run)) for pair in found for run, when in pair)
    return _resampled(key, found)


@st.cache_resource(max_entries=256, show_spinner="Resampling the items ...")
def _resampled(
    key: tuple[object, ...], _found: list[Sides]
) -> tuple[PairedBootstrap, PairedTests, float] | str:
    pairs: list[Pair] = []
    for pair in _found:
        if not _same_items(*(run for run, _ in pair)):
            return "they are evaluated on different items"
        parts = [cache.predictions(run, when) for run, when in pair]
        if parts[0] is None or parts[1] is None:
            run = pair[parts[0] is not None][0]
            return f"run {run.id.rsplit('-', 1)[-1]} keeps no predictions, nor does a run like it"
        both = aligned(parts[0], parts[1])
        if both is None:
            return "they have no language, no items or no gold labels in common"
        pairs.append(both)
    before, after = pooled(pairs)
    pivot = _pivot(_found[0][1][0])
    intervals = paired_bootstrap(before, after, pivot=pivot)
    return intervals, paired_tests(before, after, intervals), chance(after)


def _pivot(run: StoredRun) -> str:
    return RunGroup((run,)).pivot


def _same_items(one: StoredRun, other: StoredRun) -> bool:
    """Whether two runs were evaluated on the same items, as far as their ledgers tell."""
    mine, theirs = (items_of(run.record, EVALUATION) for run in (one, other))
    if mine and theirs:
        return mine == theirs
    return one.record.config.get("dataset") == other.record.config.get("dataset")
