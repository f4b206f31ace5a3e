"""Why the transfer gap changed: delta G = delta English - mean delta of the others.

The verdicts, decided in this order (up, down: beyond the tolerance or, where intervals are
given, an interval that excludes 0; "flat" is everything else):

0. unchanged: every language's accuracy is exactly what it was, as when no step was kept.
1. collapse: the average fell and the model ended at chance (within 2 points of it, from
   above); or, whatever chance is, the average fell by 5 points or more and the gap shrank to 2
   points or less. Such a gap is no success.
2. gap down: "levelled up" if the others rose and English did not decidedly fall; "others up,
   English down" if both moved; "levelled down" if only English fell or the others fell too;
   "undetermined" if neither English nor the others moved decidedly.
3. gap up: "everyone up, gap up" if both rose, else "gap wider".
4. gap flat: "everyone up, same gap", "everyone down, same gap", else "undetermined".

Without English there is no gap: every change but the others' is None, "no gap, no verdict". Where
the gap is measured from another language, that one stands for English in all of this; `worded`
names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import UserError
from core.languages import english_name
from core.metrics.accuracy import PIVOT, average, average_non_english
from core.metrics.bootstrap import Interval
from core.metrics.paired_bootstrap import PairedBootstrap
from core.metrics.transfer_gap import transfer_gap

TOLERANCE = 0.5
"""Points a score must move to count, where no interval is given."""
NO_GAP = "no gap, no verdict"
NEAR_CHANCE = 2.0
LARGE_FALL = 5.0
SMALL_GAP = 2.0
VERDICTS = (
    "levelled up", "others up, English down", "levelled down", "everyone up, gap up",
    "everyone up, same gap", "everyone down, same gap", "gap wider", "collapse", "unchanged",
    NO_GAP, "undetermined",
)  # fmt: skip
RENAMED = {"everyone up but English more": "everyone up, gap up"}
"""What older records call a verdict, and what it is called today."""
GAP = "the gap"
PARTS = (GAP, "English", "the other languages")
MOVED = ({1: "rose", -1: "fell"}, {1: "grew", -1: "shrank"})
"""Direction -> verb, of accuracies and of the gap."""


@dataclass(frozen=True)
class GapChange:
    """A change of the transfer gap and its parts, in points (after minus before)."""

    delta_gap: float | None
    delta_english: float | None
    delta_others: float | None
    """Mean change over the languages other than English."""
    delta_average: float
    verdict: str
    """One of the verdicts this module's first lines list."""
    pivot: str = PIVOT
    """The language that stands for English."""
    moves: tuple[int, int, int] = (0, 0, 0)
    """Gap, English, others: +1 decidedly up, -1 decidedly down, 0 not decided."""

    @property
    def worded(self) -> str:
        """The verdict with the pivot's own name."""
        return worded(self.verdict, self.pivot)

    @property
    def moved(self) -> str:
        """What moved decidedly, in one sentence."""
        parts = zip(PARTS, self.moves, strict=True)
        words = {name: MOVED[name == GAP][move] for name, move in parts if move}
        if not words:
            return "The data do not decide whether anything moved."
        still = [name for name in PARTS if name not in words]
        said = " and ".join(f"{name} {word}" for name, word in words.items())
        rest = f"; whether {' or '.join(still)} moved is not decided" if still else ""
        return worded(f"{said[0].upper()}{said[1:]}{rest}.", self.pivot)


def worded(text: str, pivot: str) -> str:
    """A text about English said of the language that stands for it."""
    return text if pivot == PIVOT else text.replace("English", english_name(pivot))


def decompose(
    before: Mapping[str, float],
    after: Mapping[str, float],
    *,
    pivot: str = PIVOT,
    intervals: PairedBootstrap | None = None,
    chance: float | None = None,
    tolerance: float = TOLERANCE,
) -> GapChange:
    """Split a change of the gap into English's part and the others', and name it.

    Args:
        before: accuracy per language, in percent.
        after: the same languages later.
        pivot: the language the others are compared with.
        intervals: a paired bootstrap of the same two; decides what counts as a move.
        chance: percent a guess gets; None when unknown.
        tolerance: points a score must move to count, without intervals.

    Raises:
        UserError: the two have different languages, or none.
    """
    if set(before) != set(after):
        odd = ", ".join(sorted(set(before) ^ set(after)))
        raise UserError(f"before and after have different languages: {odd} in one only")
    others_before, others_after = (average_non_english(x, pivot) for x in (before, after))
    gap_before, gap_after = (transfer_gap(x, pivot) for x in (before, after))
    english = after[pivot] - before[pivot] if pivot in before else None
    others = None
    if others_before is not None and others_after is not None:
        others = others_after - others_before
    mean = average(after) - average(before)
    verdict, gap, found = NO_GAP, None, (0, 0, 0)
    if gap_before is not None and gap_after is not None:
        gap = gap_after - gap_before
        found = (
            _direction(gap, intervals.gap if intervals else None, tolerance),
            _direction(english, intervals.pivot if intervals else None, tolerance),
            _direction(others, intervals.average_non_english if intervals else None, tolerance),
        )
        fell = _direction(mean, intervals.average if intervals else None, tolerance) < 0
        dead = _collapsed(average(after), mean, gap_before, gap_after, chance)
        verdict = "collapse" if fell and dead else _verdict(*found)
    if all(after[language] == before[language] for language in before):
        verdict = "unchanged"
    return GapChange(gap, english, others, mean, verdict, pivot, found)


def _direction(change: float | None, interval: Interval | None, tolerance: float) -> int:
    """+1, 0 or -1: decidedly up, not decided, decidedly down."""
    if interval is not None:
        return {"up": 1, "down": -1}.get(interval.verdict, 0)
    if change is None or abs(change) <= tolerance:
        return 0
    return 1 if change > 0 else -1


def _collapsed(
    after: float, change: float, gap_before: float, gap_after: float, chance: float | None
) -> bool:
    """Whether a fallen average looks like a model that stopped reading its input."""
    if chance is not None and after <= chance + NEAR_CHANCE:
        return True
    shrank = abs(gap_after) <= SMALL_GAP and abs(gap_after) < abs(gap_before)
    return change <= -LARGE_FALL and shrank


def _verdict(gap: int, english: int, others: int) -> str:
    """Name the directions of the gap, of English and of the others (rules 2 to 4)."""
    if gap < 0:
        if others > 0:
            return "levelled up" if english >= 0 else "others up, English down"
        return "levelled down" if min(english, others) < 0 else "undetermined"
    if gap > 0:
        return "everyone up, gap up" if min(english, others) > 0 else "gap wider"
    if english == others and english != 0:
        return f"everyone {'up' if english > 0 else 'down'}, same gap"
    return "undetermined"
