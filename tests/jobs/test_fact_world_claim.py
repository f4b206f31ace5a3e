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


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("by", ["all", "region"])
def test_distillation_on_prompts_lifts_the_weakest_in_wordings_it_never_saw(by, tmp_path):
    from core.config import DistillProbeConfig

    config = DistillProbeConfig(scorer="one-forward", teachers_by=by)
    metrics = run_now("distill_probe", config, RunStore(tmp_path)).record.metrics
    assert metrics["evaluation"] == "distilled facts, held-out wordings"
    before, after = metrics["before"]["average"], metrics["after"]["average"]
    weakest = min(before, key=before.get)
    assert after[weakest] - before[weakest] >= 0.05
    held_out = metrics["further"]["held-out facts"]
    moments = [held_out[when]["average"].values() for when in ("before", "after")]
    means = [sum(found) / len(found) for found in moments]
    assert means[1] - means[0] >= -0.01
