"""The run store: a folder of runs, each complete or visibly broken, none ever overwritten."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core import processes
from core.errors import UserError
from core.runs import claims
from core.runs.environment import environment
from core.runs.files import read_json, staging_folder, write_json
from core.runs.record import RunRecord, Status, first_problem, new_run_id, now
from core.runs.waiting import leave, line_up

RECORD = "record.json"
DEFAULT = Path("cached_runs")
"""The store unless the user names another."""
SWEEPS = "sweeps"
"""Folder beside the runs with the files of sweeps (`core.config.sweep`)."""


@dataclass(frozen=True)
class BrokenRun:
    """A folder that looks like a run and can't be read, with the reason."""

    id: str
    path: Path
    reason: str

    @property
    def status(self) -> Status:
        """Always broken."""
        return Status.BROKEN


@dataclass(frozen=True)
class StoredRun:
    """A readable run and where it lies."""

    path: Path
    record: RunRecord

    @property
    def id(self) -> str:
        """The run's id, which is also its folder's name."""
        return self.record.id

    @property
    def status(self) -> Status:
        """The state that follows from the record."""
        return self.record.status


@dataclass(frozen=True)
class RunStore:
    """All runs below one folder (``cached_runs`` unless the user names another)."""

    root: Path

    def create(
        self,
        kind: str,
        config: dict[str, Any],
        command: Sequence[str],
        *,
        hold: bool = False,
        priority: int | None = None,
        **fields: Any,
    ) -> StoredRun:
        """Submit a run: its folder appears at once with a complete record in it.

        Args:
            kind: of the run.
            config: of the run, as JSON.
            command: the command line that makes this run again.
            hold: this process computes it itself; nobody else can.
            priority: put it in the queue at this place; None does not queue it.
            fields: more of the record.

        Raises:
            UserError: the store can't be written to.
        """
        record = RunRecord(
            id=self._free_id(kind),
            kind=kind,
            config=config,
            command=list(command),
            environment=environment(),
            submitted=now(),
            **fields,
        )
        path = self.root / record.id
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with staging_folder(self.root) as staging:
                write_json(staging / RECORD, record.model_dump(mode="json"))
                if hold:
                    claims.take(staging, claims.newest(staging))
                if priority is not None:
                    line_up(path, priority)
                staging.rename(path)
        except OSError as error:
            with suppress(OSError):
                leave(path)
            raise UserError(f"can't write to the store {self.root}: {error.strerror}") from error
        return StoredRun(path, record)

    def _free_id(self, kind: str) -> str:
        """An id that no run of this store has."""
        while (self.root / (name := new_run_id(kind))).exists():
            pass  # two of a second had the same random part
        return name

    def paths(self) -> list[Path]:
        """Folders of all runs, newest first."""
        if not self.root.is_dir():
            return []
        with os.scandir(self.root) as entries:
            names = [e.name for e in entries if e.is_dir() and not e.name.startswith((".", "_"))]
        return [self.root / name for name in sorted(names, reverse=True) if name != SWEEPS]

    def __iter__(self) -> Iterator[StoredRun | BrokenRun]:
        """All runs, newest first; a damaged one as a BrokenRun."""
        return (read_run(path) for path in self.paths())

    def readable(self) -> Iterator[StoredRun]:
        """The runs that are not broken, newest first."""
        return (run for run in self if isinstance(run, StoredRun))

    def find(self, prefix: str) -> StoredRun:
        """The run with this id, or a unique beginning or the last part of one.

        Raises:
            UserError: no run, several runs, or a broken one.
        """
        run = read_run(self.locate(prefix))
        if isinstance(run, BrokenRun):
            raise UserError(f"run {run.id} is broken: {run.reason}")
        return run

    def locate(self, prefix: str) -> Path:
        """The folder of the run that :func:`matching` finds, readable or not.

        Raises:
            UserError: no run, or several.
        """
        return self.root / the_one(
            [path.name for path in self.paths()],
            prefix,
            self.root,
            listing_command(self.root, "list"),
        )

    def reusable(self, kind: str, key: str) -> StoredRun | None:
        """The newest finished run of this kind with this reuse key, if any."""
        for path in self.paths():
            if f"-{kind}-" not in path.name:
                continue
            run = read_run(path)
            if isinstance(run, StoredRun) and self.is_reusable(run, key):
                return run
        return None

    def is_reusable(self, run: StoredRun, key: str) -> bool:
        """Whether the run has this reuse key, is finished, and still has its model."""
        return (
            run.record.reuse_key == key
            and run.status is Status.FINISHED
            and (run.path / run.record.artifacts.get("model", "model")).is_dir()
        )

    def discard(self, run: StoredRun) -> None:
        """Remove a run that bad input ended before it computed anything."""
        if processes.is_main():
            shutil.rmtree(run.path, ignore_errors=True)


def listing_command(root: Path, verb: str) -> str:
    """The command that lists a store's runs (``list``) or its trash (``trash``)."""
    named = [] if root == DEFAULT else ["--store", str(root)]
    return shlex.join(["python", "-m", "core", "runs", verb, *named])


def matching(names: Iterable[str], text: str) -> list[str]:
    """The names a user can mean by this text.

    The one that is the text, else all that begin with it, else all that have it for their last
    part (``c94d5b`` for ``20261121T235307-demo-c94d5b``).
    """
    known = [name for name in names if text]
    for fits in (str.__eq__, str.startswith, lambda name, last: name.endswith(f"-{last}")):
        if found := [name for name in known if fits(name, text)]:
            return found
    return []


def the_one(names: Sequence[str], text: str, place: Path, listing: str) -> str:
    """The one name that this text means; see :func:`matching`.

    Args:
        names: to choose from.
        text: what the user gave.
        place: where the names are from.
        listing: the command that shows them.

    Raises:
        UserError: none, or several.
    """
    matches = matching(names, text)
    if len(matches) != 1:
        some = ", ".join(matches[:5]) or f"see `{listing}`"
        count = "no run" if not matches else f"{len(matches)} runs"
        raise UserError(f"{count} in {place} for {text!r}: {some}")
    return matches[0]


def read_run(path: Path, name: str | None = None) -> StoredRun | BrokenRun:
    """Read one run folder; never raises for damaged content.

    Args:
        path: of the folder.
        name: the id its record must have; by default the folder's name.
    """
    try:
        content = read_json(path / RECORD)
        record = RunRecord.model_validate(content)
    except FileNotFoundError:
        return BrokenRun(path.name, path, f"{RECORD} is missing")
    except ValidationError as error:
        return BrokenRun(path.name, path, f"{RECORD}: {first_problem(error)}")
    except (OSError, ValueError) as error:
        return BrokenRun(path.name, path, f"{RECORD} can't be read: {error}")
    if record.id != (name or path.name):
        return BrokenRun(path.name, path, f"{RECORD} is of another run ({record.id[:80]})")
    return StoredRun(path, record)
