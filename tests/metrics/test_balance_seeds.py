"""Seeds together: means and ranges, of MRR and of probes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.metrics.balance_findings import FAILS, HOLDS, OPEN, findings_of
from core.metrics.balance_scores import BalanceScores
from core.metrics.balance_seeds import SeedRanges, mean_scores
from core.metrics.probe_record import IN_LANG, ZERO_SHOT, MeanSd, ProbeRecord
from core.metrics.probe_seeds import mean_probes
from tests.dashboard.balanced_runs import probe_metrics

GROUPS = {"high": ("en",), "low": ("eu",), "all": ("en", "eu")}


def scores(size: int, **mrr: tuple[float, float]) -> BalanceScores:
    found = {name: {"en": high, "eu": low} for name, (high, low) in mrr.items()}
    return BalanceScores(found, GROUPS, {"en": size, "eu": 10}, {"en": 10, "eu": 10})


SEEDS = {
    0: scores(100, teachers=(40, 30), hl=(35, 25), balanced=(28, 27), sampled=(1, 1)),
    1: scores(103, teachers=(41, 31), hl=(36, 28), balanced=(30, 27)),
}


def test_means_are_of_every_cell_and_of_what_all_seeds_have() -> None:
    found = mean_scores(SEEDS)
    assert found.mrr == {
        "teachers": {"en": 40.5, "eu": 30.5},
        "hl": {"en": 35.5, "eu": 26.5},
        "balanced": {"en": 29.0, "eu": 27.0},
    }
    assert found.characters == {"en": 102, "eu": 10} and found.groups == GROUPS


def test_ranges_are_the_least_and_the_greatest_seed() -> None:
    ranges = SeedRanges(SEEDS)
    found = ranges.of("balanced", ("en", "eu"), "hl")
    assert found is not None  # seed 0: (-7 + 2) / 2, seed 1: (-6 - 1) / 2
    assert (found.low, found.high, found.estimate) == (-3.5, -2.5, -3.0)
    assert found.standard_error == pytest.approx(0.5)  # deviation 0.7071 over the root of 2
    alone = ranges.of("hl", ("eu",))
    assert alone is not None and (alone.low, alone.high) == (25, 28)
    assert ranges.of("sampled", ("en",)) is None and ranges.of("hl", ()) is None
    assert "2 seeds" in ranges.title and "2 seeds" in ranges.note and "2 seeds" in ranges.how


def test_a_finding_needs_all_seeds() -> None:
    verdicts = {x.claim: x.verdict for x in findings_of(mean_scores(SEEDS), SeedRanges(SEEDS))}
    assert verdicts == {
        "Balancing the data lifts the low-resource languages": OPEN,
        "Balancing the data costs the high-resource languages": HOLDS,
    }
    worse = {seed: scores(1, hl=(1, 9), balanced=(2, 8), teachers=(9, 9)) for seed in (0, 1)}
    found = findings_of(mean_scores(worse), SeedRanges(worse))
    assert [x.verdict for x in found] == [FAILS, FAILS]


def test_probes_of_several_encoders() -> None:
    first, second = (ProbeRecord.from_json(probe_metrics(seed=seed)) for seed in (0, 1))
    assert first is not None and second is not None
    without = {x: y for x, y in second.pairs.items() if x != "hl"}
    found = mean_probes([first, replace(second, pairs=without)])
    assert found.seeds == 2 and "hl" not in found.pairs
    a, b = (one.pairs["distilled"]["en"]["fr"].mean for one in (first, second))
    cell = found.pairs["distilled"]["en"]["fr"]
    assert cell.mean == pytest.approx((a + b) / 2)
    assert cell.sd == pytest.approx(abs(a - b) / 2**0.5)
    for name in (IN_LANG, ZERO_SHOT):
        a, b = (one.by_group[name]["balanced"]["low"].mean for one in (first, second))
        assert found.by_group[name]["balanced"]["low"].mean == pytest.approx((a + b) / 2)
    assert isinstance(found.by_language[IN_LANG]["teachers"]["de"], MeanSd)
