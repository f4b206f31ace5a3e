"""Predictions before distillation that a run does not keep, found in a run that started alike.

Runs of one seed fine-tune one model on the same items and are evaluated on the same items, so that
what they were before is the same, bit for bit; it need be kept only once. A run is such a sibling
when it has the same seed, names the same model (the fingerprint of its weights) and, in its ledger,
the same labelled and the same evaluation items, and was exactly as accurate in every language.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.accuracy import accuracy
from core.runs.record import RunRecord
from core.runs.scores import accuracy_of
from core.runs.store import StoredRun

BEFORE = "predictions_before.npz"
EVALUATION = "evaluation"
USES = ("english_labels", "stopping", EVALUATION)
"""What must be the same items, by the names of the ledger."""
SAME = 1e-9
"""Points."""


def start_of(run: StoredRun, others: Iterable[StoredRun]) -> StoredRun | None:
    """The run that keeps what this one was before: itself, else a sibling, else None."""
    if (run.path / BEFORE).exists():
        return run
    if not items_of(run.record, EVALUATION) or accuracy_of(run.record, "before") is None:
        return None
    alike = (x for x in others if x.id != run.id and same_start(run.record, x.record))
    return next((x for x in alike if (x.path / BEFORE).exists()), None)


def same_start(one: RunRecord, other: RunRecord) -> bool:
    """Whether two runs were the same model on the same items before they changed it."""
    mine, theirs = (accuracy_of(record, "before") for record in (one, other))
    model = one.fingerprints.get("model")
    return (
        bool(model)
        and mine is not None
        and theirs is not None
        and mine.items() <= theirs.items()
        and model == other.fingerprints.get("model")
        and one.config.get("seed") == other.config.get("seed")
        and all(items_of(one, use) == items_of(other, use) for use in USES)
    )


def items_of(record: RunRecord, use: str) -> frozenset[str]:
    """Hashed ids of the items of one use, as the ledger has them; empty without one."""
    part: Any = (record.ledger or {}).get(use)
    items = part.get("items") if isinstance(part, dict) else None
    return frozenset(map(str, items)) if isinstance(items, list) else frozenset()


def read_start(run: StoredRun, kept_in: StoredRun) -> Predictions:
    """A run's predictions before, read from the run that keeps them, in the run's languages.

    Raises:
        UserError: the file is damaged, or is not what the run's own record counts.
    """
    found = Predictions.load(kept_in.path / BEFORE)
    recorded = accuracy_of(run.record, "before")
    if kept_in.id == run.id or recorded is None:
        return found
    own = found.in_languages(list(recorded))
    if any(abs(score - recorded[x]) > SAME for x, score in accuracy(own).items()):
        raise UserError(
            f"the predictions before distillation in run {kept_in.id} are not those that run "
            f"{run.id} records"
        )
    return own
