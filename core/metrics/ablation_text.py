"""What an ablation found, in plain words that follow its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from core.metrics.ablation import ALSACE, BEFORE, Ablation
from core.metrics.ablation_cautions import cautions, untrained
from core.metrics.ablation_differences import (
    BEATS,
    FALLS_BEHIND,
    UNCHANGED,
    UNDETERMINED,
    Difference,
    Items,
    difference,
)
from core.metrics.spread import seeds_in_words
from core.quoting import signed

NONE, RANDOM = "none", "random"
REFERENCES = (BEFORE, NONE, RANDOM)
"""What every row is compared with."""
MEANING = {
    BEFORE: "the model before distillation",
    NONE: "“none” (every language teaches)",
    RANDOM: "“random” (as many teachers, drawn by chance)",
}
ONE_SEED = "one seed"
GROUPS = {
    BEATS: "beating it",
    FALLS_BEHIND: "not beating it, but falling behind",
    UNDETERMINED: "not shown to beat it, undetermined",
    ONE_SEED: "undetermined with one seed only",
    UNCHANGED: "the same in every language",
}
"""What is said before the rows of each verdict; those of one seed stand apart."""
MOST = 3
"""Rows of a group that are told with their intervals; a table has them all."""
COMMAND = {NONE: "--strategy none", RANDOM: "--strategy random", ALSACE: "--strategy alsace"}


def verdict_of(found: Difference) -> str:
    """The verdict with the name of the other row: ``falls behind none``, ``same as none``."""
    if found.verdict == UNCHANGED and found.other != BEFORE:
        return f"same as {found.other}"
    told_alone = found.verdict in (UNCHANGED, UNDETERMINED)
    return found.verdict if told_alone else f"{found.verdict} {found.other}"


def text_of(found: Difference) -> str:
    """One sentence on a row against another, with the numbers it rests on."""
    name = f"“{found.row}”"
    other = MEANING.get(found.other, f"“{found.other}”")
    if found.verdict == UNCHANGED:
        at = seeds_in_words(found.spread.by_seed)
        return f"{name} is the same as {other}: 0.0 points in every language at {at}."
    numbers = _numbers(found)
    if found.verdict != UNDETERMINED:
        return f"{name} {found.verdict} {other}: {numbers}."
    why = (
        "with one seed it is not known how far another seed would move it"
        if found.interval is None
        else "the interval holds 0"
    )
    return f"{name} is not shown to beat {other}, nor to fall behind: {numbers}; {why}."


def summary_of(table: Ablation, items: Items | None = None) -> list[str]:
    """The findings in a few sentences: ALSACE first, then all rows against each reference."""
    lines = []
    if ALSACE not in table.rows:
        lines.append(_missing(ALSACE, "so nothing is said about it, and there are no S and T"))
    for other in REFERENCES:
        found = difference(table, ALSACE, other, items)
        if found is not None:
            lines.append(text_of(found))
        elif other not in table.rows:
            lines.append(_missing(other, "so no row is compared with it"))
    lines += [line for other in REFERENCES if (line := _rest(table, other, items))]
    return [*untrained(table), *lines, *_uncorrected(table, items), *cautions(table)]


def _rest(table: Ablation, other: str, items: Items | None) -> str:
    """All rows but ALSACE against one reference, in one line by verdict."""
    groups: dict[str, list[Difference]] = {}
    for name in table.rows:
        found = difference(table, name, other, items)
        if found is not None and name not in (ALSACE, BEFORE):
            lone = found.verdict == UNDETERMINED and found.interval is None
            groups.setdefault(ONE_SEED if lone else found.verdict, []).append(found)
    if not groups:
        return ""
    told = "; ".join(
        f"{words}: {_told(x, groups[x])}" for x, words in GROUPS.items() if x in groups
    )
    return f"Against {MEANING[other]}, the other rows: {told}."


def _told(verdict: str, group: Sequence[Difference]) -> str:
    """The rows of one verdict: all numbers of a few, the least and the greatest of many."""
    if verdict == UNCHANGED:
        return _list([x.row for x in group]) if len(group) <= MOST else f"{len(group)} rows"
    if len(group) <= MOST:
        return _list([f"{x.row} ({_short(x)})" for x in group])
    if verdict in (BEATS, FALLS_BEHIND):
        return _list([f"{x.row} ({signed(x.spread.mean)}{_over_seeds_only(x)})" for x in group])
    means = [x.spread.mean for x in group]
    return f"{len(group)} rows ({signed(min(means))} to {signed(max(means))})"


def _uncorrected(table: Ablation, items: Items | None) -> list[str]:
    """How many verdicts the page gives, since each of them can be wrong by chance."""
    pairs = {frozenset((row, x)): (row, x) for x in REFERENCES for row in table.rows}
    found = [difference(table, *pair, items) for pair in pairs.values()]
    count = sum(x is not None and x.interval is not None and not x.same for x in found)
    if count < 2:
        return []
    return [
        f"{count} differences have an interval of 95 % each, not corrected for their number: of "
        "differences that are chance alone, one in twenty is told as a finding."
    ]


def _short(found: Difference) -> str:
    """``−4.8 [−23.9, +14.2]``, the mean difference with its interval."""
    mean = signed(found.spread.mean)
    if found.interval is None:
        return mean
    low, high = found.interval
    return f"{mean} [{signed(low)}, {signed(high)}]{_over_seeds_only(found)}"


def _over_seeds_only(found: Difference) -> str:
    return ", over seeds only" if found.seeds_only else ""


def _numbers(found: Difference) -> str:
    """The mean difference with everything that says how sure it is."""
    spread, count = found.spread, found.spread.n
    mean = f"{signed(spread.mean)} points of average accuracy"
    if found.interval is None:
        seed = next(iter(found.items), None)
        ends = found.items[seed] if seed is not None else None
        items = (
            f", 95 % interval over items {signed(ends.low)} to {signed(ends.high)}" if ends else ""
        )
        return f"{mean} at one seed{items}"
    low, high = found.interval
    by_seed = ", ".join(signed(x) for x in spread.values)
    over = "over seeds and items" if found.items else "over seeds"
    return (
        f"{mean}, the mean of {count} seeds ({by_seed}; standard deviation "
        f"{spread.deviation:.1f}; 95 % interval {over} {signed(low)} to {signed(high)})"
    )


def _missing(row: str, so: str) -> str:
    how = f" ({COMMAND[row]})" if row in COMMAND else ""
    return f"There is no “{row}” run with these settings{how}, {so}."


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
