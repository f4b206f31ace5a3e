"""The page Answer ranks in headless Chromium: its charts, the switch to EM, a marked context."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from tests.browser.app_driver import SIZES, body, serve, settle, visit
from tests.browser.app_driver import window as open_window
from tests.browser.screenshots import _unroll
from tests.browser.test_pages import assert_sound, sideways
from tests.dashboard import qa_runs


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict]]:
    root = tmp_path_factory.mktemp("stores") / "answered"
    made = qa_runs.fill(root)
    with serve(root) as address:
        yield address, made


@pytest.mark.slow
@pytest.mark.parametrize("size", list(SIZES))
def test_every_chart_is_drawn(size: str, served: tuple[str, dict], browser) -> None:
    address, made = served
    with open_window(browser, size) as page:
        visit(page, address, "answer_ranks", f"run={made['train'].id}")
        _unroll(page)
        settle(page)
        assert_sound(body(page))
        assert not sideways(page)
        charts = page.locator("[data-testid=stVegaLiteChart]")
        assert charts.count() == 5  # ranks, pairs, one question, training, what varies
        for place in range(5):
            box = charts.nth(place).bounding_box()
            assert box["width"] > 300 and box["height"] > 100


def test_one_click_switches_the_whole_page_to_exact_match(
    served: tuple[str, dict], browser
) -> None:
    address, made = served
    with open_window(browser) as page:
        visit(page, address, "answer_ranks", f"run={made['train'].id}")
        page.get_by_role("radio", name="EM", exact=True).click()
        page.get_by_text("G-XLT (EM)").wait_for(timeout=30_000)
        settle(page)
        assert_sound(body(page))
        assert "G-XLT (F1)" not in body(page)


@pytest.mark.slow
def test_arabic_contexts_run_from_right_to_left(served: tuple[str, dict], browser) -> None:
    address, made = served
    with open_window(browser) as page:
        query = f"run={made['train'].id}&question_language=en&context_language=ar"
        visit(page, address, "answer_ranks", query)
        _unroll(page)
        settle(page)
        contexts = page.locator("[data-testid=stHtml] p[dir=rtl]")
        assert contexts.count() == 2  # before and after
        style = contexts.first.evaluate("e => getComputedStyle(e).direction")
        assert style == "rtl" and contexts.first.locator("sup").count() > 0
