"""Every page by axe-core, in light and dark, with what is closed at first opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")

from tests.browser.app_driver import (
    PAGES,
    ROOT,
    body,
    serve,
    settle,
    visit,
    window,
)
from tests.browser.axe import grave_violations
from tests.browser.screenshots import _unroll, views
from tests.browser.test_pages import assert_sound, sideways
from tests.dashboard import balanced_runs, probed_runs, qa_runs, stored_runs

OPENED = {
    "overview": "first_steps=true",
    "teacher_selection": "trust=Stability&step=2",
    "self_distillation": "paper_before_after=true&order=family",
}
"""What is closed at first, opened."""
SCHEMES = [pytest.param("light", marks=pytest.mark.slow), "dark"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root: Path = tmp_path_factory.mktemp("stores") / "full"
    for part in (balanced_runs, probed_runs, qa_runs, stored_runs):
        part.fill(root)
    with serve(root) as address:
        yield address


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_grave_violation(scheme: str, served: str, browser) -> None:
    with window(browser, "narrow", scheme) as page:
        found = {}
        for name, path in PAGES.items():
            visit(page, served, path, OPENED.get(name, ""))
            assert_sound(body(page))
            assert not sideways(page), f"{name} is wider than a narrow window"
            if lines := grave_violations(page):
                found[name] = lines
            if name == "overview":
                page.get_by_role("button", name="Glossary").click()
                page.get_by_text("pseudo-label", exact=False).first.wait_for(timeout=15_000)
                found |= {"glossary": lines} if (lines := grave_violations(page)) else {}
        assert not found


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_grave_violation_beside_all_examples_as_points(scheme: str, served, browser) -> None:
    with window(browser, "narrow", scheme) as page:
        visit(page, served, PAGES["teacher_selection"], "trust=Disagreement&ex_area=3-9,20-80")
        chart = page.locator("[data-testid=stPlotlyChart][role=figure]")
        assert "Every example as a point" in str(chart.get_attribute("aria-label"))
        assert not grave_violations(page)


def test_a_violation_is_found(served: str, browser) -> None:
    with window(browser) as page:
        visit(page, served, "")
        page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=x>')")
        assert any("image-alt" in line for line in grave_violations(page))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_grave_violation_with_the_recorded_runs(scheme: str, browser) -> None:
    store = ROOT / "cached_runs"
    with serve(store) as address, window(browser, "wide", scheme) as page:
        found = {}
        for name, query in views(store).items():
            visit(page, address, PAGES[name], query)
            _unroll(page)
            settle(page)
            if lines := grave_violations(page):
                found[name] = lines
        assert not found
