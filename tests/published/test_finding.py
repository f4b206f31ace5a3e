"""Findings of every paper: complete, in words, and each deviation in exactly one."""

from __future__ import annotations

from collections import Counter

import pytest

from core.published.finding import Finding, place_name
from core.published.papers import PAPERS

IDS = list(PAPERS)


@pytest.mark.parametrize("paper", IDS)
def test_every_deviation_is_in_exactly_one(paper: str) -> None:
    one = PAPERS[paper]
    covered = Counter(place for found in one.disagreements() for place in found.covers)
    assert set(covered) == {found.place for found in one.audit.deviating}
    assert set(covered.values()) == {1}
    assert not any(found.covers for found in one.cautions())


@pytest.mark.parametrize("paper", IDS)
def test_each_says_where_what_and_why(paper: str) -> None:
    both = (*PAPERS[paper].disagreements(), *PAPERS[paper].cautions())
    assert len({found.id for found in both}) == len(both)
    for found in both:
        assert found.where and found.cell and found.printed and found.recomputed
        assert found.effect.endswith(".")
        assert set(found.tables) <= {0, *PAPERS[paper].paper.numbers}


def test_names_of_places() -> None:
    assert place_name(2) == "Table 2"
    assert place_name(2, 7, 8) == "Tables 2, 7 and 8"
    assert place_name(0) == "Text"
    assert place_name(0, 2) == "Text and Table 2"
    assert Finding("x", (3, 4), "", "", "", "").where == "Tables 3 and 4"
