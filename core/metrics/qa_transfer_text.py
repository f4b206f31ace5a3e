"""What self-distillation did to cross-lingual question answering, in words that follow the numbers.

Something rose or fell only if its interval excludes 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.languages import english_name
from core.metrics.bootstrap import Interval
from core.metrics.qa_ranks import ALL, RankIntervals, RankTable
from core.metrics.qa_transfer import Measure, Transfer
from core.quoting import minus, signed

NAMES: Mapping[Measure, str] = {"f1": "F1", "exact_match": "exact match"}
NAMED = 3
"""Of more languages than these, only so many are named."""
SAID = {
    "up": "rose for",
    "down": "fell for",
    "unchanged": "stayed the same for",
    "undetermined": "may have moved either way for",
}
"""Verdict -> what is said before the languages that have it."""
MOVED = {"up": "rose", "down": "fell"}
GAP_MOVED = {"up": "grew", "down": "shrank"}


def summary_of(
    before: Transfer[float],
    after: Transfer[float],
    moved: Transfer[Interval],
    measure: Measure = "f1",
) -> list[str]:
    """The findings in a few sentences.

    Args:
        before: of the model before self-distillation.
        after: of the model it became.
        moved: the paired change between the two, at a level of 95 %.
        measure: what was averaged.
    """
    name = NAMES[measure]
    lines = [
        _changed(f"G-XLT {name}", before.g_xlt, after.g_xlt, moved.g_xlt),
        _changed(
            f"Off the diagonal (question and context in two languages) {name}",
            before.off_diagonal,
            after.off_diagonal,
            moved.off_diagonal,
        ),
        _changed(
            f"What two languages cost (XLT minus off the diagonal, {name})",
            before.gap,
            after.gap,
            moved.gap,
            GAP_MOVED,
        ),
        _where(f"By language of the question, {name}", moved.by_question),
        _where(f"By language of the context, {name}", moved.by_context),
        _pairs(moved.cells),
    ]
    if moved.g_xlt is not None and not np.isfinite(moved.g_xlt.low):
        lines.append(
            "All questions are of one article, so there are no intervals, and nothing is said to "
            "have risen or fallen."
        )
    return [line for line in lines if line]


def state_of(found: Transfer[float], measure: Measure = "f1") -> str:
    """One sentence on a model as it is: how much two languages cost, and where it is weakest."""
    name = NAMES[measure]
    parts = [f"G-XLT {name} is {found.g_xlt:.1f}"] if found.g_xlt is not None else []
    if found.xlt is not None:
        parts.append(f"{found.xlt:.1f} with question and context in one language (XLT)")
    if found.off_diagonal is not None:
        parts.append(f"{found.off_diagonal:.1f} in two")
    weakest = [
        f"questions in {_lowest(found.by_question)}",
        f"contexts in {_lowest(found.by_context)}",
    ]
    return f"{', '.join(parts)}; weakest: {', '.join(weakest)}." if parts else ""


def unsaid_of(before: RankTable, after: RankTable, moved: RankIntervals) -> str:
    """What the model says, and what it knows but does not say, before and after, in sentences.

    Args:
        before: ranks before self-distillation.
        after: the ranks later, by the same languages.
        moved: the paired change between the two, at a level of 95 %.
    """
    last = before.counts.shape[1]
    change = moved.unsaid[ALL]
    if change is None or last < 2:
        return ""
    was, now = (100 - table.said[-1] - table.unknown[-1] for table in (before, after))
    text = _changed(
        f"The share of questions whose right answer the model knows but does not say (rank 2 to "
        f"{last})",
        float(was),
        float(now),
        change,
        unit=" %",
    )
    shares = {
        row: float(share)
        for row, share in zip(before.rows, before.unsaid, strict=True)
        if row != ALL and np.isfinite(share)
    }
    most = max(shares, key=lambda row: shares[row])
    said = moved.shares[ALL][0]
    first = _changed(
        "The share that it says first",
        float(before.said[-1]),
        float(after.said[-1]),
        said,
        unit=" %",
    )
    return (
        f"{text} Before, it was largest for {before.by}s in {english_name(most)} "
        f"({shares[most]:.1f} %). {first}"
    ).strip()


def _changed(
    what: str,
    before: float | None,
    after: float | None,
    change: Interval | None,
    verbs: Mapping[str, str] = MOVED,
    unit: str = "",
) -> str:
    """One sentence on a change; empty for what was not asked."""
    if before is None or after is None or change is None:
        return ""
    was, now = minus(f"{before:.1f}"), minus(f"{after:.1f}")
    numbers = f"from {was} to {now}{unit}"
    points = f"{signed(change.estimate)} points"
    if np.isfinite(change.low):
        points += f", 95 % interval {signed(change.low)} to {signed(change.high)}"
    if change.verdict == "unchanged":
        return f"{what} did not change ({was}{unit})."
    if change.verdict in verbs:
        return f"{what} {verbs[change.verdict]} {numbers} ({points})."
    return f"{what}: {numbers} ({points}), so it is undetermined whether it moved."


def _where(what: str, changes: Mapping[str, Interval | None]) -> str:
    """Which languages rose, fell, or can't be told; those that moved most first."""
    known = {x: y for x, y in changes.items() if y is not None}
    if len(known) < 2:
        return ""
    groups: dict[str, list[str]] = {}
    for language in sorted(known, key=lambda x: -known[x].estimate):
        groups.setdefault(known[language].verdict, []).append(language)
    parts = []
    for verdict, words in SAID.items():
        if languages := groups.get(verdict):
            ordered = languages[::-1] if verdict == "down" else languages
            parts.append(f"{words} {_counted(ordered, known, verdict in MOVED)}")
    return f"{what} {'; '.join(parts)}."


def _pairs(cells: Mapping[tuple[str, str], Interval | None]) -> str:
    """How many pairs moved which way, and the one that rose most."""
    known = {pair: change for pair, change in cells.items() if change is not None}
    verdicts = [change.verdict for change in known.values()]
    if len(known) < 2 or not set(verdicts) & set(MOVED):
        return ""
    told = (
        f"Of {len(known)} pairs of languages {verdicts.count('up')} rose and "
        f"{verdicts.count('down')} fell, each by its own interval"
    )
    rose = {pair: change for pair, change in known.items() if change.verdict == "up"}
    if not rose:
        return f"{told}."
    asked, read = best = max(rose, key=lambda pair: rose[pair].estimate)
    return (
        f"{told}; most: question in {english_name(asked)}, context in {english_name(read)} "
        f"({_short(rose[best])})."
    )


def _counted(languages: Sequence[str], changes: Mapping[str, Interval], most: bool = False) -> str:
    """A few languages by name; of more how many they are, and perhaps the first by name."""
    told = ", ".join(f"{english_name(x)} ({_short(changes[x])})" for x in languages[:NAMED])
    if len(languages) <= NAMED:
        return told
    part = "all" if len(languages) == len(changes) else f"{len(languages)} of"
    return f"{part} {len(changes)} languages{f', most for {told}' if most else ''}"


def _short(change: Interval) -> str:
    """``+4.8 [+1.2, +7.9]``, a change with its interval."""
    if not np.isfinite(change.low):
        return signed(change.estimate)
    return f"{signed(change.estimate)} [{signed(change.low)}, {signed(change.high)}]"


def _lowest(scores: Mapping[str, float | None]) -> str:
    """The language with the lowest score, and the score."""
    known = {language: score for language, score in scores.items() if score is not None}
    language = min(known, key=lambda x: known[x])
    return f"{english_name(language)} ({known[language]:.1f})"
