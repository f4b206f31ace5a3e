"""The page Runs in headless Chromium: real ticks, a real download, a real upload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from core.runs.store import RunStore
from tests.browser.app_driver import body, serve, settle, visit, window
from tests.dashboard import stored_runs

ROW = 35
"""Pixels of a table's row."""


@pytest.fixture
def page(tmp_path: Path, browser) -> Iterator[object]:
    """A window on the page, over a store of made-up runs in ``tmp_path / "runs"``."""
    stored_runs.fill(tmp_path / "runs")
    with serve(tmp_path / "runs") as address, window(browser) as opened:
        visit(opened, address, "runs")
        yield opened


def click_tick(page, row: int) -> None:
    place = {"x": 16, "y": ROW * (row + 1) + ROW // 2}
    page.get_by_test_id("stDataFrame").first.click(position=place)  # it scrolls there first
    settle(page)


def ids(store: RunStore) -> list[str]:
    return [run.id for run in store]


def test_a_tick_stays_with_its_run(page, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    chosen = ids(store)[2]
    click_tick(page, 2)
    assert chosen in page.url
    stored_runs._start(store, "demo", stored_runs.DemoConfig())
    page.get_by_role("button", name="Save").click()  # any rerun
    settle(page)
    assert ids(store).index(chosen) == 3
    assert chosen in page.url
    click_tick(page, 0)
    page.get_by_text("2 runs", exact=True).wait_for(timeout=15_000)
    assert chosen in page.url and ids(store)[0] in page.url


def test_a_run_goes_out_and_comes_back(page, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    row = next(n for n, run in enumerate(store) if run.record.kind == "select")
    run = list(store)[row]
    record = (run.path / "record.json").read_bytes()
    click_tick(page, row)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export", exact=True).click()
    assert download.value.suggested_filename == f"{run.id}.zip"
    file = tmp_path / "run.zip"
    download.value.save_as(file)
    page.get_by_role("button", name="Move to the trash").click()
    page.get_by_role("button", name="Undo").wait_for(timeout=15_000)
    settle(page)
    assert not run.path.exists()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text(file.name).first.wait_for(timeout=15_000)
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("button", name="Export", exact=True).wait_for()
    settle(page)
    assert (run.path / "record.json").read_bytes() == record
    assert run.id in page.url
    page.get_by_role("button", name="Empty the trash").click()
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_text("The trash is empty").wait_for(timeout=15_000)
    assert "Traceback" not in body(page)
