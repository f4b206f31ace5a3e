"""The real app in headless Chromium: every page, on every kind of store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from core.config import DemoConfig
from core.runs.live import LiveRun
from core.runs.store import RunStore
from tests.browser.app_driver import (
    PAGES,
    body,
    serve,
    settle,
    visit,
    window,
)
from tests.dashboard import stored_runs
from tests.tiny import LANGUAGES, write_data, write_model

SIGNS_OF_FAILURE = (
    "This part of the page failed",
    "Traceback",
    "Uncaught app execution",
    "This app has encountered an error",
    "ModuleNotFoundError",
)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("stores")
    stored_runs.fill(folder / "filled")
    stored_runs.damage(folder / "damaged")
    return {name: folder / name for name in ("empty", "filled", "damaged")}


@pytest.fixture(scope="module")
def filled(stores: dict[str, Path]) -> Iterator[str]:
    with serve(stores["filled"]) as address:
        yield address


def assert_sound(text: str) -> None:
    assert not [sign for sign in SIGNS_OF_FAILURE if sign in text], text[:2000]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["empty", "damaged"])
def test_pages_open(kind: str, stores: dict[str, Path], browser) -> None:
    with serve(stores[kind]) as address, window(browser) as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        for path in PAGES.values():
            visit(page, address, path)
            assert_sound(body(page))
            signs = ("demo", "python -m core") if kind == "empty" else ("run",)
            assert any(sign in body(page).lower() for sign in signs)
        assert not errors


LOOKS = [
    ("wide", "light"),
    pytest.param("narrow", "dark", marks=pytest.mark.slow),
    pytest.param("wide", "dark", marks=pytest.mark.slow),
    pytest.param("narrow", "light", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_pages_with_runs(size: str, scheme: str, filled: str, browser, tmp_path: Path) -> None:
    with window(browser, size, scheme) as page:
        for name, path in PAGES.items():
            visit(page, filled, path)
            assert_sound(body(page))
            picture = tmp_path / f"{name}.png"
            page.screenshot(path=str(picture))
            assert picture.stat().st_size > 10_000
            assert not sideways(page), f"{name} is wider than a {size} window"


def sideways(page) -> bool:
    """Whether the page can be scrolled to the side."""
    return page.evaluate(
        "() => { const main = document.querySelector('[data-testid=stMain]');"
        " return main.scrollWidth > main.clientWidth + 2; }"
    )


@pytest.mark.slow
def test_the_threshold_changes_the_teachers(filled: str, browser) -> None:
    with window(browser) as page:
        visit(page, filled, "teacher_selection")
        page.get_by_text("Teachers (").wait_for(timeout=60_000)
        first = teachers(page)
        thumb = page.get_by_role("slider").first
        thumb.focus()
        for _ in range(60):
            thumb.press("ArrowRight")
        settle(page)
        assert teachers(page) < first
        assert "theta=" in page.url
        assert_sound(body(page))


def teachers(page) -> int:
    """The number of teachers the page states."""
    return int(body(page).split("Teachers (")[1].split(")")[0])


WATCH_CHIPS = """() => {
  const seen = new Set();
  const look = () => {
    const chips = [...document.querySelectorAll('.stMarkdownBadge')].map(x => x.innerText);
    const titles = [...document.querySelectorAll('[data-testid=stMain] strong')]
      .map(x => x.innerText).filter(x => /^(Teachers|Students|Left out) \\(/.test(x));
    seen.add(JSON.stringify([titles, chips]));
  };
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
  window.chipsSeen = () => [...seen].map(x => JSON.parse(x));
}"""
"""Notes every state of the chips that a user could see, and the titles above them."""


def test_no_chip_outlasts_its_strategy(filled: str, browser) -> None:
    with window(browser) as page:
        visit(page, filled, "teacher_selection")
        page.evaluate(WATCH_CHIPS)
        for strategy in ("none", "random", "scale", "exclude-weak-students"):
            field = page.get_by_role("combobox", name="Strategy")
            field.fill(strategy)
            field.press("Enter")
            settle(page)
            assert f"strategy={strategy}" in page.url
        seen = page.evaluate("chipsSeen()")
        splits = set()
        for titles, badges in seen:
            words = [badge.split()[-1] for badge in badges if badge.strip()]
            chips = [word for word in words if word in stored_runs.LANGUAGES]
            if not titles and not chips:
                continue  # the page was being drawn anew: nothing stale in it
            assert sorted(chips) == sorted(stored_runs.LANGUAGES), (titles, chips)
            splits.add(tuple(int(title.split("(")[1].rstrip(")")) for title in titles))
        assert {sum(split) for split in splits} == {12}
        assert (12, 0) in splits and max(map(len, splits)) == 3


def test_a_link_reopens_the_view(filled: str, stores: dict[str, Path], browser) -> None:
    run = next(path.name for path in stores["filled"].iterdir() if "-demo-" in path.name)
    with window(browser) as page:
        visit(page, filled, "self_distillation", f"run={run}")
        assert run in page.url
        assert "levelled up" in body(page)
        assert page.locator("canvas, svg.marks").count() > 0


def test_texts_of_data_are_not_interpreted(filled: str, browser) -> None:
    with window(browser) as page:
        visit(page, filled, "transfer_gap")
        assert "<script>alert(1)</script> **bold**" in body(page)


def test_a_job_is_watched_to_its_end(tmp_path: Path, browser) -> None:
    config = DemoConfig()
    run = RunStore(tmp_path).create("demo", config.model_dump(mode="json"), ["python"], priority=0)
    with serve(tmp_path) as address, window(browser) as page:
        visit(page, address, "")
        assert "Waiting for a worker to start" in body(page)
        live = LiveRun(run)
        live.start()
        live.progress("distilling", 3, 100, loss=0.5)
        page.get_by_text("step 3 of 100").wait_for(timeout=15_000)
        page.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name="Stopping ...").wait_for(timeout=15_000)
        assert (run.path / "cancel").exists()
        stored_runs.complete(live)
        page.get_by_text("levelled up").first.wait_for(timeout=30_000)
        assert_sound(body(page))


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF"), ("tex", b"\\begin{tabular}")])
def test_a_figure_is_written_for_a_paper(
    kind: str, start: bytes, filled: str, browser, tmp_path: Path
) -> None:
    with window(browser) as page:
        visit(page, filled, "transfer_gap")
        page.get_by_text("Data and files for a paper").first.click()
        button = page.get_by_role("button", name=kind, exact=True).first
        with page.expect_download() as download:
            button.click()
        file = tmp_path / f"figure.{kind}"
        download.value.save_as(file)
        assert file.read_bytes().startswith(start)


def test_a_predictions_file_is_brought(filled: str, browser, tmp_path: Path) -> None:
    lines = ["language,example,p_0,p_1"]
    lines += [
        f"{x},e{i},0.{7 + (x == 'en')},0.{3 - (x == 'en')}" for x in LANGUAGES for i in (1, 2)
    ]
    good, bad = tmp_path / "mine.csv", tmp_path / "short.csv"
    good.write_text("\n".join(lines) + "\n", encoding="utf-8")
    bad.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    with window(browser) as page:
        visit(page, filled, "teacher_selection")
        page.get_by_text("Your predictions", exact=True).click()
        page.get_by_text("What the file must look like").wait_for(timeout=15_000)
        page.locator("input[type=file]").set_input_files(bad)
        page.get_by_text("short.csv").first.wait_for(timeout=15_000)
        settle(page)
        assert "e2" in body(page)
        assert "Teachers (" not in body(page)
        page.locator("input[type=file]").set_input_files(good)
        page.get_by_text("Teachers (").wait_for(timeout=30_000)
        settle(page)
        assert teachers(page) == 1
        assert_sound(body(page))


def test_a_distillation_is_configured_and_runs(browser, tmp_path: Path) -> None:
    model, data = write_model(tmp_path / "encoder"), write_data(tmp_path / "topics.csv")
    with serve(tmp_path / "store") as address, window(browser) as page:
        visit(page, address, "self_distillation")
        typed = {"Model": str(model), "Dataset": str(data), "Steps": "2", "Learning rate": "-1"}
        for label, value in typed.items():
            field = page.get_by_label(label, exact=True)
            field.fill(value)
            field.press("Enter")
            settle(page)
        page.get_by_text("1 setting is not usable yet").wait_for(timeout=15_000)
        field = page.get_by_label("Learning rate", exact=True)
        field.fill("1e-3")
        field.press("Enter")
        settle(page)
        page.get_by_role("button", name="Start the distillation").click()
        page.get_by_text("How it went").wait_for(timeout=90_000)
        settle(page)
        assert_sound(body(page))
    runs = list(RunStore(tmp_path / "store"))
    assert {run.record.kind: str(run.status) for run in runs} == {
        "finetune": "finished",
        "distill": "finished",
    }
