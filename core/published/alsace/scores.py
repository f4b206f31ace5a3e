"""What ALSACE's rules are made of: a row's accuracies, and its gap to English."""

from __future__ import annotations

from collections.abc import Mapping

from core.metrics.accuracy import PIVOT
from core.published.computed import numbers
from core.published.rounding import Rounded, exact, mean
from core.published.tables import PublishedRow

BEFORE = "xlm-r-large"
"""Id of the row that gains are counted from."""

Scores = Mapping[str, Rounded]


def accuracies(row: PublishedRow) -> dict[str, Rounded]:
    """The accuracies a row prints, by language; placeholders are left out."""
    return numbers(row, "accuracy")


def gap(scores: Scores, *, english_counts: bool = False) -> Rounded:
    """English minus the others, on average; with English's own 0 if it counts."""
    gaps = [scores[PIVOT] - score for language, score in scores.items() if language != PIVOT]
    return mean([*gaps, exact(0)] if english_counts else gaps)
