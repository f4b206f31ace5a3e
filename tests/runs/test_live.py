"""The writing side of a run: history, warnings, starting again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.runs.checkpoints import TRAINING
from core.runs.live import HISTORY, LiveRun
from core.runs.store import RunStore
from core.runs.view import RunView


@pytest.fixture
def live(tmp_path: Path) -> LiveRun:
    return LiveRun(RunStore(tmp_path).create("distill", {}, ["python"]))


def steps(live: LiveRun) -> list[int]:
    return [row["step"] for row in RunView(live.path, live.record).history()]


def test_damaged_lines_are_cut_with_the_later_ones(live: LiveRun) -> None:
    rows = [json.dumps({"step": step}) for step in range(4)]
    lines = [*rows[:2], "{ half a li", "[3]", "3", '{"step": null}', *rows[2:]]
    (live.path / HISTORY).write_bytes("\n".join(lines).encode() + b"\n\xff\xfe")
    live.cut_history(2)
    assert steps(live) == [0, 1, 2]


def test_a_warning_stands_once(live: LiveRun) -> None:
    live.warn("one", "two")
    live.warn("two", "three")
    assert live.record.warnings == ["one", "two", "three"]


def test_a_start_from_the_beginning_forgets_the_attempt_before(live: LiveRun) -> None:
    live.start()
    live.add_history({"step": 0})
    live.warn("of the first attempt")
    live.start()
    assert steps(live) == [] and live.record.warnings == []


def test_a_start_from_a_checkpoint_keeps_it(live: LiveRun) -> None:
    live.start()
    live.add_history({"step": 0})
    live.warn("of the first attempt")
    (live.path / TRAINING).mkdir()
    (live.path / TRAINING / "state.json").write_text("{}")
    live.start()
    assert steps(live) == [0] and live.record.warnings
