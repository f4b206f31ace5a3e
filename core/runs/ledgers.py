"""The items that runs used, by their records: for what, and what two runs have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from core.runs.record import RunRecord
from core.runs.store import StoredRun

EVALUATION = "evaluation"


@dataclass(frozen=True)
class UsedElsewhere:
    """Evaluation items of one run that another run used for something else."""

    evaluated: str
    """Id of the run that was evaluated on them."""
    other: str
    """Id of the run that used them."""
    use: str
    """For what."""
    count: int
    of: int
    """Evaluation items in all."""


def uses_of(record: RunRecord) -> dict[str, Mapping[str, Any]]:
    """Use -> what the ledger says of it, in its order; empty where there is no ledger."""
    ledger = record.ledger
    if not isinstance(ledger, dict):
        return {}
    return {str(use): part for use, part in ledger.items() if isinstance(part, dict)}


def items_of(record: RunRecord, use: str) -> frozenset[str]:
    """Hashed ids of the items of one use; empty where the ledger does not name them."""
    items = uses_of(record).get(use, {}).get("items")
    return frozenset(map(str, items)) if isinstance(items, list) else frozenset()


def used_elsewhere(runs: Sequence[StoredRun]) -> list[UsedElsewhere]:
    """Every use that one run makes of items that another is evaluated on.

    Such runs can be compared with one another, but the second has seen the first's test.
    """
    items = {
        run.id: {use: items_of(run.record, use) for use in uses_of(run.record)} for run in runs
    }
    found = []
    for one, other in product(items, repeat=2):
        tested = items[one].get(EVALUATION, frozenset())
        for use, used in items[other].items():
            count = len(tested & used)
            if one != other and use != EVALUATION and count:
                found.append(UsedElsewhere(one, other, use, count, len(tested)))
    return found
