"""GeoMLAMA before and after ALSACE, as the paper printed it (Table 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from core.data.geomlama_alignment import COUNTRIES, chance, totals
from core.metrics.probing import ProbingScores
from core.published.alsace.paper import ALSACE, table
from core.published.tables import AVERAGE

METHODS = ("XLM-R", "ALSACE")
"""Before and after, as the table calls them."""


@dataclass(frozen=True)
class PublishedProbing:
    """One method of a published table, in the form of a run's own scores."""

    method: str
    model: str
    source: str
    """Where it was printed."""
    url: str
    scores: ProbingScores
    """The counts that give the printed accuracies."""
    printed: Mapping[str, Mapping[str, float]]
    """language -> country -> accuracy to four places, as printed."""
    printed_average: Mapping[str, float]
    """language -> average as printed."""


@cache
def table_12() -> dict[str, PublishedProbing]:
    """Method -> its 25 cells; ``XLM-R`` is before, ``ALSACE`` after.

    The paper prints accuracies; each is a count over the benchmark's denominator to the printed
    precision, and that count is unique (1/165 is more than 0.0001). English and Hindi fall on
    average, although the table prints English's ALSACE average in bold.
    """
    return {method: _published(method) for method in METHODS}


def _published(method: str) -> PublishedProbing:
    """The counts behind one method's columns: five countries, then the average."""
    total = totals()
    rows = {row.id: row.values("scores") for row in table(12).rows}
    printed = {
        language: {country: row[f"{country} {method}"] for country in COUNTRIES}
        for language, row in rows.items()
    }
    correct = {
        language: {country: round(value * total[country]) for country, value in row.items()}
        for language, row in printed.items()
    }
    return PublishedProbing(
        method=method,
        model="XLM-R-large",
        source=f"{ALSACE.name}, Table 12",
        url=ALSACE.url,
        scores=ProbingScores.of_counts(correct, total, chance()),
        printed=printed,
        printed_average={language: row[f"{AVERAGE} {method}"] for language, row in rows.items()},
    )
