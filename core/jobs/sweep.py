"""Computing what a sweep file asks for and the store does not have, one run after the other.

Several processes may sweep one file in one store: each looks for a run of the settings, and makes
it, alone (`core.runs.alone`), and leaves to another what that one computes.
"""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from core.errors import CoreError, RunCancelledError, UserError
from core.jobs import workers
from core.jobs.runner import compute, reason_of, stopping_on_signals
from core.jobs.sweep_plan import Planned, Standing, State, runs_of, standing_of, standings
from core.jobs.worker import give_back, work_of
from core.runs.alone import alone
from core.runs.claims import first
from core.runs.live import LiveRun
from core.runs.liveness import requeue, take_up
from core.runs.notes import annotate
from core.runs.store import RunStore, StoredRun

UNDONE = (State.STOPPED, State.LEFT)
FAILED = "failed"
"""What the summary calls a run that this sweep tried and that failed."""


@dataclass
class Outcome:
    """How a sweep went."""

    failed: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    """Key of a planned run -> the run's id, if it was kept, and why it failed."""
    taken: int = 0
    """Runs that this sweep computed, went on with, or queued."""
    interrupted: bool = False
    """Ctrl-C or SIGTERM ended it; the run in work keeps its checkpoint."""


def sweep(
    planned: Sequence[Planned],
    store: RunStore,
    *,
    limit: int | None = None,
    stop_on_failure: bool = False,
) -> Outcome:
    """Compute the runs that are left, in their order, in this process.

    What was stopped is gone on with; what another process computes, or waits in the queue, is
    left alone. A run that fails does not stop the others.

    Args:
        planned: see `core.jobs.sweep_plan.plan`.
        store: where finished runs are looked for, and new ones go.
        limit: so many runs, at most.
        stop_on_failure: stop at the first run that fails.

    Raises:
        UserError: the store can't be written to.
    """
    outcome = Outcome()
    with stopping_on_signals() as stopped:
        for number, one in not_done(planned, store):
            full = limit is not None and outcome.taken >= limit
            if full or stopped() or (stop_on_failure and outcome.failed):
                break
            run = take(one, store)
            if run is None:
                continue
            outcome.taken += 1
            _say(f"[{number} of {len(planned)}] {run.id}  {shlex.join(one.command)}")
            _compute(one, run, store, outcome)
    outcome.interrupted = stopped()
    return outcome


def enqueue(
    planned: Sequence[Planned], store: RunStore, priority: int, limit: int | None = None
) -> Outcome:
    """Queue the runs that are left for a worker, and those that were stopped; returns at once.

    Raises:
        UserError: the store can't be written to.
    """
    outcome = Outcome()
    for _, one in not_done(planned, store):
        if limit is not None and outcome.taken >= limit:
            break
        if _look(one, store).state not in UNDONE:
            continue
        with alone(store.root, one.key):
            found = _look(one, store)
            if found.state is State.LEFT:
                run = store.create(*_recorded(one), priority=priority)
            elif found.state is State.STOPPED and found.run is not None:
                run = requeue(found.run, priority=priority)
            else:
                continue
            _name(one, run)
        outcome.taken += 1
    if outcome.taken:
        workers.ensure(store)
    return outcome


def report(
    planned: Sequence[Planned], store: RunStore, outcome: Outcome | None = None
) -> dict[str, Any]:
    """Where every run stands now.

    Returns:
        ``runs``: id (None if there is none), state, name and command of each, and ``error`` of
        those that failed; ``counts``: runs of each state; ``left``: those that another sweep
        would compute or go on with.
    """
    failed = outcome.failed if outcome else {}
    rows = []
    for one, found in zip(planned, standings(planned, store), strict=True):
        row: dict[str, Any] = {
            "id": found.run.id if found.run else None,
            "state": str(found.state),
            "name": one.name,
            "command": shlex.join(one.command),
        }
        if one.key in failed and found.state is not State.DONE:
            run, error = failed[one.key]
            row |= {"id": run, "state": FAILED, "error": error}
        rows.append(row)
    states = [row["state"] for row in rows]
    counts = Counter(states)
    order = [*map(str, State), FAILED]
    return {
        "runs": rows,
        "counts": {state: counts[state] for state in order if counts[state]},
        "left": sum(counts[state] for state in (*UNDONE, FAILED)),
    }


def not_done(planned: Sequence[Planned], store: RunStore) -> list[tuple[int, Planned]]:
    """The runs that no finished one stands for yet, with their numbers from 1; one look at all."""
    found = standings(planned, store)
    rows = enumerate(zip(planned, found, strict=True), start=1)
    return [(number, one) for number, (one, stands) in rows if stands.state is not State.DONE]


def _look(one: Planned, store: RunStore) -> Standing:
    return standing_of(one, runs_of(store, [one.kind]))


def take(one: Planned, store: RunStore) -> LiveRun | None:
    """Hold a new run of these settings, or the one that was stopped; None: nothing to do here."""
    if _look(one, store).state not in UNDONE:
        return None
    with alone(store.root, one.key):
        found = _look(one, store)
        if found.state is State.LEFT:
            run = store.create(*_recorded(one), hold=True)
            live = LiveRun(run, first(run.path), echo=True)
        elif found.state is State.STOPPED and found.run is not None:
            try:
                live = take_up(found.run, echo=True)
            except UserError:  # somebody else goes on with it
                return None
        else:
            return None
    _name(one, StoredRun(live.path, live.record))
    return live


def _recorded(one: Planned) -> tuple[str, dict[str, Any], list[str]]:
    """Kind, settings and command, as a record has them."""
    return one.kind, one.config.model_dump(mode="json"), one.command


def _name(one: Planned, run: StoredRun) -> None:
    """Name and tag a run; notes that can't be written do not stop it."""
    if one.name or one.tags:
        with suppress(UserError):
            annotate(run.path, name=one.name or None, add=one.tags)


def _compute(one: Planned, run: LiveRun, store: RunStore, outcome: Outcome) -> None:
    """Compute a run that this process holds; nothing is raised for how it ends."""
    try:
        compute(run, work_of(store))
    except RunCancelledError as error:
        _say(f"cancelled: {error}")
    except Exception as error:  # noqa: BLE001  compute has recorded it
        kept = not (isinstance(error, UserError) and run.record.attempts < 2)
        if not kept:  # bad input: nothing was computed
            store.discard(StoredRun(run.path, run.record))
        outcome.failed[one.key] = (run.id if kept else None, reason_of(error))
        _say(f"failed: {error if isinstance(error, CoreError) else reason_of(error)}")
    finally:
        run.let_go()
        give_back()


def _say(words: str) -> None:
    """A line beside the log of the runs, unless the disk is full."""
    with suppress(OSError):
        sys.stderr.write(f"{words}\n")
