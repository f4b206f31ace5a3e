"""The page Knowledge probing in headless Chromium: its charts, and a click on a question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from tests.browser.app_driver import SIZES, body, serve, settle, visit
from tests.browser.app_driver import window as open_window
from tests.browser.screenshots import _unroll
from tests.browser.test_example_browser import click, query
from tests.browser.test_pages import assert_sound, sideways
from tests.dashboard import probed_runs


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict]]:
    root = tmp_path_factory.mktemp("stores") / "probed"
    made = probed_runs.fill(root)
    with serve(Path(root)) as address:
        yield address, made


@pytest.mark.slow
@pytest.mark.parametrize("size", list(SIZES))
def test_every_chart_is_drawn(size: str, served: tuple[str, dict], browser) -> None:
    address, made = served
    with open_window(browser, size) as page:
        visit(page, address, "geomlama", f"run={made['region'].id}&asked={made['asked'].id}")
        _unroll(page)
        settle(page)
        assert_sound(body(page))
        assert not sideways(page)
        charts = page.locator("[data-testid=stVegaLiteChart]")
        assert charts.count() == 4  # map, bars, regional teachers, answers
        for place in range(4):
            box = charts.nth(place).bounding_box()
            assert box["width"] > 300 and box["height"] > 100


def test_a_click_shows_the_question_in_every_language(served: tuple[str, dict], browser) -> None:
    address, made = served
    with open_window(browser) as page:
        visit(page, address, "geomlama", f"run={made['region'].id}")
        click(page, "probing_map", 1, "rect mark", "question_language")
        assert query(page)["question_region"] and query(page)["verdict"] == ["all"]
        assert "See Which questions" in body(page)
        _unroll(page)
        settle(page)
        drawn = page.locator("[data-testid=stDataFrame]").filter(has=page.locator("canvas"))
        table = drawn.nth(2)  # those in closed boxes are not drawn
        table.scroll_into_view_if_needed()
        page.wait_for_timeout(1000)  # charts above it take their height
        box = table.bounding_box()
        page.mouse.click(box["x"] + 16, box["y"] + 50)
        page.get_by_text("marks right answers").wait_for(timeout=30_000)
        assert_sound(body(page))
