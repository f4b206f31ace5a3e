"""IN-LANG, ZERO-SHOT and their groups, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.metrics.probe_means import PairScores

LANGUAGES = ("en", "de", "te")
VALUES = np.array(
    [
        [[80.0, 60.0, 30.0], [50.0, 90.0, 40.0], [20.0, 10.0, 70.0]],
        [[82.0, 62.0, 32.0], [52.0, 92.0, 42.0], [20.0, 10.0, 70.0]],
    ]
)
SCORES = PairScores(LANGUAGES, LANGUAGES, VALUES)


def test_in_language_is_the_diagonal() -> None:
    found = SCORES.in_language()
    assert found["en"] == {"mean": 81.0, "sd": pytest.approx(np.sqrt(2))}
    assert found["te"] == {"mean": 70.0, "sd": 0.0}


def test_zero_shot_averages_over_the_other_sources() -> None:
    found = SCORES.zero_shot()
    assert found["en"]["mean"] == pytest.approx((50 + 20 + 52 + 20) / 4)
    assert found["te"]["mean"] == pytest.approx((30 + 40 + 32 + 42) / 4)
    by_seed = [(30 + 40) / 2, (32 + 42) / 2]
    assert found["te"]["sd"] == pytest.approx(np.std(by_seed, ddof=1))


def test_a_group_is_of_targets_with_all_sources() -> None:
    found = SCORES.of_group(["en", "de"])
    assert found["in_lang"]["mean"] == pytest.approx((80 + 90 + 82 + 92) / 4)
    across = [(50 + 20) / 2, (60 + 10) / 2], [(52 + 20) / 2, (62 + 10) / 2]
    assert found["zero_shot"]["mean"] == pytest.approx(np.mean(across))
    assert found["zero_shot"]["sd"] == pytest.approx(np.std(np.mean(across, axis=1), ddof=1))
    assert SCORES.of_group(["sw"]) == {}


def test_every_pair() -> None:
    pairs = SCORES.pairs()
    assert pairs["en"]["de"]["mean"] == 61.0 and pairs["de"]["en"]["mean"] == 51.0


def test_one_language_has_no_zero_shot_and_one_seed_no_deviation() -> None:
    alone = PairScores(("en",), ("en",), np.array([[[50.0]]]))
    assert alone.zero_shot() == {} and alone.in_language() == {"en": {"mean": 50.0, "sd": None}}
    assert set(alone.of_group(["en"])) == {"in_lang"}
