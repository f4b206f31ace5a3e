"""Figures of several runs side by side: each takes the runs and their look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from core.errors import UserError
from core.figures.accuracy_map import accuracy_map
from core.figures.run_view import RunView, accuracy_of
from core.figures.theme import Chart
from core.figures.transfer_gap import transfer_gap_map
from core.metrics.transfer_gap import gap_from
from core.runs.record import short_id


def of_accuracies(runs: Sequence[RunView], **look: Any) -> Chart:
    """Accuracy of every language in every run, before and after."""
    return accuracy_map(_columns(runs), badges=_badges(runs), **look)


def of_gaps(runs: Sequence[RunView], **look: Any) -> Chart:
    """Gap of every language in every run, before and after.

    Raises:
        UserError: the runs measure their gaps from different languages.
    """
    pivots = {gap_from(run.record.metrics) for run in runs}
    if len(pivots) > 1:
        raise UserError(
            f"these runs measure their gaps from different languages ({', '.join(sorted(pivots))})"
        )
    return transfer_gap_map(_columns(runs), pivot=pivots.pop(), badges=_badges(runs), **look)


RUN_FIGURES: Mapping[str, Callable[..., Chart]] = MappingProxyType(
    {"accuracies": of_accuracies, "gaps": of_gaps}
)
"""Each takes the runs and their look: ``paper``, ``width`` and ``dark``."""


def _columns(runs: Sequence[RunView]) -> dict[str, Mapping[str, float]]:
    """Label -> accuracies of one moment of one run.

    Raises:
        UserError: no run has accuracies on a task.
    """
    found = {}
    for run in runs:
        for when in ("before", "after"):
            try:
                found[f"{short_id(run.record.id)} {when}"] = accuracy_of(run, when)
            except UserError:
                continue
    if not found:
        raise UserError("none of these runs has accuracies on a task, so they can't be compared")
    return found


def _badges(runs: Sequence[RunView]) -> list[str]:
    return sorted({badge for run in runs for badge in run.record.badges})
