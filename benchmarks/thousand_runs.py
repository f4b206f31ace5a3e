"""A store of a thousand runs: listed on the command line, and opened in the dashboard.

    python -m benchmarks.thousand_runs [--runs 1000]

Required: the overview opens in under 1 s once the server has read the store, and
`python -m core runs list` takes under 1 s as a whole process. The runs are copies of the recorded
ones, of all kinds, submitted under new ids. The pages are those of the real server, each opened
in a new session over its websocket and timed from the request to the last message.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

import torch
import typer

from benchmarks.browser_session import session
from benchmarks.machine import machine, seconds
from benchmarks.stores import copy, fill
from core.runs.environment import ROOT
from core.runs.store import RunStore
from tests.browser.app_driver import PAGES, serve


def main(
    runs: Annotated[int, typer.Option(help="Runs in the store.")] = 1000,
    repeats: Annotated[int, typer.Option(help="Times each is measured; the median counts.")] = 5,
) -> None:
    """Print the times of the listing and of each page."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        made = fill(store, runs)
        print(f"{runs:,} runs of {len({run.record.kind for run in made})} kinds, in seconds")
        command = [sys.executable, "-m", "core", "runs", "list", "--store", folder]
        work = partial(subprocess.run, command, check=True, capture_output=True, cwd=ROOT)
        print(f"  runs list, whole process {seconds(work, repeats, torch.device('cpu')):>9.2f}")
        with serve(store.root) as address:
            print(f"  overview, first load     {_open(address):>9.2f}")
            print(f"  overview again           {_median(address, 'overview', repeats):>9.2f}")
            copy(made[0], store)
            print(f"  overview, one run more   {_open(address):>9.2f}")
            for page in list(PAGES)[1:]:
                print(f"  {page:<25}{_median(address, page, repeats):>9.2f}")


def _median(address: str, page: str, repeats: int) -> float:
    """Seconds to open a page: the median of some new sessions, after one that does not count."""
    _open(address, page)
    return statistics.median(_open(address, page) for _ in range(repeats))


def _open(address: str, page: str = "overview") -> float:
    """Seconds to open a page in a new session."""

    async def opened() -> float:
        async with session(address) as new:
            took = await new.visit(PAGES[page])
        if new.faults:
            raise SystemExit(f"{page} shows an error: {new.faults[0]}")
        return took

    return asyncio.run(opened())


if __name__ == "__main__":
    typer.run(main)
