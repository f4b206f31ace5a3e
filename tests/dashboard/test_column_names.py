"""Short names of runs: what tells them apart is in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.runs.notes import annotate
from core.runs.store import RunStore, StoredRun
from dashboard.column_names import column_names


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[StoredRun]:
    """One run a strategy; ALSACE's is not named by its strategy."""
    monkeypatch.setenv("CORE_STORE", str(tmp_path))
    store, runs = RunStore(tmp_path), []
    for strategy in ("alsace", "none", "random"):
        run = store.create("distill", {"strategy": strategy}, [])
        part = "" if strategy == "alsace" else f"{strategy}, "
        annotate(run.path, name=f"Fact world, {part}seed 0")
        runs.append(run)
    return runs


def test_strategies_that_differ_are_all_named(made: list[StoredRun]) -> None:
    found = column_names(made, longest=60)
    assert list(found.values()) == ["alsace, seed 0", "none, seed 0", "random, seed 0"]


def test_one_strategy_goes_without_saying(made: list[StoredRun]) -> None:
    assert list(column_names(made[:1], longest=60).values()) == ["Fact world, seed 0"]
