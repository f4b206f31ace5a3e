"""What a reader must know before believing an ablation, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.metrics.ablation import ALL, BEFORE, GAP, Ablation
from core.metrics.bootstrap import ROUNDING
from core.metrics.spread import seeds_in_words

NAMED = 3
"""Rows that are named in a caution; more are counted."""


def untrained(table: Ablation) -> list[str]:
    """The runs that still are the model before distillation, and those that collapsed."""
    rows = table.rows.values()
    same = {x.name: x.untrained for x in rows if x.untrained}
    lines = []
    if same:
        known = sum(len(x.kept_steps) for x in rows)
        lines.append(
            f"{sum(map(len, same.values()))} of {known} runs changed nothing: no checkpoint was "
            "better by the criterion of training, so step 0 is kept, the model before "
            f"distillation. They are {_by_seed(same)}."
        )
    if fallen := {x.name: x.collapsed for x in rows if x.collapsed}:
        lines.append(
            f"Collapsed in training, so that a checkpoint of before is kept: {_by_seed(fallen)}."
        )
    return lines


def cautions(table: Ablation) -> list[str]:
    """What a reader must know before believing the table."""
    lines = []
    if len(table.seeds) == 1:
        lines.append("One seed: no spread, so no row is said to beat another.")
    single = [row.name for row in table.rows.values() if len(row.seeds) == 1]
    if single and len(table.seeds) > 1:
        lines.append(f"One seed only, so without a spread: {_named(single, table)}.")
    if apart := _elsewhere(table):
        lines.append(
            f"Not every row has all {len(table.seeds)} seeds: {_named(list(apart), table)} started "
            f"up to {max(apart.values()):.1f} points from the mean of “{BEFORE}”. Compare a row "
            "with its own start, not with the level of another row."
        )
    if hollow := _hollow(table):
        lines.append(
            f"A smaller gap but no higher average than before distillation: {', '.join(hollow)}. "
            "Such a gap shrank because English fell by more than the others rose, or all fell."
        )
    if table.starts > ROUNDING:
        lines.append(
            f"The runs of one seed did not start from the same model: their accuracies before "
            f"distillation differ by up to {table.starts:.1f} points."
        )
    return lines


def _hollow(table: Ablation) -> list[str]:
    """Rows whose gap is smaller than before and whose average is not higher."""
    gap, before = f"{GAP}(A)", table.rows[BEFORE].columns
    if gap not in before:
        return []
    found = []
    for row in table.rows.values():
        seeds = [seed for seed in row.seeds if seed in before[ALL].by_seed]
        change = {
            column: sum(row.columns[column].by_seed[x] - before[column].by_seed[x] for x in seeds)
            for column in (ALL, gap)
        }
        if change[gap] < -ROUNDING and change[ALL] <= ROUNDING:
            found.append(row.name)
    return found


def _elsewhere(table: Ablation) -> dict[str, float]:
    """Row -> points from its own start to the mean over all seeds, where they differ."""
    mean = table.rows[BEFORE].columns[ALL].mean
    starts = {name: table.start_of(name, ALL) for name in table.rows}
    found = {name: abs(start.mean - mean) for name, start in starts.items() if start is not None}
    return {name: points for name, points in found.items() if points > ROUNDING}


def _named(rows: Sequence[str], table: Ablation) -> str:
    """The rows by name if they are few."""
    if len(rows) <= NAMED:
        return ", ".join(rows)
    return f"{len(rows)} of {len(table.rows) - 1} rows"


def _by_seed(seeds: Mapping[str, Sequence[int]]) -> str:
    """``none, random (seeds 0, 1); scale (seed 0)``: rows of the same seeds together."""
    alike: dict[str, list[str]] = {}
    for name, found in seeds.items():
        alike.setdefault(seeds_in_words(found), []).append(name)
    return "; ".join(f"{', '.join(names)} ({words})" for words, names in alike.items())
