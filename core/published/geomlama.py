"""GeoMLAMA before and after ALSACE, as the paper printed it (Table 12)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from core.data.geomlama_alignment import COUNTRIES, chance, totals
from core.metrics.probing import ProbingScores

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
    text = (resources.files(__package__) / "alsace_geomlama.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return {method: _published(method, table[method]) for method in METHODS}


def _published(method: str, rows: Mapping[str, list[float]]) -> PublishedProbing:
    """The counts behind one method's rows: five countries, then the average."""
    total = totals()
    printed = {
        language: dict(zip(COUNTRIES, row[:-1], strict=True)) for language, row in rows.items()
    }
    correct = {
        language: {country: round(value * total[country]) for country, value in row.items()}
        for language, row in printed.items()
    }
    return PublishedProbing(
        method=method,
        model="XLM-R-large",
        source="ALSACE (Zhao et al. 2024), Table 12",
        url="https://arxiv.org/abs/2404.08491",
        scores=ProbingScores.of_counts(correct, total, chance()),
        printed=printed,
        printed_average={language: row[-1] for language, row in rows.items()},
    )
