"""Take pictures of all pages: ``python -m tests.browser.screenshots`` (or ``make screenshots``).

Without options: the pictures of the README, one a page, of the recorded runs. With ``--all``: every
page in light and dark, wide and narrow, to look at.
"""

from __future__ import annotations

import argparse
from io import BytesIO
from pathlib import Path

from PIL import Image

from core.runs.store import RunStore, StoredRun
from dashboard.guide_steps import steps
from tests.browser.app_driver import PAGES, ROOT, SIZES, chromium, serve, settle, visit, window

PICTURES = Path("docs/pictures")
"""Where the README's pictures are."""
HIGH = 1150
"""Pixels of a README picture, to show a chart below a page's head."""
QUALITY = 82
LARGEST = 1_500_000
"""Bytes that the README's pictures may have together."""


def views(store: Path) -> dict[str, str]:
    """What each page is shown with: the view the guided path opens there first, else its own.

    Of comparisons of balanced training that with the most languages is shown, the newest of them.

    Returns:
        Name of the page -> query.
    """
    runs = [run for run in RunStore(store) if isinstance(run, StoredRun)]
    runs.sort(key=lambda run: run.id, reverse=True)
    found = dict.fromkeys(PAGES, "")
    trained = [run for run in runs if run.record.kind == "balance"]
    if trained:
        best = max(trained, key=lambda run: len(run.record.config.get("languages") or ()))
        found["balanced_training"] = f"run={best.id}"
    for step in reversed(steps(runs)):
        pairs = [
            f"{key}={value}"
            for key, values in (step.query or {}).items()
            for value in ([values] if isinstance(values, str) else values)
        ]
        found[step.page] = "&".join(pairs)
    return found


def for_readme(store: Path, folder: Path) -> list[Path]:
    """One picture a page, wide and light, as WebP.

    Args:
        store: the runs to show.
        folder: where the pictures go.

    Raises:
        RuntimeError: together they are larger than a README should load.
    """
    made = []
    folder.mkdir(parents=True, exist_ok=True)
    with serve(store) as address, chromium() as browser, window(browser) as page:
        page.set_viewport_size({"width": SIZES["wide"][0], "height": HIGH})
        for name, query in views(store).items():
            visit(page, address, PAGES[name], query)
            settle(page)
            made.append(folder / f"{name}.webp")
            Image.open(BytesIO(page.screenshot())).save(made[-1], quality=QUALITY, method=6)
    total = sum(file.stat().st_size for file in made)
    if total > LARGEST:
        raise RuntimeError(f"the pictures have {total:,} bytes together; {LARGEST:,} are allowed")
    return made


def take(store: Path, folder: Path, *, full: bool = False) -> list[Path]:
    """One picture per page, window size and theme.

    Args:
        store: the runs to show.
        folder: where the pictures go.
        full: the whole page instead of what the window shows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made, shown = [], views(store)
    with serve(store) as address, chromium() as browser:
        for size in SIZES:
            for scheme in ("light", "dark"):
                with window(browser, size, scheme) as page:
                    for name, path in PAGES.items():
                        visit(page, address, path, shown[name])
                        file = folder / f"{name}-{size}-{scheme}.png"
                        if full:
                            _unroll(page)
                        page.screenshot(path=str(file))
                        made.append(file)
    return made


def _unroll(page: object) -> None:
    """Make the window as high as the page, since the app scrolls inside it."""
    high = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": min(int(high), 6000)})
    page.wait_for_timeout(1200)
    page.evaluate("window.dispatchEvent(new Event('resize'))")


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path, nargs="?", default=ROOT / "cached_runs")
    parser.add_argument("folder", type=Path, nargs="?", help=f"{PICTURES} if left out")
    parser.add_argument("--all", action="store_true", help="all pages in all looks, as PNG")
    parser.add_argument("--full", action="store_true", help="with --all: whole pages")
    options = parser.parse_args()
    if options.all and options.folder is None:
        parser.error("--all needs a folder")
    if options.all:
        made = take(options.store, options.folder, full=options.full)
    else:
        made = for_readme(options.store, options.folder or ROOT / PICTURES)
    for file in made:
        print(f"{file} {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
