"""Figures of all seeds at which a run was made: changes of the gap, and of every language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from core.errors import UserError
from core.figures.export import Builder
from core.figures.gap_changes import gap_changes
from core.figures.run_differences import run_differences
from core.metrics.gap_change import GapChange
from core.metrics.paired_bootstrap import PairedBootstrap
from core.runs.changes import change_of
from core.runs.groups import RunGroup, groups_of, seed_of
from core.runs.store import StoredRun
from core.runs.view import RunView


def of_gap_changes(run: StoredRun, runs: Sequence[StoredRun]) -> Builder:
    """What the change of the gap is made of, at every seed."""
    group = _group(run, runs)
    changes: dict[str, tuple[GapChange, PairedBootstrap | None]] = {}
    for member in group.runs:
        view = RunView.of(member, runs)
        before, after = (view.predictions(when) for when in ("before", "after"))
        found = change_of(member.record.metrics, before, after)
        if found is not None:
            changes[_label(member)] = (found.change, found.intervals)
    return partial(gap_changes, changes, badges=group.badges)


def of_seed_changes(run: StoredRun, runs: Sequence[StoredRun]) -> Builder:
    """What every language gained or lost, at every seed."""
    group = _group(run, runs)
    pairs = zip(group.at_seeds("before"), group.at_seeds("after"), strict=True)
    rows = {
        _label(member): {x: now[x] - was[x] for x in was}
        for member, (was, now) in zip(group.runs, pairs, strict=True)
    }
    return partial(
        run_differences,
        rows,
        heading="Change by language and seed",
        note="after minus before, in points",
        badges=group.badges,
    )


OF_SEEDS: Mapping[str, Callable[[StoredRun, Sequence[StoredRun]], Builder]] = MappingProxyType(
    {"gap-changes": of_gap_changes, "seed-changes": of_seed_changes}
)
"""Each takes a run and all runs of its store."""


def _label(run: StoredRun) -> str:
    return f"seed {seed_of(run)}"


def _group(run: StoredRun, runs: Sequence[StoredRun]) -> RunGroup:
    """The run and those that differ from it in nothing but the seed.

    Raises:
        UserError: the run has no accuracies by language before and after.
    """
    [found] = [x for x in groups_of([run, *(x for x in runs if x.id != run.id)]) if run in x.runs]
    if not found.scores("before") or not found.scores("after"):
        raise UserError(
            f"run {run.id} has no accuracy by language before and after, so there is no change"
        )
    return found
