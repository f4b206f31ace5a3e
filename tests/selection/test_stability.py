"""Stability of a choice against the choice itself, made anew on every resample in full."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.config.strategies import STRATEGIES
from core.data.predictions import Predictions
from core.errors import UserError
from core.selection.options import StrategyOptions
from core.selection.stability import (
    halves,
    reaching,
    resampled_confidences,
    stability,
    stability_by_size,
)
from core.selection.stability_text import calibrated_choice, percent, summary_of
from core.selection.strategies import choose

LANGUAGES = ("en", "de", "fr", "sw", "zh", "hi")
OPTIONS = StrategyOptions(teachers=("de", "sw"), seed=3)


def some_predictions(examples: int = 30, clusters: int = 12) -> Predictions:
    """Answers of unequal languages to questions in clusters of unequal sizes."""
    generator = np.random.default_rng(5)
    p = generator.dirichlet(np.full(3, 0.7), size=(len(LANGUAGES), examples))
    groups = np.concatenate([np.arange(clusters), generator.integers(clusters, size=examples)])
    names = tuple(f"c{i}" for i in groups[:examples])
    return Predictions(LANGUAGES, tuple(map(str, range(examples))), p, clusters=names)


def literal(found: Predictions, resamples: int, drawn: int | None = None) -> list[Predictions]:
    """The examples of every resample, one after the other."""
    names = list(dict.fromkeys(found.clusters))
    draws = np.random.default_rng(0).integers(len(names), size=(resamples, len(names)))
    out = []
    for row in draws[:, :drawn]:
        places = [i for k in row for i, name in enumerate(found.clusters) if name == names[k]]
        out.append(found.take(places))
    return out


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("threshold", [None, 0.168])
def test_every_strategy_is_repeated(strategy: str, threshold: float | None) -> None:
    found = some_predictions()
    chosen = choose(found, strategy, threshold, OPTIONS)
    repeated = stability(found, chosen, OPTIONS, resamples=40)
    for row, taken in zip(repeated.teaches, literal(found, 40), strict=True):
        again = choose(taken, strategy, threshold, OPTIONS).teachers
        assert tuple(np.array(LANGUAGES)[row]) == again
    assert repeated.probability == pytest.approx(repeated.teaches.mean(axis=0))
    same = [tuple(np.array(LANGUAGES)[row]) == chosen.teachers for row in repeated.teaches]
    assert repeated.same == pytest.approx(np.mean(same))


def test_resamples_vary() -> None:
    found = some_predictions()
    repeated = stability(found, choose(found), resamples=200)
    assert 0 < repeated.same < 1
    assert any(0.05 < p < 0.95 for p in repeated.probability)
    kept = np.where(repeated.chosen, repeated.probability, 1 - repeated.probability)
    assert repeated.undetermined == tuple(np.array(LANGUAGES)[kept < 0.95])
    low, high = repeated.interval
    assert (low < repeated.selection.normalized).all()
    assert (repeated.selection.normalized < high).all()


@pytest.mark.parametrize("drawn", [1, 5, 12])
def test_fewer_clusters_are_the_first_draws(drawn: int) -> None:
    found = some_predictions()
    chosen = choose(found)
    scores = resampled_confidences(found, chosen, drawn=drawn, resamples=30)
    plain = [choose(x).confidence for x in literal(found, 30, drawn)]
    assert scores == pytest.approx(np.array(plain))


def test_sizes_end_with_all_examples() -> None:
    found = some_predictions()
    chosen = choose(found)
    sizes = stability_by_size(found, chosen, resamples=150)
    assert sizes.clusters == (3, 6, 12) and sizes.examples == (8, 15, 30)
    whole = stability(found, chosen, resamples=150)
    assert sizes.probability[-1] == pytest.approx(whole.probability)
    assert sizes.same[-1] == pytest.approx(whole.same)
    assert halves(5010) == (156, 313, 626, 1252, 2505, 5010)
    assert halves(2) == (2,)


def test_the_curve_over_the_threshold_counts_resamples() -> None:
    found = some_predictions()
    repeated = stability(found, choose(found), resamples=60)
    cuts = np.linspace(0.15, 0.18, 7)
    plain = [[(row >= cut).mean() for row in repeated.normalized.T] for cut in cuts]
    assert reaching(repeated.normalized, cuts) == pytest.approx(np.array(plain))
    at = reaching(repeated.normalized, [repeated.selection.threshold])[0]
    assert at == pytest.approx(repeated.probability)


def test_equal_languages_always_teach() -> None:
    row = np.random.default_rng(1).dirichlet(np.ones(3), size=9)
    found = Predictions(LANGUAGES, tuple(map(str, range(9))), np.stack([row] * 6))
    repeated = stability(found, choose(found), resamples=50)
    assert repeated.teaches.all() and repeated.same == 1 and repeated.undetermined == ()


def test_a_single_cluster_can_not_be_resampled() -> None:
    found = replace(some_predictions(), clusters=("one",) * 30)
    with pytest.raises(UserError, match="takes 2 clusters"):
        stability(found, choose(found))


def test_the_words_follow_the_numbers() -> None:
    found = some_predictions()
    repeated = stability(found, choose(found), resamples=200)
    first, *rest = summary_of(repeated)
    assert f"{len(repeated.selection.teachers)} languages teach in" in first
    assert "200 resamples of the 12 clusters (30 examples)" in first
    assert all(name in " ".join(rest) for name in LANGUAGES)
    one = stability(found, choose(found, "by-hand", options=OPTIONS), OPTIONS, resamples=20)
    assert summary_of(one)[1:] == [
        "Settled in 95 % of them or more: teachers de, sw; students en, fr, zh, hi.",
        "Fewer than 20 clusters: resamples of so few vary less than new examples would.",
    ]
    many = replace(found, clusters=())
    assert len(summary_of(stability(many, choose(many, "none"), resamples=20))) == 2
    nobody = stability(found, choose(found, threshold=0.9), resamples=20)
    assert summary_of(nobody)[0].startswith("Nobody teaches in 100 %")


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (0.001, "less than 1 %"), (0.5, "50 %"), (0.995, "more than 99 %"), (1, "100 %")],
)
def test_almost_all_is_not_all(share: float, said: str) -> None:
    assert percent(share) == said


def test_what_calibration_would_change() -> None:
    found = some_predictions()
    now = choose(found, "by-hand", options=OPTIONS)
    other = now.with_teachers(("sw", "zh"))
    assert calibrated_choice(now, now) == "Calibrated, the same languages would teach."
    assert calibrated_choice(now, other) == (
        "Calibrated, de would no longer teach and zh would teach instead."
    )
    assert calibrated_choice(now, now.with_teachers(("de", "sw", "zh"))) == (
        "Calibrated, zh would teach, too."
    )
