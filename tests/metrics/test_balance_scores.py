"""MRR of a comparison, its distances and its intervals, against slow loops."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.reciprocal_ranks import ReciprocalRanks
from core.errors import UserError
from core.metrics.balance_scores import ALL, HIGH, LOW, TEACHERS, BalanceScores, balance_intervals
from tests.dashboard.balanced_runs import MODELS, metrics_of, ranks_of


def test_the_record_is_read_back() -> None:
    metrics = metrics_of(ranks_of())
    found = BalanceScores.from_json(metrics)
    assert found is not None
    assert found.models == MODELS and next(iter(found.mrr)) == TEACHERS
    assert found.groups == {
        HIGH: ("en", "de", "fr"),
        LOW: ("hu", "eu"),
        ALL: ("en", "de", "fr", "hu", "eu"),
    }
    for model in MODELS:
        for group in (HIGH, LOW, ALL):
            assert found.mean(model, group) == pytest.approx(metrics["means"][model][group])
            expected = metrics["difference"][model][group]
            assert found.difference(model, group) == pytest.approx(expected)


def test_languages_go_by_the_size_of_their_data() -> None:
    metrics = metrics_of(ranks_of())
    metrics["characters"] = {"en": 1, "de": 5, "fr": 3, "hu": 1, "eu": 9}
    found = BalanceScores.from_json(metrics)
    assert found is not None and found.languages == ("de", "fr", "en", "eu", "hu")


def test_a_single_group() -> None:
    groups = {"high": ["en", "de", "fr", "hu", "eu"], "low": []}
    found = BalanceScores.from_json({**metrics_of(ranks_of()), "groups": groups})
    assert found is not None and set(found.groups) == {HIGH, ALL}


@pytest.mark.parametrize("part", ["teachers", "groups", "mrr"])
def test_a_damaged_record_is_one_message(part: str) -> None:
    metrics = metrics_of(ranks_of())
    assert BalanceScores.from_json({}) is None
    with pytest.raises(UserError, match="the recorded MRR can't be read"):
        BalanceScores.from_json({**metrics, part: {"x": "y"}})


def small() -> ReciprocalRanks:
    """Two languages; verse 2 stands in one of them only, and twice."""
    return ReciprocalRanks(
        ranks={
            "teacher-en": {"en": np.array([1.0, 0.5, 0.25, 1.0], np.float16)},
            "teacher-eu": {"eu": np.array([0.5, 0.5], np.float16)},
            "hl": {
                "en": np.array([0.5, 0.5, 0.25, 0.2], np.float16),
                "eu": np.array([0.1, 1.0], np.float16),
            },
        },
        clusters={
            "en": np.array([0, 1, 2, 2], np.int32),
            "eu": np.array([0, 1], np.int32),
        },
    )


def test_intervals_are_those_of_a_slow_loop() -> None:
    ranks, resamples, seed = small(), 400, 5
    found = balance_intervals(ranks, resamples=resamples, seed=seed)
    drawn = np.random.default_rng(seed).integers(3, size=(resamples, 3))
    expected = []
    for verses in drawn:
        means = {}
        for name, language in (("hl", "en"), ("hl", "eu"), ("teacher-en", "en")):
            values = [
                float(value)
                for verse in verses
                for value, own in zip(
                    ranks.ranks[name][language], ranks.clusters[language], strict=True
                )
                if own == verse
            ]
            means[name, language] = 100 * np.mean(values) if values else None
        if None not in means.values():
            expected.append(list(means.values()))
    slow = np.array(expected)
    assert found.clusters == 3 and found.resamples == len(slow) < resamples
    both = slow[:, :2].mean(axis=1)
    interval = found.of("hl", ["en", "eu"])
    assert interval is not None
    assert interval.low == pytest.approx(np.quantile(both, 0.025))
    assert interval.high == pytest.approx(np.quantile(both, 0.975))
    assert interval.estimate == pytest.approx((36.25 + 55) / 2, abs=0.05)  # float16
    apart = found.of("hl", ["en"], TEACHERS)
    assert apart is not None
    assert apart.low == pytest.approx(np.quantile(slow[:, 0] - slow[:, 2], 0.025))
    assert found.by_language["hl"]["eu"].high == pytest.approx(np.quantile(slow[:, 1], 0.975))


def test_what_was_not_asked_has_no_interval() -> None:
    found = balance_intervals(small(), resamples=10)
    assert found.of("hl", ["fr"]) is None and found.of("balanced", ["en"]) is None
    assert found.of("hl", []) is None
    with pytest.raises(UserError, match="no reciprocal ranks"):
        balance_intervals(ReciprocalRanks({}, {}))
