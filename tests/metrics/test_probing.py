"""Accuracy of probing by region and language."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.data import geomlama
from core.data.geomlama_alignment import LANGUAGES, chance, totals
from core.data.probing import LanguageProbes, ProbingDataset
from core.data.probing_answers import ProbingAnswers
from core.errors import UserError
from core.metrics import probing
from core.metrics.probing import hits, score
from tests.conftest import SHARED

REAL = SHARED / "data/geomlama"


def one(candidates: str, gold: tuple[int, ...], classes: tuple[int, ...] = ()) -> ProbingDataset:
    """One example in one language; each letter is a candidate."""
    classes = classes or tuple(range(len(candidates)))
    right = tuple(sorted({classes[i] for i in gold}))
    probes = LanguageProbes(("<mask>",), (tuple(candidates),), (classes,), (gold,))
    return ProbingDataset("trial", ("1",), ("1",), (), (right,), {"en": probes})


@pytest.mark.parametrize(
    ("candidates", "gold", "scores", "expected"),
    [
        ("abc", (0,), [1.0, 2.0, 3.0], 1),
        ("abc", (1,), [1.0, 2.0, 3.0], 0),
        ("abc", (1,), [1.0, 1.0, 3.0], 1),  # a tie counts
        ("abc", (2,), [0.0, 0.0, 0.0], 1),
        ("abcd", (1, 3), [1.0, 2.0, 3.0, 4.0], 1),
        ("abcd", (1, 3), [1.0, 2.0, 3.0, 2.0], 2),
        ("abcd", (1, 3), [1.0, 1.0, 3.0, 2.0], 1),  # two equal scores take two places
        ("abcd", (1, 3), [5.0, -2.0, 3.0, -1.0], 2),
    ],
)
def test_right_answers_among_the_lowest_scores(
    candidates: str, gold: tuple[int, ...], scores: list[float], expected: int
) -> None:
    found = hits(ProbingAnswers.of(one(candidates, gold), {"en": [np.array(scores)]}))
    assert found["en"].tolist() == [expected]


def test_a_candidate_listed_twice_takes_one_place() -> None:
    data = one("abcb", (0, 2), (0, 1, 2, 1))
    answers = ProbingAnswers.of(data, {"en": [np.array([2.0, 1.0, 3.0, 1.0])]})
    assert hits(answers)["en"].tolist() == [1]


def test_scores_by_region() -> None:
    probes = LanguageProbes(
        ("<mask>",) * 3, (("x", "y"), ("x", "y", "z"), ("x", "y", "z", "w")),
        ((0, 1), (0, 1, 2), (0, 1, 2, 3)), ((0,), (0, 1), (3,)),
    )  # fmt: skip
    data = ProbingDataset(
        "trial", ("1", "2", "3"), ("1", "2", "3"), ("KE", "US", "KE"), probes.gold, {"en": probes}
    )
    found = score(data, {"en": [np.array([1, 2]), np.array([1, 3, 2]), np.array([0, 1, 2, 3])]})
    assert found.correct == {"en": {"KE": 1, "US": 1}}
    assert found.total == {"KE": 2, "US": 2}
    assert found.accuracy == {"en": {"KE": 0.5, "US": 0.5}}
    assert found.average == {"en": 0.5}
    assert found.chance == {"KE": pytest.approx((1 / 2 + 1 / 4) / 2), "US": pytest.approx(2 / 3)}
    stored = json.loads(json.dumps(found.to_json()))
    assert set(stored) == {"correct", "total", "accuracy", "average", "chance"}


def test_data_without_regions_is_one_group() -> None:
    found = score(one("ab", (1,)), {"en": [np.array([1.0, 0.0])]})
    assert found.accuracy == {"en": {"all": 1.0}}
    assert found.chance == {"all": 0.5}


def test_scores_that_do_not_fit() -> None:
    with pytest.raises(UserError, match="no scores in en"):
        score(one("ab", (1,)), {})


@pytest.mark.skipif(not REAL.exists(), reason="no real data beside the checkout")
def test_geomlamas_denominators_chance_and_random_scores() -> None:
    data = geomlama.load(REAL)
    assert probing.chance(data) == pytest.approx(chance())
    rng = np.random.default_rng(0)
    rounds = []
    for _ in range(30):
        scores = {
            lang: [rng.random(len(row)) for row in probes.candidates]
            for lang, probes in data.probes.items()
        }
        found = score(data, scores)
        assert found.total == totals()
        rounds.append([[found.accuracy[lang][c] for c in totals()] for lang in LANGUAGES])
    np.testing.assert_allclose(np.mean(rounds, axis=(0, 1)), list(chance().values()), atol=0.015)
    right = {
        lang: [
            np.array([float(i not in gold) for i in range(len(row))])
            for row, gold in zip(probes.candidates, probes.gold, strict=True)
        ]
        for lang, probes in data.probes.items()
    }
    assert set(score(data, right).average.values()) == {1.0}
