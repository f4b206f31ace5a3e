"""The queue: order, priorities, damaged signs."""

from __future__ import annotations

from pathlib import Path

from core.runs.store import RunStore
from core.runs.waiting import HIGHEST, LOWEST, is_waiting, leave, line_up, place, waiting


def test_higher_priorities_go_first_then_the_older(tmp_path: Path) -> None:
    for name, priority in (("c", 0), ("a", 0), ("b", 3), ("d", -1)):
        line_up(tmp_path / name, priority)
    assert [name for name, _ in waiting(tmp_path)] == ["b", "a", "c", "d"]
    assert place(tmp_path / "c") == 2 and place(tmp_path / "x") is None
    line_up(tmp_path / "d", 9)
    assert waiting(tmp_path)[0] == ("d", 9)
    leave(tmp_path / "d")
    leave(tmp_path / "d")
    assert not is_waiting(tmp_path / "d")


def test_a_priority_is_bounded_and_a_damaged_one_is_none(tmp_path: Path) -> None:
    line_up(tmp_path / "a", 10**9)
    line_up(tmp_path / "b", -(10**9))
    (tmp_path / ".queue" / "c").write_bytes(b"\xff\x00")
    (tmp_path / ".queue" / "d").mkdir()
    assert dict(waiting(tmp_path)) == {"a": HIGHEST, "b": LOWEST, "c": 0, "d": 0}


def test_an_empty_store_has_no_queue(tmp_path: Path) -> None:
    assert waiting(tmp_path / "none") == []


def test_only_submitted_runs_wait(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    queued = store.create("select", {}, ["python"], priority=4)
    store.create("select", {}, ["python"], hold=True)
    assert waiting(tmp_path) == [(queued.id, 4)]
    assert len(store.paths()) == 2
