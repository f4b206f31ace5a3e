"""The clustered paired bootstrap against a plain loop over the same draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics import bootstrap
from core.metrics.bootstrap import (
    Interval,
    cluster_indices,
    minimum_detectable_difference,
    resample_counts,
    resampled_changes,
)
from core.metrics.paired_bootstrap import paired_bootstrap


def make(seed: int, skill: float, languages: tuple[str, ...] = ("fr", "en", "sw")) -> Predictions:
    gold = np.eye(3, dtype=bool)[np.arange(40) % 3]
    noise = np.random.default_rng(seed).dirichlet(np.ones(3), size=(len(languages), 40))
    p = (1 - skill) * noise + skill * gold
    clusters = tuple(f"c{i // 3}" for i in range(40))
    names = tuple(map(str, range(40)))
    return Predictions(languages, names, p, gold=gold, clusters=clusters)


def test_matches_a_loop_over_the_same_resamples() -> None:
    before, after = make(1, 0.0), make(2, 0.3)
    found = paired_bootstrap(before, after, resamples=300, seed=7)
    right = [
        np.take_along_axis(x.gold[None].repeat(3, 0), x.probabilities.argmax(2)[..., None], 2)[
            ..., 0
        ]
        for x in (before, after)
        if x.gold is not None
    ]
    members: dict[str, list[int]] = {}
    for i, cluster in enumerate(before.clusters):
        members.setdefault(cluster, []).append(i)
    groups = list(members.values())
    generator = np.random.default_rng(7)
    gaps, english, others = [], [], []
    for _ in range(300):
        drawn = [i for g in generator.integers(len(groups), size=len(groups)) for i in groups[g]]
        delta = [
            100 * (sum(right[1][k][i] for i in drawn) - sum(right[0][k][i] for i in drawn))
            / len(drawn)
            for k in range(3)
        ]  # fmt: skip
        english.append(float(delta[1]))
        others.append(float(delta[0] + delta[2]) / 2)
        gaps.append(english[-1] - others[-1])
    for interval, values in (
        (found.gap, gaps), (found.pivot, english), (found.average_non_english, others),
    ):  # fmt: skip
        assert interval is not None
        low, high = np.quantile(values, [0.025, 0.975])
        assert (interval.low, interval.high) == pytest.approx((low, high))
        assert interval.standard_error == pytest.approx(float(np.std(values)))
    assert (found.n, found.clusters, found.resamples) == (40, 14, 300)
    assert found.gap is not None
    assert found.gap.estimate == pytest.approx(
        100 * (right[1].mean(1) - right[0].mean(1)) @ [-0.5, 1, -0.5]
    )


def test_chunks_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.concatenate(list(resample_counts(11, 50, 3)))
    monkeypatch.setattr(bootstrap, "CHUNK_DRAWS", 33)
    assert np.array_equal(np.concatenate(list(resample_counts(11, 50, 3))), whole)
    assert (whole.sum(1) == 11).all()


def test_one_cluster_has_no_spread() -> None:
    before, after = np.zeros((2, 4), bool), np.ones((2, 4), bool)
    assert (resampled_changes(before, after, np.zeros(4, int), 20) == 100).all()
    assert cluster_indices(["b", "a", "b"]).tolist() == [0, 1, 0]


def test_verdicts() -> None:
    same = paired_bootstrap(make(1, 0.0), make(1, 0.0), resamples=200)
    assert {x.verdict for x in same.languages.values()} == {"unchanged"}
    assert Interval(-1.0, 1.0, 0.0, 0.5).verdict == "undetermined"
    assert Interval(0.0, 0.0, 0.0, 0.0).verdict == "unchanged"
    better = paired_bootstrap(make(1, 0.0), make(1, 0.9), resamples=200)
    worse = paired_bootstrap(make(1, 0.9), make(1, 0.0), resamples=200)
    assert (better.average.verdict, worse.average.verdict) == ("up", "down")
    identical = replace(make(1, 0), probabilities=make(1, 0).probabilities[[0, 0, 0]])
    after = replace(identical, probabilities=make(1, 0.9).probabilities[[0, 0, 0]])
    gap = paired_bootstrap(identical, after, resamples=200).gap
    assert gap is not None
    assert gap.verdict == "unchanged"


def test_without_english() -> None:
    languages = ("fr", "sw", "de")
    found = paired_bootstrap(make(1, 0, languages), make(2, 0, languages), resamples=10)
    assert found.gap is None
    assert found.pivot is None
    assert found.average_non_english == found.average


def test_refuses_what_is_not_paired() -> None:
    one = make(1, 0)
    for other in (
        replace(one, languages=("fr", "en", "de")),
        replace(one, examples=tuple(f"x{i}" for i in range(40))),
        replace(one, gold=None),
    ):
        with pytest.raises(UserError):
            paired_bootstrap(one, other)
    with pytest.raises(UserError):
        paired_bootstrap(one, one, resamples=0)


def test_detectable_difference() -> None:
    error = 100 * (0.22 / 303) ** 0.5
    assert error == pytest.approx(2.69, abs=0.01)
    assert minimum_detectable_difference(error) == pytest.approx(2.8016 * error, rel=1e-3)
