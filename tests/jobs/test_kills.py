"""A worker killed at random moments: no run lost, none broken, and the same end."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.jobs import kills
from tests.processes import needs_proc

pytestmark = needs_proc


def test_a_few_kills(tmp_path: Path) -> None:
    kills.prepare(tmp_path)
    tally = kills.Tally()
    kills.disturb(tmp_path, 0, 3, random.Random(1), tally)
    assert tally.kills


@pytest.mark.slow
def test_two_hundred_kills_over_twenty_runs(capsys: pytest.CaptureFixture[str]) -> None:
    kills.main(["--kills", "200", "--runs", "20"])
    assert "run 20" in capsys.readouterr().out
