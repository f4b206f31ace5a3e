"""The fine-tuning a run starts from: an earlier one, one that another run does now, or its own.

Several runs of one store may need the same one at the same time; one of them does it, the others
wait for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from core import processes
from core.config import Config
from core.errors import RunCancelledError, UserError
from core.jobs.kinds import command_for
from core.jobs.runner import reason_of
from core.runs import claims
from core.runs.alone import alone
from core.runs.follower import attended
from core.runs.live import LiveRun
from core.runs.liveness import OPEN, Watch, is_lost, take_up
from core.runs.store import RunStore, StoredRun, read_run
from core.runs.view import RunView

LOOK_SECONDS = 0.5
"""Between two looks at another run's fine-tuning."""
AnyConfig = TypeVar("AnyConfig", bound=Config)


@dataclass(frozen=True)
class Start:
    """A fine-tuning as a run of its own."""

    kind: str
    """Its kind of run, one of `core.jobs.kinds.KINDS`."""
    config: Config
    """Its settings."""
    key: str
    """Of equal ones, see `core.jobs.finetune.reuse_key`."""
    reuse: bool
    """Whether an equal earlier one will do."""


def own_settings(config: Config, kind: type[AnyConfig]) -> AnyConfig:
    """The settings of the fine-tuning alone, of those of a run that starts from it."""
    return kind(**{name: getattr(config, name) for name in kind.model_fields})


def start_from(
    start: Start,
    store: RunStore,
    run: LiveRun,
    train: Callable[[LiveRun], object],
    others: Sequence[str] = (),
) -> StoredRun:
    """The finished fine-tuning that a run starts from: an earlier one, or one made now.

    Waits while another process does an equal one, on whatever machine, unless it is asked for anew.

    Args:
        start: the fine-tuning.
        store: where it is looked for, and goes.
        run: that starts from it: the fine-tuning is its first parent, whose warnings it gets.
        train: computes a new one.
        others: further parents.

    Raises:
        RunCancelledError: the run was cancelled while it waited.
    """
    parent: StoredRun | LiveRun = attended(lambda: _earlier_or_mine(start, store, run))
    if isinstance(parent, LiveRun):
        run.update(parents=[parent.id, *others])
        parent = _carried_out(parent, train)
    else:
        run.log(f"reusing the fine-tuned model of run {parent.id}")
        run.update(parents=[parent.id, *others])
    run.warn(*parent.record.warnings)
    processes.wait()  # until it is finished on the disk
    return parent


def _earlier_or_mine(start: Start, store: RunStore, run: LiveRun) -> StoredRun | LiveRun:
    """The finished fine-tuning, or a new one, held by this process."""
    watch = Watch()
    while True:
        with alone(store.root, f"{start.kind} {start.key}"):
            found = _earlier(start, store, run)
            other = _in_work(start, store, watch) if start.reuse else None
            if found is not None:
                return found
            if other is None:
                return _begun(store, run, start.key) or _new(start, store)
        while _is_computed(other, watch):
            run.progress(f"waiting for the fine-tuning of run {other.id}", 0, 0)
            time.sleep(LOOK_SECONDS)


def _carried_out(child: LiveRun, train: Callable[[LiveRun], object]) -> StoredRun:
    """Do the fine-tuning that this process holds."""
    try:
        child.start()
        with child.beating():
            train(child)
        child.finish()
    except (RunCancelledError, KeyboardInterrupt):
        child.cancel()
        raise
    except UserError:
        RunStore(child.path.parent).discard(StoredRun(child.path, child.record))
        raise
    except Exception as error:
        if child.is_held():
            child.fail(reason_of(error))
        raise
    finally:
        child.let_go()
    return StoredRun(child.path, child.record)


def _earlier(start: Start, store: RunStore, run: LiveRun) -> StoredRun | None:
    """The fine-tuning to start from, if there is one.

    A resumed run goes on from the one it began with, also where fine-tuning was asked for anew.
    """
    for name in run.record.parents:
        own = read_run(store.root / name)
        if isinstance(own, StoredRun) and store.is_reusable(own, start.key):
            return own
    return store.reusable(start.kind, start.key) if start.reuse else None


def _in_work(start: Start, store: RunStore, watch: Watch) -> StoredRun | None:
    """An equal fine-tuning that a process does now."""
    for path in store.paths():
        found = read_run(path) if f"-{start.kind}-" in path.name else None
        if not isinstance(found, StoredRun) or found.record.reuse_key != start.key:
            continue
        if _is_computed(found, watch):
            return found
    return None


def _is_computed(run: StoredRun, watch: Watch) -> bool:
    """Whether somebody holds it: one of another machine, as long as its heart was seen beating."""
    now = read_run(run.path)
    if not isinstance(now, StoredRun) or now.status not in OPEN:
        return False
    if claims.newest(run.path).is_alive()[0] is False:
        return False
    return is_lost(RunView.of(now), watch) is None


def _begun(store: RunStore, run: LiveRun, key: str) -> LiveRun | None:
    """The unfinished fine-tuning an earlier attempt of this run began, to go on with."""
    for name in run.record.parents:
        found = read_run(store.root / name)
        if isinstance(found, StoredRun) and found.record.reuse_key == key:
            with suppress(UserError):  # it is over, or another process computes it
                return take_up(found)
    return None


def _new(start: Start, store: RunStore) -> LiveRun:
    run = store.create(
        start.kind,
        start.config.model_dump(mode="json"),
        command_for(start.kind, start.config),
        hold=True,
        reuse_key=start.key,
    )
    return LiveRun(run, claims.first(run.path))
