"""One way of training against another, seed by seed: the difference, and whether it beats it."""

from __future__ import annotations

from core.metrics.bootstrap import ROUNDING
from core.metrics.spread import Spread, seeds_in_words
from core.quoting import signed

FEW = 2
"""With fewer seeds nothing is said about which is better."""


def against(own: Spread, base: Spread) -> Spread | None:
    """Own less base at the seeds that both have; None where they share none."""
    shared = own.by_seed.keys() & base.by_seed.keys()
    if not shared:
        return None
    return Spread({seed: own.by_seed[seed] - base.by_seed[seed] for seed in shared})


def against_text(name: str, base: str, what: str, difference: Spread) -> str:
    """One sentence on who is better, which only all seeds together can say; empty with one seed.

    Args:
        name: of one way of training.
        base: of the other.
        what: the score that is compared.
        difference: of the one less the other, by seed, in points.
    """
    if difference.n < FEW:
        return ""
    up, down = (sum(sign * x > ROUNDING for x in difference.values) for sign in (1, -1))
    numbers = (
        f"median {signed(difference.median)} points ({signed(difference.low)} to "
        f"{signed(difference.high)}, {seeds_in_words(difference.by_seed)})"
    )
    if up == difference.n:
        return f"{name} beats {base}: {what} is higher in every seed, {numbers}."
    if down == difference.n:
        return f"{name} is worse than {base}: {what} is lower in every seed, {numbers}."
    return (
        f"{name} does not beat {base}: {what} is higher in {up} of {difference.n} seeds and lower "
        f"in {down}, {numbers}."
    )
