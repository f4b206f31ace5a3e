"""Runs ranked by how evenly they serve the languages, and which others are better everywhere."""

from __future__ import annotations

from collections import defaultdict

from core.metrics.equity import dominated, leximin, ranks
from core.metrics.transfer_gap import transfer_gap
from core.runs.groups import RunGroup
from dashboard.cached_arrays import When

Column = tuple[RunGroup, When, dict[str, float]]
"""Runs, a moment, and their scores by language."""


def comparable(names: dict[str, Column]) -> dict[tuple[str, frozenset[str]], list[str]]:
    """Labels of the same data and languages: only among them can one dominate another."""
    found: dict[tuple[str, frozenset[str]], list[str]] = defaultdict(list)
    for name, (group, _, scores) in names.items():
        data = str(group.runs[0].record.config.get("dataset"))
        found[data, frozenset(scores)].append(name)
    return found


def beaten_by(names: dict[str, Column]) -> dict[str, tuple[str, ...]]:
    """By label: the labels of the same data that dominate it."""
    parts = comparable(names).values()
    found = (dominated({name: names[name][2] for name in part}) for part in parts)
    return {name: better for each in found for name, better in each.items()}


def gap_ranks(names: dict[str, Column]) -> dict[str, int]:
    """The smallest gap first, equals alike; a label without a gap has no rank."""
    gaps = {x: transfer_gap(scores, group.pivot) for x, (group, _, scores) in names.items()}
    return ranks({name: [gap] for name, gap in gaps.items() if gap is not None})


def rawls_ranks(names: dict[str, Column]) -> dict[str, int]:
    """Leximin ranks, where all have the same number of languages."""
    models = {name: scores for name, (_, _, scores) in names.items()}
    if len({len(scores) for scores in models.values()}) > 1:
        return {}
    return leximin(models)
