"""Where a figure comes from: runs, settings, code, model, data, seed, threshold, view and look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from core.figures.style import DEFAULT, PaperStyle
from core.runs.environment import commit
from core.runs.record import RunRecord

LOOK = ("font", "size", "palette", "labels", "title")


def provenance(
    figure: str,
    runs: Sequence[RunRecord],
    *,
    width: int,
    style: PaperStyle = DEFAULT,
    view: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What it takes to make a figure again, as JSON.

    Args:
        figure: its name.
        runs: those it shows; none for a figure that is of no run.
        width: in points.
        style: the look.
        view: filters and other choices that were made on a page.
    """
    look = asdict(style)
    return {
        "figure": figure,
        "runs": [run_origin(record) for record in runs],
        "view": dict(view or {}),
        "look": {"width_pt": width, **{name: look[name] for name in LOOK}},
        "drawn_by_commit": commit(),
    }


def run_origin(record: RunRecord) -> dict[str, Any]:
    """One run: what it read, with what it ran, and what must be known before it is believed."""
    selection = record.selection or {}
    return {
        "id": record.id,
        "kind": record.kind,
        "status": str(record.status),
        "command": record.command,
        "config": record.config,
        "seed": record.config.get("seed"),
        "threshold": selection.get("threshold", record.config.get("threshold")),
        "commit": record.environment.get("commit"),
        "versions": record.environment.get("versions"),
        "device": record.environment.get("device"),
        "model": record.fingerprints.get("model"),
        "data": record.fingerprints.get("data"),
        "parents": record.parents,
        "n": evaluated(record),
        "items": items(record),
        "badges": record.badges,
        "warnings": record.warnings,
    }


def evaluated(record: RunRecord) -> dict[str, int]:
    """Moment -> items it was evaluated on, where the record tells."""
    moments = {when: record.metrics.get(when) for when in ("before", "after")}
    counts = {when: x.get("n") for when, x in moments.items() if isinstance(x, Mapping)}
    return {when: n for when, n in counts.items() if isinstance(n, int)}


def items(record: RunRecord) -> dict[str, int]:
    """Use -> number of items of the ledger."""
    uses = record.ledger or {}
    counts = {use: x.get("count") for use, x in uses.items() if isinstance(x, Mapping)}
    return {use: n for use, n in counts.items() if isinstance(n, int)}
