"""Which comparisons of balanced training belong together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.metrics.balance_scores import TEACHERS
from core.runs.balance_trials import (
    balance_trials,
    by_seed,
    data_sizes,
    probes_by_seed,
    scores_by_seed,
)
from core.runs.store import RunStore, StoredRun, read_run
from tests.dashboard.balanced_runs import LANGUAGES, cancelled, compared, probed, sized


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


def runs_of(store: RunStore) -> list[StoredRun]:
    return [run for run in store if isinstance(run, StoredRun)]


def changed(run: StoredRun, **config: object) -> StoredRun:
    path = run.path / "record.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["config"] |= config
    path.write_text(json.dumps(record), encoding="utf-8")
    found = read_run(run.path)
    assert isinstance(found, StoredRun)
    return found


def test_runs_that_differ_in_the_seed_only_belong_together(store: RunStore) -> None:
    first, second, other = (compared(store, seed=seed) for seed in (1, 0, 2))
    changed(other, steps=7)
    changed(compared(store, seed=0), prediction_batch=3)
    trials = balance_trials(runs_of(store))
    found = by_seed(first, trials)
    newest = next(trial.run.id for trial in trials if trial.seed == 0)
    assert {seed: run.id for seed, run in found.items()} == {0: newest, 1: first.id}
    assert list(found) == [0, 1]
    assert by_seed(second, trials)[0].id == second.id  # it is the one that is looked at
    assert by_seed(cancelled(store), trials) == {}


def test_damaged_and_unfinished_runs_are_left_out(store: RunStore) -> None:
    run = compared(store)
    cancelled(store)
    [trial] = balance_trials(runs_of(store))
    assert trial.run.id == run.id
    assert trial.before == run.record.metrics["teachers"]
    path = run.path / "record.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["metrics"]["teachers"] = {"x": "y"}
    path.write_text(json.dumps(record), encoding="utf-8")
    assert balance_trials(runs_of(store)) == []


def test_probes_are_of_the_same_settings_and_of_every_seed(store: RunStore) -> None:
    comparisons = {seed: compared(store, seed=seed) for seed in (0, 1, 2)}
    first, second = (probed(store, comparisons[seed]) for seed in (0, 1))
    probed(store, comparisons[1], task="ner")
    changed(probed(store, comparisons[2]), layer=1)
    probes = [run for run in runs_of(store) if run.record.kind == "balance_probe"]
    found = probes_by_seed(first, probes, comparisons)
    assert {seed: run.id for seed, run in found.items()} == {0: first.id, 1: second.id}


def test_sizes_of_one_language_belong_together(store: RunStore) -> None:
    compared(store, LANGUAGES)
    made = [sized(store, *sizes) for sizes in ((400, 100), (400, 200), (900, 100))]
    lonely = changed(sized(store, 400, 100), steps=3)
    [family] = data_sizes(balance_trials(runs_of(store)))
    assert {trial.run.id for trial in family.trials} == {run.id for run in made}
    assert lonely.id not in {trial.run.id for trial in family.trials}
    found = [(seed, scores.mrr[TEACHERS]) for seed, scores in scores_by_seed(family)]
    assert found == [(0, trial.run.record.metrics["teachers"]) for trial in family.trials]
