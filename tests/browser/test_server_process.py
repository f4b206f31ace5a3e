"""What the server's process holds after every page was looked at."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from benchmarks.browser_session import session
from tests.browser.app_driver import PAGES, Server, serving
from tests.dashboard import stored_runs

LARGEST = 450e6
"""Bytes."""


def test_it_stays_small_and_without_torch(tmp_path: Path) -> None:
    stored_runs.fill(tmp_path)
    with serving(tmp_path) as server:
        assert asyncio.run(faults_of_all_pages(server)) == []
        process = psutil.Process(server.pid)
        libraries = {Path(part.path).name for part in process.memory_maps()}
        assert not [name for name in libraries if name.startswith("libtorch")]
        assert any(name.startswith("libarrow") for name in libraries)  # the maps are told
        assert process.memory_info().rss < LARGEST


async def faults_of_all_pages(server: Server) -> list[str]:
    """Errors shown by the pages, each visited once."""
    async with session(server.address) as opened:
        for path in PAGES.values():
            await opened.visit(path)
        return opened.faults
