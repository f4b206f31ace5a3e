"""The guided path in headless Chromium, from the overview to the files of a figure."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from core.runs.store import RunStore, StoredRun
from dashboard.guide_steps import steps
from tests.browser.app_driver import body, chromium, chromium_path, serve, settle, visit, window
from tests.browser.test_pages import assert_sound
from tests.dashboard import compared_runs, stored_runs

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="no Chromium is installed"),
]


def test_the_whole_path(tmp_path: Path) -> None:
    stored_runs.fill(tmp_path)
    compared_runs.fill(tmp_path, {"none": (1.0,), "random": (2.0,), "alsace": (3.0,)})
    runs = [run for run in RunStore(tmp_path) if isinstance(run, StoredRun)]
    path = steps(sorted(runs, key=lambda run: run.id, reverse=True))
    assert all(step.query for step in path)
    with serve(tmp_path) as address, chromium() as browser, window(browser) as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        visit(page, address, "")
        assert "1. What a teacher language is" not in body(page)
        page.get_by_text("New here?").click()
        first = page.get_by_role("link", name=path[0].title)
        first.wait_for(timeout=15_000)
        assert "first_steps=true" in page.url
        first.focus()
        page.keyboard.press("Enter")  # the keyboard gets there, too
        for number, step in enumerate(path, start=1):
            page.get_by_text(f"Step {number} of {len(path)}: {step.title}.").wait_for()
            settle(page)
            place = urlsplit(page.url)
            assert place.path.strip("/") == step.page
            named = parse_qs(place.query)
            for key, values in step.query.items():
                wanted = [values] if isinstance(values, str) else list(values)
                assert named[key] == wanted, (step.title, page.url)
            assert_sound(body(page))
            if number < len(path):
                page.get_by_role("link", name=f"Next: {path[number].title}").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="pdf", exact=True).first.click()
        file = tmp_path / "figure.pdf"
        download.value.save_as(file)
        assert file.read_bytes().startswith(b"%PDF")
        page.get_by_role("button", name="Leave the path").click()
        page.get_by_text("Step 7 of 7").wait_for(state="detached")
        assert "step=" not in page.url
        assert not errors


@pytest.mark.slow
def test_the_order_of_languages_goes_along_and_can_be_taken_back(tmp_path: Path) -> None:
    stored_runs.fill(tmp_path)
    with serve(tmp_path) as address, chromium() as browser, window(browser) as page:
        visit(page, address, "")
        choose(page, "family")
        assert parse_qs(urlsplit(page.url).query)["order"] == ["family"]
        page.get_by_role("link", name="Transfer gap").first.click()
        page.get_by_text("How many points each language").wait_for()
        settle(page)
        assert parse_qs(urlsplit(page.url).query)["order"] == ["family"]
        choose(page, "score")
        assert "order=" not in page.url


def choose(page, order: str) -> None:
    """Choose an order of languages in the sidebar."""
    field = page.get_by_role("combobox", name="Order of languages")
    field.fill(order)
    field.press("Enter")
    settle(page)
