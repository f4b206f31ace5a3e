"""How sure a teacher choice is, in plain words that follow the numbers."""

from __future__ import annotations

from core.selection.stability import SURE, Stability
from core.selection.teachers import Selection

FEW = 20
"""Clusters; with n of them the variance over resamples is (n - 1) / n of what it should be, and
extremes that were not drawn are missing altogether."""


def summary_of(found: Stability) -> list[str]:
    """The findings: how often the same languages teach, whose role is settled and whose is not."""
    shares = dict(zip(found.selection.languages, found.probability.tolist(), strict=True))
    drawn = f"{found.clusters:,} clusters ({found.examples:,} examples)"
    if found.clusters == found.examples:
        drawn = f"{found.examples:,} examples"
    count = len(found.selection.teachers)
    who = f"Exactly these {count} languages teach" if count > 1 else "Exactly this language teaches"
    lines = [
        f"{who if count else 'Nobody teaches'} in {percent(found.same)} of "
        f"{found.resamples:,} resamples of the {drawn}."
    ]
    settled = [x for x in shares if x not in found.undetermined]
    teach = [x for x in settled if x in found.selection.teachers]
    learn = [x for x in settled if x not in found.selection.teachers]
    said = [f"teachers {', '.join(teach)}"] * bool(teach)
    said += [f"students {', '.join(learn)}"] * bool(learn)
    if said:
        lines.append(f"Settled in {100 * SURE:.0f} % of them or more: {'; '.join(said)}.")
    if found.undetermined:
        open_ = ", ".join(f"{x} (teaches in {percent(shares[x])})" for x in found.undetermined)
        lines.append(f"Undetermined by these examples: {open_}.")
    if found.clusters < FEW:
        lines.append(
            f"Fewer than {FEW} clusters: resamples of so few vary less than new examples would."
        )
    return lines


def calibrated_choice(now: Selection, after: Selection) -> str:
    """What calibrating every language would change about who teaches."""
    gone = [x for x in now.teachers if x not in after.teachers]
    new = [x for x in after.teachers if x not in now.teachers]
    if not gone and not new:
        return "Calibrated, the same languages would teach."
    parts = [f"{', '.join(gone)} would no longer teach"] * bool(gone)
    parts += [
        f"{', '.join(new)} would teach instead" if gone else f"{', '.join(new)} would teach, too"
    ] * bool(new)
    return f"Calibrated, {' and '.join(parts)}."


def percent(share: float) -> str:
    """A share that is not all or none never reads as if it were."""
    if 0 < share < 0.01:
        return "less than 1 %"
    return f"{100 * share:.0f} %" if share <= 0.99 or share == 1 else "more than 99 %"
