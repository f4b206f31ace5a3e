"""Stores, a run to export, and processes that hold runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.runs.archive import export
from core.runs.store import RunStore, StoredRun
from tests import processes
from tests.runs.archives import whole_run


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "store")


@pytest.fixture
def whole(tmp_path: Path) -> StoredRun:
    """A finished run with everything a run can have, in a store of its own."""
    return whole_run(RunStore(tmp_path / "from"))


@pytest.fixture
def zipped(whole: StoredRun, tmp_path: Path) -> Path:
    """The archive of that run."""
    return export(whole, tmp_path / "run.zip")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> tuple[StoredRun, Path]:
    """A run and its archive, made once and never changed."""
    folder = tmp_path_factory.mktemp("pristine")
    run = whole_run(RunStore(folder / "store"))
    return run, export(run, folder / "run.zip")


@pytest.fixture
def gone() -> dict[str, Any]:
    """The identity of a process that has ended."""
    return processes.ended()


@pytest.fixture
def other() -> Iterator[dict[str, Any]]:
    """The identity of another process that lives."""
    with processes.living() as identity:
        yield identity
