"""What moving the threshold costs the server, on data of the largest size a benchmark here has."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from core.data.predictions import Predictions
from core.data.predictions_file import write_predictions
from core.runs.environment import ROOT, environment
from core.runs.store import RunStore
from tests.browser.answers import Answers
from tests.browser.app_driver import chromium, chromium_path, serving, settle, visit, window
from tests.browser.timed_server import read_times

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="no Chromium is installed"),
]
LANGUAGES = tuple(f"l{number:02}" for number in range(15))
EXAMPLES, CLASSES = 5010, 3
MOVES = 12


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one run: 15 languages, each less sure and less often right than the last."""
    folder = tmp_path_factory.mktemp("large")
    rng = np.random.default_rng(0)
    right = rng.integers(CLASSES, size=EXAMPLES)
    skill = np.linspace(2.0, 0.4, len(LANGUAGES))
    logits = rng.normal(size=(len(LANGUAGES), EXAMPLES, CLASSES))
    logits[:, np.arange(EXAMPLES), right] += skill[:, None]
    made = np.exp(logits)
    made /= made.sum(axis=2, keepdims=True)
    ids = tuple(f"item-{i}" for i in range(EXAMPLES))
    gold = np.eye(CLASSES, dtype=bool)[right]
    write_predictions(Predictions(LANGUAGES, ids, made, gold=gold), folder / "made.parquet")
    command = [sys.executable, "-m", "core", "select", "--predictions", folder / "made.parquet"]
    subprocess.run([*command, "--store", folder / "runs"], check=True, cwd=ROOT)
    return folder / "runs"


@pytest.fixture(scope="module")
def times(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server writes how long each run of its script took."""
    return tmp_path_factory.mktemp("times") / "times.txt"


@pytest.fixture(scope="module")
def address(store: Path, times: Path) -> Iterator[str]:
    with serving(store, times) as server:
        yield server.address


def move_threshold(page, share: float) -> None:
    """Click on the slider's line, at a share of its length."""
    thumb = page.get_by_role("slider").first
    handle, line = thumb.bounding_box(), page.get_by_test_id("stSlider").first.bounding_box()
    page.mouse.click(line["x"] + share * line["width"], handle["y"] + handle["height"] / 2)


@pytest.mark.parametrize(
    "view", ["", pytest.param("Stability", marks=pytest.mark.slow)], ids=["no view", "stability"]
)
def test_the_threshold_moves_the_charts(
    view: str, store: Path, address: str, times: Path, capsys
) -> None:
    run = next(iter(RunStore(store))).id
    with chromium() as browser, window(browser) as page:
        answers = Answers(page)
        visit(page, address, "teacher_selection", f"run={run}&trust={view}")
        page.get_by_text("Teachers (").wait_for(timeout=60_000)
        settle(page)
        answers.seconds.clear()
        answers.charts.clear()
        before = len(read_times(times))
        for move in range(1, MOVES + 1):
            move_threshold(page, move / (MOVES + 1))
            while len(answers.seconds) < move:
                page.wait_for_timeout(50)
    drawn = [re.findall(r"\\u03b8 = ([\d.]+)", charts[0])[-1] for charts in answers.charts]
    assert len(set(drawn)) == MOVES  # each move drew the threshold somewhere else
    assert max(len(charts) for charts in answers.charts) == (4 if view else 2)
    runs = read_times(times)[before:]
    assert len(runs) >= MOVES
    assert all(0 < x.charted < x.seconds for x in runs)
    charted, clock, busy, seen = (
        1000 * statistics.median(found)
        for found in (
            [x.charted for x in runs],
            [x.seconds for x in runs],
            [x.busy for x in runs],
            answers.seconds,
        )
    )
    facts = environment()
    with capsys.disabled():
        print(
            f"\n  θ moved, {len(LANGUAGES)} x {EXAMPLES:,} x {CLASSES}, {view or 'no view'} open, "
            f"medians: server {charted:.0f} ms to the last new chart, {clock:.0f} ms to the end of "
            f"the page ({busy:.0f} of the processor), until the window has the last message "
            f"{seen:.0f} ms ({facts['processor']}, {facts['cores']} cores, load "
            f"{os.getloadavg()[0]:.1f})"
        )
