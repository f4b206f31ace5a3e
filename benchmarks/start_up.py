"""The server from its start to the first chart, its memory page by page, and that it has no torch.

    python -m benchmarks.start_up

Required on an idle machine with 2 cores: ready in 1.5 s, the first chart within 4 s of the start of
the process cold and 2 s warm, under 450 MB after every page was visited, torch not loaded. Cold
means that the files of the project and of its libraries are read from the disk again: they are
taken out of the system's cache first, but for those that another process has mapped. The pages are
opened over the websocket (`benchmarks.browser_session`), on a copy of the recorded runs; what a
window needs to draw comes on top. Seconds of processor time stand beside those of the clock: on a
busy machine they tell more.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import psutil
import streamlit
import typer

from benchmarks.browser_session import BrowserSession, session
from benchmarks.machine import machine
from benchmarks.rows import Row, tell
from benchmarks.stores import fill
from core.runs.environment import ROOT
from core.runs.store import RunStore
from tests.browser.app_driver import PAGES, Server, serving

LOADED = (".py", ".pyc", ".so", ".toml", ".json")
NOT_SERVED = ("torch", "nvidia", "triton")
"""Folders of libraries that the server does not load, and that are gigabytes."""
MIB = 2**20


def main(
    repeats: Annotated[int, typer.Option(help="Starts of each kind; the median counts.")] = 3,
) -> None:
    """Print seconds to the first chart, and MiB after each page."""
    print(machine())
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start compiles the project anew
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        runs = len(fill(store))
        print(f"{runs} runs; seconds from the start of the process, in brackets of the processor")
        for kind in ("cold", "warm"):
            starts = [_start(store.root, cold=kind == "cold") for _ in range(repeats)]
            print(f"  {kind}: {_told(starts)}")
            for what, place in (("server ready", 0), ("first chart", 2)):
                took = statistics.median(start[place] for start in starts)
                tell(Row("dashboard", f"{what}, {kind}, from the start of the process; s", took))
        with serving(store.root) as server:
            asyncio.run(_visit_all(server))
    print(machine())


def _told(starts: list[tuple[float, float, float, float]]) -> str:
    ready, ready_busy, chart, chart_busy = map(statistics.median, zip(*starts, strict=True))
    return f"ready {ready:.2f} ({ready_busy:.2f}), first chart {chart:.2f} ({chart_busy:.2f})"


def _start(store: Path, *, cold: bool) -> tuple[float, float, float, float]:
    """Seconds until ready and until the first chart, each by the clock and of the processor."""
    if cold:
        for path in _files():
            _forget(path)
    with serving(store) as server:
        busy = _busy(server)
        charted = asyncio.run(_first_chart(server))
        return server.ready, busy, charted, _busy(server)


async def _first_chart(server: Server) -> float:
    async with session(server.address) as opened:
        await opened.visit()
    if opened.charted is None:
        raise SystemExit("the overview shows no chart")
    return opened.charted - server.begun


async def _visit_all(server: Server) -> None:
    """Visit all pages in one window; print what the server takes after each, and its libraries."""
    print("memory after each page, in MiB, and seconds to draw it first and again")
    print(f"  {'start':<20}{_memory(server):>6.0f}")
    async with session(server.address) as opened:
        for name, path in PAGES.items():
            took = [await opened.visit(path) for _ in range(2)]
            print(f"  {name:<20}{_memory(server):>6.0f}{took[0]:>8.2f}{took[1]:>8.2f}")
    _report_faults(opened)
    tell(Row("dashboard", "memory after every page; MiB", _memory(server)))
    mapped = {Path(x.path).name for x in psutil.Process(server.pid).memory_maps()}
    heavy = sorted(name for name in mapped if name.startswith("libtorch"))
    print(f"torch: {', '.join(heavy) or 'not loaded'}")


def _report_faults(opened: BrowserSession) -> None:
    if opened.faults:
        raise SystemExit(f"a page showed an error: {opened.faults[0]}")


def _busy(server: Server) -> float:
    """Seconds of the processor the server has used."""
    spent = psutil.Process(server.pid).cpu_times()
    return spent.user + spent.system


def _memory(server: Server) -> float:
    """MiB in the server's resident set, once it has come to rest."""
    time.sleep(0.5)
    return psutil.Process(server.pid).memory_info().rss / MIB


def _files() -> Iterator[Path]:
    """What the server may load: the project's modules and those of its libraries."""
    libraries = Path(str(streamlit.__file__)).parents[1]
    for root in (ROOT / "core", ROOT / "dashboard", ROOT / "pages", libraries):
        for folder, names, files in os.walk(root):
            names[:] = [name for name in names if name not in NOT_SERVED]
            yield from (Path(folder, name) for name in files if name.endswith(LOADED))


def _forget(path: Path) -> None:
    """Take a file out of the system's cache, where nobody has it mapped."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(file)


if __name__ == "__main__":
    typer.run(main)
