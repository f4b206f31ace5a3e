"""What every test in headless Chromium needs: the marks, and a browser for those of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and skip them where no Chromium is installed."""
    here = [item for item in items if HERE in item.path.parents]
    if not here:
        return
    from tests.browser.app_driver import chromium_path  # needs playwright, as these tests do

    missing = pytest.mark.skipif(chromium_path() is None, reason="no Chromium is installed")
    for item in here:
        item.add_marker(pytest.mark.browser)
        item.add_marker(missing)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium; every test opens windows of its own in it."""
    from tests.browser.app_driver import chromium

    with chromium() as opened:
        yield opened
