"""D(M, L) and the means of groups, by hand."""

import pytest

from core.metrics.balance import difference, differences, group_means

TEACHERS = {"de": 40.0, "es": 30.0, "eu": 20.0}
SCORES = {"de": 34.0, "es": 27.0, "eu": 21.0}
GROUPS = {"high": ["de", "es"], "low": ["eu"]}


def test_difference_is_the_mean_distance_from_the_teachers():
    assert difference(SCORES, TEACHERS, ["de", "es", "eu"]) == pytest.approx((-6 - 3 + 1) / 3)
    assert difference(SCORES, TEACHERS, []) is None


def test_groups():
    assert differences(SCORES, TEACHERS, GROUPS) == {
        "high": pytest.approx(-4.5),
        "low": pytest.approx(1.0),
        "all": pytest.approx(-8 / 3),
    }
    assert group_means(SCORES, {**GROUPS, "none": []}) == {
        "high": 30.5,
        "low": 21.0,
        "none": None,
        "all": pytest.approx(82 / 3),
    }


def test_the_papers_german_is_the_difference_of_one_language():
    """Table 5: a model 2.9 points below the teacher."""
    assert difference({"de": 37.1}, {"de": 40.0}, ["de"]) == pytest.approx(-2.9)
