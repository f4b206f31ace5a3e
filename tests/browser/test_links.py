"""The link of every page, copied with its button, opens the same view in a fresh browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import TimeoutError

from tests.browser.app_driver import PAGES, SIZES, body, serve, settle, visit
from tests.dashboard import balanced_runs, compared_runs, probed_runs, qa_runs, stored_runs

VIEW = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  const charts = [...main.querySelectorAll('[data-testid=stVegaLiteChart] svg')].map(chart =>
    [...chart.querySelectorAll('text, path[aria-label]')].map(
      mark => mark.getAttribute('aria-label') || mark.textContent));
  return JSON.stringify([main.innerText, charts]);
}"""
"""A page's text and the marks of its charts; its tables are canvases, read by tests/pages."""
REFUSE = """() => {
  navigator.clipboard.writeText = async () => { throw new Error('not allowed'); };
  document.execCommand = () => false;
}"""


def choose(page, name: str) -> None:
    """Press one of the buttons of a control with a few options."""
    page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).first.click()


def slide(page, label: str) -> None:
    thumb = page.get_by_test_id("stSlider").filter(has_text=label).get_by_role("slider").last
    thumb.press("ArrowLeft")
    thumb.press("ArrowLeft")


def pick(page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


CHANGES: dict[str, tuple[str, Callable]] = {
    "teacher_selection": ("strategy=random", lambda page: pick(page, "Strategy", "random")),
    "self_distillation": ("ex_right=", lambda page: slide(page, "Right in how many languages")),
    "geomlama": ("verdict=all", lambda page: pick(page, "Verdict", "all")),
    "balanced_training": ("models=", lambda page: choose(page, "HL balanced")),
    "answer_ranks": ("qa_measure=EM", lambda page: choose(page, "EM")),
    "transfer_gap": ("equity_tau=", lambda page: slide(page, "languages count")),
    "compare_runs": ("seeds=apart", lambda page: choose(page, "apart")),
}
"""Page -> what the address says then, and a control that is moved on it by hand.

tests/pages/test_links.py moves all of them."""
NAMES = ("overview", *CHANGES, "runs")
FIRST = ("teacher_selection", "compare_runs")
"""The others are slow tests."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a dashboard with runs of every kind, and the id of a demo in it."""
    root: Path = tmp_path_factory.mktemp("links") / "runs"
    demo = stored_runs.fill(root)["demo"].id
    for kind in (probed_runs, qa_runs, balanced_runs):
        kind.fill(root)
    compared_runs.fill(root, {"alsace": [3, 4], "none": [1, 2]})
    stored_runs.at_rest(root)
    with serve(root) as address:
        yield address, demo


def steady(page) -> str:
    """What the page shows once nothing moves any more."""
    settle(page, quiet=2000)
    return str(page.evaluate(VIEW))


def opened(browser, size: str = "wide", *granted: str):
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    context.grant_permissions(list(granted))
    return context.new_page()


def copied(page) -> str:
    """The link as the button gives it to the clipboard."""
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Copied").wait_for(timeout=10_000)
    return page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize(
    "name", [x if x in FIRST else pytest.param(x, marks=pytest.mark.slow) for x in NAMES]
)
def test_the_copied_link_opens_the_same_view(name: str, served, browser) -> None:
    address, demo = served
    page = opened(browser, "wide", "clipboard-read", "clipboard-write")
    visit(page, address, PAGES.get(name, name), f"run={demo}" if name == "runs" else "")
    if name in CHANGES:
        said, change = CHANGES[name]
        assert said not in page.url
        change(page)
        page.wait_for_function("said => location.href.includes(said)", arg=said, timeout=30_000)
    shown = steady(page)
    link = copied(page)
    assert link == page.url
    page.context.close()
    fresh = opened(browser)
    fresh.goto(link)
    fresh.wait_for_selector("h1", timeout=60_000)
    with suppress(TimeoutError):  # then the lines below tell what differs
        fresh.wait_for_function(f"shown => ({VIEW})() === shown", arg=shown, timeout=60_000)
    assert json.loads(steady(fresh)) == json.loads(shown)
    assert fresh.url == link
    fresh.context.close()


def test_a_link_is_shown_where_the_clipboard_is_closed(served, browser) -> None:
    address, demo = served
    page = opened(browser, "narrow")
    visit(page, address, "transfer_gap", f"runs={demo}")
    page.evaluate(REFUSE)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Copy it from here").wait_for(timeout=10_000)
    field = page.get_by_role("textbox", name="Link to this view")
    assert field.input_value() == page.url and demo in page.url
    page.context.close()


def test_a_wrong_link_leaves_no_page_blank(served, browser) -> None:
    address, _ = served
    page = opened(browser)
    visit(page, address, "teacher_selection", "run=20200101T000000-demo-abcdef&theta=7")
    text = body(page)
    assert "The link names run 20200101T000000-demo-abcdef" in text
    assert "The link asks for theta = 7, but here it is a number from" in text
    assert "Teachers (" in text
    page.context.close()
