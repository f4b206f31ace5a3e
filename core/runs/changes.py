"""What a run changed: the gap taken apart and named, by the intervals that can be had.

Intervals are computed from the items where the predictions are at hand; else they are those that
the run wrote into its record when it was made, with the verdict that it wrote beside them; else
there are none, and a change counts beyond a tolerance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.data.predictions import Predictions
from core.metrics.accuracy import chance
from core.metrics.gap_change import RENAMED, VERDICTS, GapChange, decompose
from core.metrics.paired_bootstrap import PairedBootstrap, paired_bootstrap, recorded_bootstrap
from core.metrics.transfer_gap import gap_from
from core.runs.scores import scores_of

ITEMS, RECORD = "items", "record"


@dataclass(frozen=True)
class RunChange:
    """One run before and after."""

    before: Mapping[str, float]
    """Percent per language."""
    after: Mapping[str, float]
    change: GapChange
    intervals: PairedBootstrap | None
    source: str | None
    """`ITEMS` or `RECORD`: where the intervals come from; None without any."""
    chance: float | None
    """Percent a guess gets; None without predictions with gold classes."""


def change_of(
    metrics: Mapping[str, Any], before: Predictions | None, after: Predictions | None
) -> RunChange | None:
    """Before against after, or None when the record has no such two.

    Args:
        metrics: of the run's record.
        before: its predictions, where they are at hand; of the languages of the record.
        after: the same.

    Raises:
        UserError: the record's two have different languages.
    """
    was, now = scores_of(metrics, "before"), scores_of(metrics, "after")
    if was is None or now is None:
        return None
    pivot = gap_from(metrics)
    floor = guess(after, before)
    intervals, source = intervals_of(metrics, before, after)
    if intervals is not None and set(intervals.languages) != set(was):
        intervals, source = None, None
    change = decompose(was, now, pivot=pivot, intervals=intervals, chance=floor)
    if source == RECORD and floor is None:
        change = replace(change, verdict=recorded_verdict(metrics) or change.verdict)
    return RunChange(was, now, change, intervals, source, floor)


def guess(*found: Predictions | None) -> float | None:
    """Percent a guess gets on the first of these with gold classes; None where none has them."""
    known = next((x for x in found if x is not None and x.gold is not None), None)
    return None if known is None else chance(known)


def intervals_of(
    metrics: Mapping[str, Any], before: Predictions | None, after: Predictions | None
) -> tuple[PairedBootstrap | None, str | None]:
    """The paired bootstrap of a run, and where it comes from."""
    if before is not None and after is not None and before.gold is not None:
        same = (before.languages, before.examples) == (after.languages, after.examples)
        if same and after.gold is not None:
            return paired_bootstrap(before, after, pivot=gap_from(metrics)), ITEMS
    found = recorded_bootstrap(metrics.get("change") or {})
    return found, None if found is None else RECORD


def recorded_verdict(metrics: Mapping[str, Any]) -> str | None:
    """The verdict on its gap that a run wrote into its record, by today's name."""
    kept = (metrics.get("change") or {}).get("verdict")
    found = RENAMED.get(kept, kept) if isinstance(kept, str) else None
    return found if found in VERDICTS else None
