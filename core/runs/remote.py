"""The job of a cluster that computes a run or shall: which, where, and whether it is still there.

The note lies in the run's folder from its submission on. It tells people where a run is and keeps
a run that waits for its job from looking forgotten; who may write the run, its claims say.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.runs import process, slurm
from core.runs.files import read_json, write_json

NOTE = "cluster.json"
SLURM, LOCAL = "slurm", "local"
CLUSTERS = (SLURM, LOCAL)
GONE = "gone"
"""The state of a job that ended and will not come back."""


@dataclass(frozen=True)
class RemoteJob:
    """A job, as its note has it."""

    cluster: str
    """One of `CLUSTERS`."""
    job: str = ""
    """Its number there; empty until the cluster gave it one."""
    host: str = ""
    """The machine it computes the run on; empty until it began."""
    user: str = ""
    """Who submitted it: SLURM may hide the jobs of others."""
    process: Mapping[str, Any] = field(default_factory=dict)
    """What stands for it on one machine (`core.runs.process`): who submits it, or a local job."""

    @property
    def words(self) -> str:
        """It, in words: ``SLURM job 123_4 on node17``."""
        name = "SLURM job" if self.cluster == SLURM else "local job"
        place = f" on {self.host}" if self.host else ""
        return f"{name} {self.job or 'without a number yet'}{place}"

    def state(self) -> str | None:
        """SLURM's word for its state, ``RUNNING`` for a local one, `GONE`; None: can't be told."""
        if self.cluster == SLURM and self.job:
            known = slurm.states()
            if known is None or (self.job not in known and self.user != _user()):
                return None
            return known.get(self.job, GONE)
        alive = process.check(self.process)[0]
        return None if alive is None else "RUNNING" if alive else GONE


def read(run: Path) -> RemoteJob | None:
    """The job noted in a run's folder; None without a note that can be read."""
    try:
        return RemoteJob(**read_json(run / NOTE))
    except (OSError, ValueError, TypeError):
        return None


def note(run: Path, job: RemoteJob) -> None:
    """Write the note.

    Raises:
        OSError: it can't be written.
    """
    write_json(run / NOTE, asdict(job))


def forget(run: Path) -> None:
    """Remove the note: the run is nobody's job any more."""
    (run / NOTE).unlink(missing_ok=True)


def submitted(cluster: str, job: str = "") -> RemoteJob:
    """The note of this user on a job; without a number it stands for as long as this process."""
    pid = int(job) if cluster == LOCAL and job else None
    own = {} if cluster == SLURM and job else process.identity(pid)
    return RemoteJob(cluster, job, user=_user(), process=own)


def is_there(run: Path, *, waits: bool) -> bool | None:
    """Whether a job exists that will compute this run, or go on with it.

    Args:
        run: its folder.
        waits: nobody began it: the word of a job that can't be asked for is taken.

    Returns:
        None where the run is no job, or that can't be told.
    """
    found = read(run)
    if found is None:
        return None
    state = found.state()
    if state is None:
        return True if waits else None
    return state != GONE


def call_off(run: Path) -> None:
    """End the job of a run that waits for it; a local one sees by itself that the run is over."""
    found = read(run)
    if found is not None and found.cluster == SLURM and found.job:
        slurm.call_off(found.job)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without an entry for this user
        return ""
