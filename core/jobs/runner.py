"""Computing one run: its transitions, whatever happens."""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from core import processes
from core.config import Config
from core.errors import CoreError, RunCancelledError, RunPausedError, UserError
from core.jobs.kinds import Work, command_for, kind_of
from core.runs.claims import first
from core.runs.follower import attended
from core.runs.live import LiveRun, request_cancel
from core.runs.store import RunStore, StoredRun


def run_now(
    kind: str,
    config: Config,
    store: RunStore,
    *,
    echo: bool = False,
    started: Callable[[StoredRun], None] | None = None,
) -> LiveRun:
    """Check the input, then create and compute a run in this process.

    Args:
        kind: one of `core.jobs.kinds.KINDS`.
        config: its config.
        store: where the run goes.
        echo: also log to stderr.
        started: told about the run as soon as it exists.

    Raises:
        UserError: bad input; no run is left behind.
        RunCancelledError: the user cancelled; the run is kept with its checkpoint.
        Exception: it failed; the run is kept with the reason.
    """
    work = kind_of(kind).prepare(config, store)

    def begin() -> LiveRun:
        stored = store.create(
            kind, config.model_dump(mode="json"), command_for(kind, config), hold=True
        )
        if started is not None:
            started(stored)
        return LiveRun(stored, first(stored.path), echo=echo)

    run = attended(begin)
    try:
        return compute(run, work)
    except UserError:
        store.discard(StoredRun(run.path, run.record))
        raise


def compute(run: LiveRun, work: Work) -> LiveRun:
    """Do the work of a run and write how it ended; errors are recorded and raised again.

    The log gets the traceback of a fault of the program, and one line of anything else. A run that
    another process took over is left to that one.
    """
    try:
        run.start()
        with _heeding_signals(run), run.beating():
            run.check_cancelled()
            work(run)
        _log(run, "finished")
        run.finish()
    except RunPausedError:
        _log(run, "paused")
        run.pause()
        raise
    except RunCancelledError:
        _log(run, "cancelled")
        run.cancel()
        raise
    except KeyboardInterrupt as error:
        _log(run, "interrupted")
        run.cancel()
        raise RunCancelledError(f"run {run.id} was interrupted") from error
    except Exception as error:
        if run.is_held():
            reason = reason_of(error)
            if isinstance(error, CoreError):
                run.echo = False  # whoever started it shows the message
            _log(run, reason if isinstance(error, CoreError) else traceback.format_exc())
            run.fail(reason)
        raise
    finally:
        run.let_go()
    return run


def _log(run: LiveRun, words: str) -> None:
    """Write last words to the log; on a full disk, how the run ended matters more."""
    with suppress(OSError):
        run.log(words)


class _Stop:
    """A signal handler that only remembers the first signal; a second one ends the process."""

    def __init__(self) -> None:
        self.came = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.came:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        self.came = True


@contextmanager
def stopping_on_signals() -> Iterator[Callable[[], bool]]:
    """Tell, inside the block, whether a Ctrl-C or SIGTERM came; a run in work is cancelled by it.

    Outside the main thread no signal is seen.
    """
    stop = _Stop()
    if threading.current_thread() is not threading.main_thread():
        yield lambda: stop.came
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield lambda: stop.came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _heeding_signals(run: LiveRun) -> Iterator[None]:
    """Take the first Ctrl-C or SIGTERM as a request to cancel, heeded at the next step.

    A second one does what it did before, which ends the process. Signals reach the main thread
    only; elsewhere nothing changes. With several processes the main one heeds them, and no second
    one counts: their launcher hands on what the terminal has sent already, and ends what is left.
    """
    if threading.current_thread() is not threading.main_thread() or not processes.is_main():
        yield
        return
    found = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    before = {number: x for number, x in found.items() if x not in (None, signal.SIG_IGN)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def ask(number: int, frame: FrameType | None) -> None:
        if processes.place().total == 1:
            restore()
        outer = before[signal.Signals(number)]
        if isinstance(outer, _Stop):
            outer(number, frame)
        request_cancel(run.path)
        if run.echo:
            os.write(2, b"stopping after this step; once more stops at once\n")

    try:
        for number in before:
            signal.signal(number, ask)
        yield
    finally:
        restore()


def reason_of(error: Exception) -> str:
    """One line for the record."""
    text = " ".join(str(error).split())
    return text if isinstance(error, CoreError) else f"{type(error).__name__}: {text}"[:500]
