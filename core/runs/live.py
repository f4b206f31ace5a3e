"""A run while it is being computed: progress, history, log, cancellation."""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from core import processes
from core.errors import ClaimLostError, RunCancelledError, RunPausedError, UserError
from core.runs import claims
from core.runs.checkpoints import find_checkpoint
from core.runs.files import finite, write_json, write_text
from core.runs.record import RunRecord, now
from core.runs.store import RECORD, StoredRun
from core.runs.waiting import leave

STATUS, HISTORY, LOG, CANCEL = "status.json", "history.jsonl", "log.txt", "cancel"
RESERVE, RESERVED_BYTES = ".reserve", 1 << 18
"""Space an open run keeps, so that how it ends can be written also when the disk is full."""
BEAT_SECONDS = 5.0
"""Between two beats of the counter by which other machines know that a run is alive."""


class LiveRun:
    """The writing side of one run. One process holds it at a time, by its claim.

    The record is replaced atomically at each transition; progress alone goes to ``status.json``,
    at most every half second.

    Args:
        run: which.
        claim: that this process holds; without one it is taken at the start.
        echo: also log to stderr.
    """

    def __init__(
        self, run: StoredRun, claim: claims.Claim | None = None, *, echo: bool = False
    ) -> None:
        self.path, self.record, self.claim, self.echo = run.path, run.record, claim, echo
        self._written, self._stage, self._pausing = 0.0, ("", 0.0, 0), False
        self._status: dict[str, Any] = {"heartbeat": 0}
        self._writing = threading.Lock()

    @property
    def id(self) -> str:
        """The run's id."""
        return self.record.id

    def update(self, **changes: Any) -> None:
        """Replace fields of the record, on disk and here.

        Raises:
            ClaimLostError: another process took the run over; nothing is written.
        """
        self._check_claim()
        merged = {**self.record.model_dump(mode="json"), **finite(changes)}
        self.record = RunRecord.model_validate(merged)
        write_json(self.path / RECORD, self.record.model_dump(mode="json"))

    def start(self) -> None:
        """Mark the run as started (again, after a resume) by this process.

        An earlier attempt that left no checkpoint is forgotten: its history and its warnings.

        Raises:
            UserError: another process holds the run.
        """
        if self.claim is None:
            self.claim = hold(self.path)
        (self.path / RESERVE).write_bytes(os.urandom(RESERVED_BYTES))
        self.note_status("starting")
        self.update(
            started=now(),
            finished=None,
            cancelled=None,
            error=None,
            attempts=self.record.attempts + 1,
        )
        leave(self.path)
        if self.record.attempts > 1 and find_checkpoint(self.path) is None:
            self.cut_history(-1)
            self.update(warnings=[])

    def finish(self) -> None:
        """Mark the run as finished; nothing is written to it after this."""
        self._end(finished=now())

    def fail(self, reason: str) -> None:
        """Mark the run as failed with a one-line reason (the traceback goes to the log)."""
        self._end(finished=now(), error=reason.strip() or "unknown error")

    def cancel(self) -> None:
        """Mark the run as cancelled."""
        self._end(cancelled=now())

    def pause(self) -> None:
        """Mark the run as waiting again, with what it computed so far."""
        self._end(started=None)

    def request_pause(self) -> None:
        """Let the next step be the last one of this process; may be called in a signal handler."""
        self._pausing = True

    def _end(self, **changes: Any) -> None:
        """Write how the run ended and let go of it."""
        (self.path / RESERVE).unlink(missing_ok=True)
        self.update(**changes)
        leave(self.path)
        self.let_go()

    def is_held(self) -> bool:
        """Whether this process holds the run."""
        return self.claim is not None and not self.claim.is_superseded()

    def let_go(self) -> None:
        """Hold the run no longer, whether its end could be written or not."""
        claim, self.claim = self.claim, None
        if claim is not None:
            with suppress(OSError):
                claim.release()

    def progress(self, stage: str, step: int, total: int, **values: Any) -> None:
        """Say where the run is; raises when the user asked to cancel.

        Args:
            stage: what is being done, shown as it is ("fine-tuning on English").
            step: steps done of this stage.
            total: steps of this stage, 0 if unknown.
            values: latest numbers worth showing (loss, accuracy).

        Raises:
            RunCancelledError: a cancel was asked for.
        """
        clock = time.monotonic()
        if self._stage[0] != stage or step < self._stage[2]:
            self._stage = (stage, clock, step)
            self.log(f"{stage} ({step}/{total})" if total else stage)
        if clock - self._written > 0.5 or step >= total:
            self._written = clock
            elapsed, done = clock - self._stage[1], step - self._stage[2]
            rate = done / elapsed if elapsed > 0 and done > 0 else None
            self._write_status(
                stage=stage,
                step=step,
                total=total,
                steps_per_second=rate,
                seconds_left=(total - step) / rate if rate and total else None,
                values=values,
            )
        self.check_cancelled()

    def note_status(self, stage: str) -> None:
        """Say what is being done before there are steps to count."""
        self._write_status(
            stage=stage, step=0, total=0, steps_per_second=None, seconds_left=None, values={}
        )

    def _write_status(self, **status: Any) -> None:
        """Replace ``status.json``, one beat further."""
        with self._writing:
            self._status |= {**status, "heartbeat": self._status["heartbeat"] + 1}
            write_json(self.path / STATUS, self._status)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Let the heartbeat go on through long steps, from a thread."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(BEAT_SECONDS):
                with suppress(OSError):  # a full disk is the main thread's to report
                    self._write_status()

        thread = threading.Thread(target=beat, name=f"heartbeat of {self.id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def check_cancelled(self) -> None:
        """Raise when the user asked to cancel, a pause was, or another process took over."""
        self._check_claim()
        if processes.any_of(self._pausing):
            raise RunPausedError(f"run {self.id} was paused")
        if processes.any_of((self.path / CANCEL).exists()):
            raise RunCancelledError(f"run {self.id} was cancelled")

    def _check_claim(self) -> None:
        if self.claim is not None and self.claim.is_superseded():
            raise ClaimLostError(f"run {self.id} was taken over by another process")

    def warn(self, *texts: str) -> None:
        """Add to the record's warnings what is not among them yet."""
        fresh = [text for text in texts if text not in self.record.warnings]
        if fresh:
            self.update(warnings=[*self.record.warnings, *fresh])

    def log(self, line: str) -> None:
        """Append one line to ``log.txt`` (and to stderr when asked to echo)."""
        with (self.path / LOG).open("a", encoding="utf-8") as handle:
            handle.write(f"{now()} {line}\n")
        if self.echo:
            sys.stderr.write(f"{line}\n")

    def add_history(self, row: dict[str, Any]) -> None:
        """Append one row to ``history.jsonl``."""
        with (self.path / HISTORY).open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(finite(row), allow_nan=False) + "\n")

    def cut_history(self, last_step: int) -> None:
        """Drop rows after this step (a resume goes on from its checkpoint), and damaged ones."""
        path = self.path / HISTORY
        if not path.exists():
            return
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        kept = [line for line in lines if _step_of(line) <= last_step]
        write_text(path, "".join(f"{line}\n" for line in kept))


def _step_of(line: str) -> float:
    """The step of a row of the history; infinite for a line that is none."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return math.inf


def hold(path: Path) -> claims.Claim:
    """The claim on the run in this folder, for this process.

    Raises:
        UserError: another process holds it, or one of another machine may.
    """
    found = claims.newest(path)
    alive, _ = found.is_alive()
    claim = None if alive is not False else claims.take(path, found)
    if claim is None and not path.is_dir():
        raise UserError(f"run {path.name} is not there any more")
    if claim is None:
        raise UserError(f"run {path.name} is held by {holder_of(path)}")
    return claim


def holder_of(path: Path) -> str:
    """In words, who holds the run in this folder."""
    found = claims.newest(path)
    where = "" if found.is_alive()[0] else " of another machine"
    return f"process {found.holder.get('pid', 'unknown')}{where}"


def request_cancel(path: Path) -> None:
    """Ask the process that computes the run in this folder to stop at its next step."""
    (path / CANCEL).touch()
