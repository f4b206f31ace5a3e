"""Figures of balanced training and its probes: each takes the run and its look."""

from __future__ import annotations

from typing import Any

from core.errors import UserError
from core.figures.balance_history import balance_history
from core.figures.balance_mrr import balance_plane, mrr_by_language
from core.figures.data_size import data_size
from core.figures.probe_scores import probe_scores
from core.figures.probe_transfer import probe_transfer
from core.figures.run_view import RunView, missing
from core.figures.theme import Chart
from core.metrics.balance_scores import BalanceIntervals, BalanceScores, balance_intervals
from core.metrics.probe_record import ProbeRecord

STUDENT = "distilled"


def _scores(run: RunView) -> BalanceScores:
    found = BalanceScores.from_json(run.record.metrics)
    if found is None:
        raise missing(run, "MRR of balanced training")
    return found


def _intervals(run: RunView) -> BalanceIntervals | None:
    ranks = run.reciprocal_ranks()
    return None if ranks is None else balance_intervals(ranks)


def _probes(run: RunView) -> ProbeRecord:
    found = ProbeRecord.from_json(run.record.metrics)
    if found is None:
        raise missing(run, "scores of linear probes")
    return found


def of_mrr(run: RunView, **look: Any) -> Chart:
    """MRR by language and model."""
    return mrr_by_language(_scores(run), _intervals(run), badges=run.record.badges, **look)


def of_balance(run: RunView, **look: Any) -> Chart:
    """Low- against high-resource languages."""
    return balance_plane(_scores(run), _intervals(run), badges=run.record.badges, **look)


def of_data_size(run: RunView, **look: Any) -> Chart:
    """Text of each language."""
    found = _scores(run)
    return data_size(found.characters, found.balanced, badges=run.record.badges, **look)


def of_balance_history(run: RunView, **look: Any) -> Chart:
    """The curves of the training of all models."""
    rows = run.history()
    if not any("model" in row for row in rows):
        raise missing(run, "history of several models")
    return balance_history(rows, badges=run.record.badges, **look)


def of_probe_scores(run: RunView, **look: Any) -> Chart:
    """Probes by language."""
    return probe_scores(_probes(run), badges=run.record.badges, **look)


def of_probe_transfer(run: RunView, **look: Any) -> Chart:
    """Probes across languages: of the distilled student, else of the first model."""
    found = _probes(run)
    if not found.models:
        raise UserError(f"run {run.record.id} has probed teachers only, each in its own language")
    model = STUDENT if STUDENT in found.models else found.models[0]
    return probe_transfer(found, model, badges=run.record.badges, **look)
