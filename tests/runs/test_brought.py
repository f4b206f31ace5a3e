"""Files a user brought, kept beside the runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UserError
from core.runs.brought import FOLDER, keep
from core.runs.store import RunStore


def test_the_same_files_are_kept_once(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    one = keep(store, {"a.csv": b"x"}, "mine")
    assert one.name == "a.csv" and one.read_bytes() == b"x"
    assert keep(store, {"a.csv": b"x"}, "other") == one
    several = keep(store, {"a.csv": b"x", "b.csv": b"y"}, "mine")
    assert several.name == "mine"
    assert sorted(path.name for path in several.iterdir()) == ["a.csv", "b.csv"]
    assert keep(store, {"a.csv": b"z"}, "mine") != one
    assert len(list((store.root / FOLDER).iterdir())) == 3
    assert list(store) == []  # no run


@pytest.mark.parametrize("name", ["../a.csv", "a/b.csv", ".hidden", ""])
def test_names_that_lead_elsewhere(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no name of a file"):
        keep(RunStore(tmp_path), {name: b"x"}, "mine")
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("x")
    with pytest.raises(UserError, match="can't write to the store"):
        keep(RunStore(tmp_path / "runs"), {"a.csv": b"x"}, "mine")
