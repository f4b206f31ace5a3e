"""A click on a chart shows its examples, and the link to them opens in a fresh browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from tests.browser.app_driver import body, serve, settle, visit, window
from tests.dashboard import stored_runs


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a dashboard and the id of a run in it."""
    root: Path = tmp_path_factory.mktemp("store")
    run = stored_runs.fill(root)["demo"].id
    stored_runs.at_rest(root)
    with serve(root) as address:
        yield address, run


def query(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def click(page, chart: str, number: int, mark: str, told: str = "ex_language") -> None:
    """Click a mark of a chart, in the middle of the window, where no bar lies over it.

    Args:
        page: the window.
        chart: its key.
        number: of the mark.
        mark: what it is.
        told: what the address says then and did not say before.
    """
    role = f'path[aria-roledescription="{mark}"]'
    found = page.locator(f'[class*="st-key-chart_{chart}"] {role}').nth(number)
    found.evaluate("mark => mark.scrollIntoView({block: 'center'})")
    settle(page)
    for _ in range(5):  # a chart that is drawn anew in that moment hears no click
        found.click(force=True)
        settle(page)
        if told in query(page):
            break


def test_a_click_filters_and_the_link_opens_again(made, browser) -> None:
    address, run = made
    with window(browser) as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        visit(page, address, "self_distillation", f"run={run}")
        click(page, "before_after", 2, "point")
        assert query(page)["ex_language"][0] in stored_runs.LANGUAGES
        table = page.locator('[class*="st-key-examples_"] canvas').first
        table.evaluate("table => table.scrollIntoView({block: 'center'})")
        settle(page)
        box = table.bounding_box()
        page.mouse.click(box["x"] + 15, box["y"] + 55)  # the first row's tick
        settle(page)
        language, _, example = query(page)["ex_item"][0].partition(" ")
        assert language == query(page)["ex_language"][0]
        assert f"{example} in every language" in body(page)
        link, rows = page.url, page.get_by_text(" of ").all_inner_texts()
        assert not errors
    with window(browser, "narrow", "dark") as fresh:
        fresh.goto(link)
        fresh.wait_for_selector("h1", timeout=60_000)
        settle(fresh)
        assert f"{example} in every language" in body(fresh)
        assert set(rows) & set(fresh.get_by_text(" of ").all_inner_texts())
        assert fresh.url == link


@pytest.mark.slow
def test_cells_and_bars_of_the_other_pages(made, browser) -> None:
    address, run = made
    with window(browser) as page:
        visit(page, address, "teacher_selection", f"run={run}&trust=Disagreement")
        page.locator("[data-testid=stPlotlyChart] .main-svg").first.wait_for(timeout=60_000)
        click(page, "agreement", 30, "rect mark")
        assert {"ex_language", "ex_unlike"} <= set(query(page))
        visit(page, address, "transfer_gap", f"runs={run}")
        click(page, "gap_map", 3, "rect mark")
        assert query(page)["ex_language"] and query(page)["ex_run"] == [run]
        click(page, "languages_right", 6, "bar", "ex_right")
        low, _, high = query(page)["ex_right"][0].partition("-")
        assert low == high and query(page)["ex_show"] == ["all"]
        visit(page, address, "compare_runs", f"runs={run}")
        click(page, "accuracy_map", 5, "rect mark")
        assert query(page)["ex_language"] and query(page)["ex_run"] == [run]


READABLE = """() => {
    const bright = colour => colour.match(/\\d+/g).slice(0, 3).reduce((sum, x) => sum + +x, 0);
    const ink = document.querySelector("[data-testid=stPlotlyChart] .gtitle");
    const behind = document.querySelector("[data-testid=stApp]");
    return ink && Math.abs(bright(getComputedStyle(ink).fill)
        - bright(getComputedStyle(behind).backgroundColor)) > 300;
}"""
"""Whether the title of the chart of all examples stands out from the page."""


def place(page, trace: int, number: int) -> tuple[float, float]:
    """Where a point of the chart of all examples lies in the window."""
    found = page.locator("[data-testid=stPlotlyChart] .js-plotly-plot")
    x, y = found.evaluate(
        """(plot, [trace, number]) => {
            const {xaxis, yaxis} = plot._fullLayout, points = plot._fullData[trace];
            const box = plot.getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.d2p(points.x[number]),
                    box.top + yaxis._offset + yaxis.d2p(points.y[number])];
        }""",
        [trace, number],
    )
    return x, y


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "scheme"),
    [("wide", "light"), ("narrow", "dark")],
)
def test_a_click_on_a_point_shows_its_example(size: str, scheme: str, made, browser) -> None:
    address, run = made
    with window(browser, size, scheme) as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        visit(page, address, "teacher_selection", f"run={run}&trust=Disagreement")
        chart = page.locator("[data-testid=stPlotlyChart]")
        chart.locator(".main-svg").first.wait_for(timeout=60_000)
        chart.evaluate("chart => chart.scrollIntoView({block: 'center'})")
        settle(page)
        every = page.get_by_text("an example counts once a language").inner_text()
        page.mouse.move(*place(page, 0, 0))
        page.wait_for_timeout(500)
        page.mouse.click(*place(page, 0, 0))
        settle(page)
        [example] = query(page)["ex_ids"]
        assert example.startswith("unlabelled-")
        assert f"Chosen in the chart: 1 example, {example}." in body(page)
        shown = page.get_by_text("an example counts once a language").inner_text()
        assert shown != every and shown.startswith("12 of")
        page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
        page.wait_for_function(READABLE, timeout=30_000)
        assert not errors
