"""Intervals of equity measures against a plain loop, and seeds taken together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import UserError
from core.metrics.accuracy import correct
from core.metrics.bootstrap import cluster_indices, resample_counts
from core.metrics.equity_intervals import (
    GAP,
    GINI,
    UTILITY,
    WORST,
    measure_changes,
    measure_levels,
    measures,
)
from core.metrics.paired_bootstrap import paired_bootstrap, recorded_bootstrap
from core.metrics.pairing import aligned, pooled
from tests.metrics.test_equity import gini_by_pairs
from tests.metrics.test_significance import answers


def test_against_a_loop_over_the_same_draws() -> None:
    before, after = answers(0, 30), answers(1, 30)
    chosen = measures(before.languages, chance=None, speakers={"en": 3, "sw": 1})
    found = measure_changes(before, after, chosen, resamples=200, seed=4)
    right = [correct(before), correct(after)]
    groups = cluster_indices(before.clusters)
    values: dict[str, list[list[float]]] = {GINI: [], WORST: [], GAP: []}
    for counts in np.concatenate(list(resample_counts(30, 200, 4))):
        weights = counts[groups]
        drawn = [100 * (part * weights).sum(1) / weights.sum() for part in right]
        values[GINI].append([gini_by_pairs(x.tolist()) for x in drawn])
        values[WORST].append([x.min() for x in drawn])
        values[GAP].append([x[0] - x[1:].mean() for x in drawn])
    for name, pairs in values.items():
        table = np.array(pairs)
        for part, column in zip(
            (found[name].before, found[name].after, found[name].change),
            (*table.T, table[:, 1] - table[:, 0]),
            strict=True,
        ):
            assert (part.low, part.high) == pytest.approx(np.quantile(column, [0.025, 0.975]))
    shares = correct(after).mean(1)
    assert found[UTILITY].after.estimate == pytest.approx(
        (0.75 * shares[0] + 0.25 * shares[2]) / max(shares[0], shares[2])
    )
    alone = measure_levels(after, chosen, resamples=200, seed=4)
    assert alone[GINI] == found[GINI].after


def test_the_gap_is_the_paired_bootstraps() -> None:
    before, after = answers(0, 40), answers(1, 40)
    known = paired_bootstrap(before, after, resamples=300).gap
    found = measure_changes(before, after, measures(before.languages), resamples=300)[GAP].change
    assert known is not None
    assert (found.low, found.high, found.estimate) == pytest.approx(
        (known.low, known.high, known.estimate)
    )


def test_measures_that_do_not_exist() -> None:
    assert GAP not in measures(("fr", "sw")) and GAP not in measures(("en",))
    assert UTILITY not in measures(("en", "fr"))
    wrong = np.eye(3)[(np.arange(120) + 1) % 3][None]
    nothing = replace(answers(0, 120), languages=("en",), probabilities=wrong)
    assert np.isnan(measure_levels(nothing, measures(("en",)), resamples=20)[GINI].estimate)


def test_aligned_reorders_and_refuses() -> None:
    one = answers(0, 30)
    order = np.random.default_rng(0).permutation(120)
    moved = answers(1, 30).take(order).in_languages(("sw", "en"))
    both = aligned(one, moved)
    assert both is not None
    assert both[0].languages == both[1].languages == ("en", "sw")
    assert both[0].examples == both[1].examples == one.examples
    assert np.array_equal(
        both[1].probabilities, answers(1, 30).in_languages(("en", "sw")).probabilities
    )
    assert aligned(one, one.take(range(119))) is None
    assert one.gold is not None
    assert aligned(one, replace(one, gold=np.roll(one.gold, 1, axis=1))) is None
    assert aligned(one, replace(one, languages=("de", "it", "ja"))) is None
    assert aligned(replace(one, gold=None), one) is None


def test_seeds_share_their_clusters() -> None:
    pairs = [(answers(0, 120), answers(1, 120)), (answers(2, 120), answers(3, 120))]
    before, after = pooled(pairs)
    assert len(before.examples) == len(set(before.examples)) == 240
    assert len(set(before.clusters)) == 120
    share = np.mean([correct(part).mean(1) for _, part in pairs], axis=0)
    assert correct(after).mean(1) == pytest.approx(share)
    assert pooled(pairs[:1]) == pairs[0]
    with pytest.raises(UserError, match="nothing to pool"):
        pooled([])
    with pytest.raises(UserError, match="same languages"):
        pooled([pairs[0], tuple(x.in_languages(("en",)) for x in pairs[1])])  # type: ignore[list-item]


def test_a_record_gives_back_its_intervals() -> None:
    made = paired_bootstrap(answers(0, 30), answers(1, 30), resamples=100)
    found = recorded_bootstrap(made.to_json())
    assert found is not None and found.gap is not None and made.gap is not None
    assert found.gap.standard_error == pytest.approx(made.gap.standard_error)
    assert (found.gap.low, found.gap.verdict) == (made.gap.low, made.gap.verdict)
    assert found.languages.keys() == made.languages.keys()
    single = recorded_bootstrap(paired_bootstrap(answers(0, 1), answers(1, 1)).to_json())
    assert single is not None and np.isnan(single.average.low)
    assert recorded_bootstrap({}) is None and recorded_bootstrap({"average": 3}) is None
