"""Take pictures of all pages: ``python -m tests.browser.screenshots STORE FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.browser.app_driver import PAGES, SIZES, chromium, serve, visit, window


def take(store: Path, folder: Path, *, full: bool = False) -> list[Path]:
    """One picture per page, window size and theme.

    Args:
        store: the runs to show.
        folder: where the pictures go.
        full: the whole page instead of what the window shows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with serve(store) as address, chromium() as browser:
        for size in SIZES:
            for scheme in ("light", "dark"):
                with window(browser, size, scheme) as page:
                    for name, path in PAGES.items():
                        visit(page, address, path)
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
    parser.add_argument("store", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--full", action="store_true", help="the whole page, not one window")
    options = parser.parse_args()
    for file in take(options.store, options.folder, full=options.full):
        print(file)


if __name__ == "__main__":
    main()
