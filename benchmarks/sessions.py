"""Reruns of the dashboard while a run trains and many browser sessions are open on it.

    python -m benchmarks.sessions [--sessions 20 --seconds 60 --page self_distillation]

Required: with 20 sessions, reruns under 1 s at the median on 2 cores. The real server runs over
the recorded runs, and a worker distils the built-in model into the same store on all cores. Each
session is a websocket connection that sends what a browser sends, the polls of the job panels
included, and reruns its page every few seconds: on self-distillation it watches the training, on
the other pages it opens recorded runs. A rerun is timed from its request to the last message of
the answer. Drawing in a window is not in the time; the sessions' own work, which in real use is
done on other machines, is.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.browser_session import session
from benchmarks.machine import machine
from benchmarks.stores import fill
from core.config import DistillConfig
from core.distillation.distilling import STAGE
from core.jobs import workers
from core.jobs.submit import submit
from core.runs.liveness import OPEN, cancel, standing
from core.runs.store import RunStore, StoredRun
from core.runs.view import RunView
from tests.browser.app_driver import PAGES, serve

LONG = DistillConfig(
    languages=("en", "fr", "ru", "zh", "hi", "sw"),
    finetune_epochs=1,
    steps=20_000,
    stop_on_collapse=False,
)
"""A run that is soon at its distillation and outlasts the measurement."""
ALONE = 20.0
"""Seconds of training without sessions, before and after."""
COMPARED = 3
"""Runs on the transfer gap page."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who reruns one page again and again."""

    page: str
    look: Callable[[], str]
    """The query of the next rerun: what to look at."""
    wait: Callable[[], float]
    """Seconds before it."""


@dataclass
class Times:
    """What the visitors met, in seconds."""

    opened: list[float] = field(default_factory=list)
    reruns: dict[str, list[float]] = field(default_factory=dict)
    polls: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def main(
    sessions: Annotated[int, typer.Option(help="Open sessions.")] = 20,
    seconds: Annotated[float, typer.Option(help="How long they rerun their pages.")] = 60,
    pause: Annotated[float, typer.Option(help="Between two reruns of a session, on average.")] = 5,
    page: Annotated[str, typer.Option(help="All on this page; empty: spread over all.")] = "",
    seed: Annotated[int, typer.Option(help="Of pauses and opened runs.")] = 0,
) -> None:
    """Print the times by page, and what the sessions cost the training."""
    print(machine())
    times = Times()
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        recorded = fill(store)
        with serve(store.root) as address, _training(store) as run:
            pages = [page] if page else list(PAGES)
            visitors = [
                _visitor(pages[n % len(pages)], run, recorded, pause, random.Random(f"{seed} {n}"))
                for n in range(sessions)
            ]
            before = _pace(run, partial(time.sleep, ALONE))
            during = _pace(run, lambda: asyncio.run(_visit(visitors, address, seconds, times)))
            after = _pace(run, partial(time.sleep, ALONE))
            state = standing(store.find(run.id))
    print(f"{sessions} sessions for {seconds:.0f} s, {len(recorded)} recorded runs, one training")
    _report(times)
    print(f"training ({state} at the end), steps a second:")
    print(f"  {before:.2f} alone, {during:.2f} with the sessions, {after:.2f} alone again")


@contextmanager
def _training(store: RunStore) -> Iterator[StoredRun]:
    """A run that a worker distils; it is cancelled at the end."""
    run = submit(store, "distill", LONG)
    try:
        while (RunView.of(run).progress() or {}).get("stage") != STAGE:
            if (found := standing(store.find(run.id))) not in OPEN:
                raise SystemExit(f"the training is {found}: {RunView.of(run).log_tail()}")
            time.sleep(0.5)
        yield run
    finally:
        cancel(run)
        while standing(store.find(run.id)) in OPEN or workers.is_working(store):
            time.sleep(0.2)


def _pace(run: StoredRun, work: Callable[[], object]) -> float:
    """Steps a second of the training while something is done."""
    step, start = _step(run), time.monotonic()
    work()
    return (_step(run) - step) / (time.monotonic() - start)


def _step(run: StoredRun) -> int:
    return int((RunView.of(run).progress() or {}).get("step", 0))


def _visitor(
    page: str, training: StoredRun, recorded: Sequence[StoredRun], pause: float, rng: random.Random
) -> Visitor:
    """A visitor of a page, and what there is to look at on it."""
    selected = [run.id for run in recorded if run.record.selection]
    distilled = [run.id for run in recorded if "after" in run.record.metrics]
    looks = {
        "overview": lambda: "",
        "teacher_selection": lambda: f"run={rng.choice(selected)}",
        "self_distillation": lambda: f"run={training.id}",
        "runs": lambda: f"run={training.id}",
        "transfer_gap": lambda: "&".join(f"runs={x}" for x in rng.sample(distilled, COMPARED)),
    }
    return Visitor(page, looks.get(page, str), lambda: rng.uniform(0, 2 * pause))


async def _visit(visitors: Sequence[Visitor], address: str, seconds: float, times: Times) -> None:
    """Let all visitors work at once."""
    end = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for visitor in visitors:
            group.create_task(_stay(visitor, address, end, times))


async def _stay(visitor: Visitor, address: str, end: float, times: Times) -> None:
    """Open a session, rerun its page until the time is over, and close it."""
    path = PAGES[visitor.page]
    await asyncio.sleep(visitor.wait())
    async with session(address) as opened:
        times.opened.append(await opened.visit(path, visitor.look()))
        while (wait := visitor.wait()) < end - time.monotonic():
            await asyncio.sleep(wait)
            took = await opened.visit(path, visitor.look())
            times.reruns.setdefault(visitor.page, []).append(took)
        await asyncio.sleep(max(0.0, end - time.monotonic()))
    times.polls += opened.polls
    times.faults += opened.faults


def _report(times: Times) -> None:
    """Print a row for each page, for all of them, and for what else was timed."""
    rows = {
        **times.reruns,
        "all reruns": [x for page in times.reruns.values() for x in page],
        "first load": times.opened,
        "polls": times.polls,
    }
    print(f"  {'':<18}{'count':>7}{'median':>9}{'90 %':>9}{'most':>9}")
    for name, found in rows.items():
        if found:
            middle, ninth = np.quantile(found, (0.5, 0.9))
            print(f"  {name:<18}{len(found):>7}{middle:>9.2f}{ninth:>9.2f}{max(found):>9.2f}")
    if times.faults:
        print(f"  {len(times.faults)} errors shown by pages, such as: {times.faults[0]}")


if __name__ == "__main__":
    typer.run(main)
