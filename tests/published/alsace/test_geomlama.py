"""ALSACE's Table 12: every cell is a count over the benchmark's denominator."""

from __future__ import annotations

import pytest

from core.data.geomlama_alignment import COUNTRIES, LANGUAGES, totals
from core.published.alsace.geomlama import METHODS, table_12

LAST_PLACE = 0.5e-4 + 1e-9
"""Half of the last printed place, and the error of a double."""


@pytest.mark.parametrize("method", METHODS)
def test_every_cell_is_a_count_over_its_denominator(method: str) -> None:
    published = table_12()[method]
    scores = published.scores
    assert tuple(published.printed) == LANGUAGES
    cells = 0
    for language in LANGUAGES:
        for country in COUNTRIES:
            count, value = scores.correct[language][country], published.printed[language][country]
            assert abs(count / totals()[country] - value) <= LAST_PLACE, (language, country)
            assert scores.accuracy[language][country] == count / totals()[country]
            cells += 1
        assert abs(scores.average[language] - published.printed_average[language]) <= LAST_PLACE
    assert cells == 25
    assert set(scores.chance) == set(COUNTRIES)
    assert "Table 12" in published.source


def test_the_counts_that_are_known() -> None:
    before = table_12()["XLM-R"].scores.correct["en"]
    assert before == {"US": 64, "CN": 30, "IN": 49, "IR": 65, "KE": 66}


def test_english_and_hindi_fall_on_average() -> None:
    before, after = (table_12()[method].scores.average for method in METHODS)
    assert [lang for lang in LANGUAGES if after[lang] < before[lang]] == ["en", "hi"]
