"""Stores for the pages: empty, filled, and damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboard import stored_runs


@pytest.fixture(params=["empty", "filled", "damaged"])
def any_store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Each of the three stores in turn, set as the dashboard's."""
    root = tmp_path / "runs"
    if request.param == "filled":
        stored_runs.fill(root)
    elif request.param == "damaged":
        stored_runs.damage(root)
    monkeypatch.setenv("CORE_STORE", str(root))
    return root


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, stored_runs.StoredRun]:
    """A store with made-up runs, set as the dashboard's; the runs by name."""
    root = tmp_path / "runs"
    monkeypatch.setenv("CORE_STORE", str(root))
    return stored_runs.fill(root)
