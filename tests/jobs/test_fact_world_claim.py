"""The method against the truth: the fact world NLI, disjoint facts, three seeds (minutes)."""

import pytest

from core.config import DistillConfig
from core.jobs.runner import run_now
from core.runs.store import RunStore


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_frozen_distillation_lifts_the_others_and_keeps_english(seed, tmp_path):
    run = run_now("distill", DistillConfig(seed=seed), RunStore(tmp_path))
    before, after = run.record.metrics["before"], run.record.metrics["after"]
    gained = after["average_non_english"] - before["average_non_english"]
    english = after["accuracy"]["en"] - before["accuracy"]["en"]
    print(f"seed {seed}: non-English {gained:+.1f}, English {english:+.1f}")
    assert gained >= 10
    assert run.record.metrics["change"]["english"]["verdict"] != "down"
    assert after["transfer_gap"] < before["transfer_gap"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_demo_lifts_the_others_and_narrows_the_gap(tmp_path):
    from core.config import DemoConfig

    run = run_now("demo", DemoConfig(), RunStore(tmp_path))
    before, after = run.record.metrics["before"], run.record.metrics["after"]
    print(f"demo: {run.record.seconds():.0f} s")
    assert after["average_non_english"] > before["average_non_english"]
    assert after["transfer_gap"] < before["transfer_gap"]
    assert len(list(RunStore(tmp_path).paths())) == 1
