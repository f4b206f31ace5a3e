"""What the pages read of the store: through core only, cached by run and file time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st
from pydantic import BaseModel

from core.data.predictions import Predictions
from core.data.probing_answers import ProbingAnswers
from core.data.qa.scores import QaScores
from core.data.qa.shown import ShownAnswers
from core.errors import UserError
from core.published.as_run import Like
from core.published.runs import published_runs
from core.runs import liveness, remote
from core.runs.live import HISTORY
from core.runs.liveness import OPEN, Watch, is_lost
from core.runs.notes import NOTES, Notes, read_notes
from core.runs.siblings import start_of
from core.runs.store import RECORD, BrokenRun, RunStore, StoredRun, read_run
from core.runs.usage import Usage, usage
from core.runs.view import RunView
from dashboard.cached_arrays import (
    When,
    read_answers,
    read_history,
    read_predictions,
    read_scores,
    read_shown,
)
from dashboard.store_root import store_root

T = TypeVar("T")


def store() -> RunStore:
    """The store whose runs are shown."""
    return RunStore(store_root())


def runs() -> list[StoredRun | BrokenRun]:
    """All runs of the store, newest first; damaged ones as `BrokenRun`."""
    return [_run(path) for path in store().paths()]


def readable(*kinds: str) -> list[StoredRun]:
    """The readable runs of these kinds (all kinds if none is named), newest first."""
    paths = store().paths()
    if kinds:  # the others are not read: a run's id names its kind
        paths = [path for path in paths if any(f"-{kind}-" in path.name for kind in kinds)]
    found = [run for run in map(_run, paths) if isinstance(run, StoredRun)]
    return [run for run in found if not kinds or run.record.kind in kinds]


def published(*like: Like) -> list[StoredRun]:
    """The papers' rows, to compare runs of these kinds with (all, if none is named).

    They are in no store and never a default.
    """
    return list(published_runs(*like))


def run(run_id: str) -> StoredRun:
    """One run by its id.

    Raises:
        UserError: there is none, or it is broken.
    """
    path = store().root / Path(run_id).name
    found = _run(path) if path.is_dir() else None
    if isinstance(found, StoredRun):
        return found
    reason = f"is broken: {found.reason}" if found else "is not in this store"
    raise UserError(f"run {run_id} {reason}")


def is_active(item: StoredRun | BrokenRun) -> bool:
    """Whether the run is waiting or being computed, as far as can be told."""
    return is_open(item) and lost(item) is None


def is_open(item: StoredRun | BrokenRun) -> bool:
    """Whether its record calls the run queued or running."""
    return item.status in OPEN


def lost(item: StoredRun | BrokenRun) -> str | None:
    """Why nobody computes this open run any more, or None."""
    return is_lost(RunView.of(item), watch()) if isinstance(item, StoredRun) else None


def standing(item: StoredRun) -> str:
    """The run's status in words, ``lost`` and ``never started`` among them."""
    return liveness.standing(item, watch())


def job(item: StoredRun) -> str | None:
    """The job of a cluster that the run is, in words; None where it is none."""
    path = item.path
    version = _version(path / remote.NOTE)
    found = _recall("job", str(path), version, lambda: remote.read(path)) if any(version) else None
    return found.words if found else None


def notes(item: StoredRun) -> Notes:
    """The name, tags and note people gave the run."""
    path = item.path
    version = _version(path / NOTES)
    return _recall("notes", str(path), version, lambda: read_notes(path))


def used(item: StoredRun | BrokenRun) -> Usage:
    """What the run takes on the disk; of one that is over counted once per change of its folder."""
    path = item.path
    if is_open(item):
        return usage(path)
    return _recall("usage", str(path), _version(path), lambda: usage(path))


def predictions(item: StoredRun, when: When) -> Predictions | None:
    """The run's predictions on evaluation items, or on the selection items; None without any.

    Those before distillation that a run does not keep are read from one that started alike.

    Raises:
        UserError: the file is damaged.
    """
    kept = (start(item) if when == "before" else None) or item
    changed = stamp(kept.path / f"predictions_{when}.npz")
    return read_predictions(item, kept, item.id, kept.id, when, changed) if changed else None


def start(item: StoredRun) -> StoredRun | None:
    """The run that keeps what this one was before: itself, or one that started alike."""
    own = start_of(item, ())
    if own is not None:
        return own
    others = readable()
    version = (_version(item.path / RECORD), len(others))
    return _recall("start", str(item.path), version, lambda: start_of(item, others))


def answers(item: StoredRun, when: When) -> ProbingAnswers | None:
    """Scores of all candidates on the run's main prompts; None without any.

    Raises:
        UserError: the file is damaged.
    """
    changed = stamp(item.path / f"answers_{when}.npz")
    return read_answers(item, item.id, when, changed) if changed else None


def scores(item: StoredRun, when: When) -> QaScores | None:
    """Scores of the questions a run answered; None without any.

    Raises:
        UserError: the file is damaged.
    """
    changed = stamp(item.path / f"qa_scores_{when}.npz")
    return read_scores(item, item.id, when, changed) if changed else None


def shown(item: StoredRun, when: When) -> ShownAnswers | None:
    """Answers to the few questions of a run that are shown; None without any.

    Raises:
        UserError: the file is damaged.
    """
    changed = stamp(item.path / f"qa_shown_{when}.npz")
    return read_shown(item, item.id, when, changed) if changed else None


def history(item: StoredRun) -> list[dict[str, Any]]:
    """Rows of the run's history that are objects with a step."""
    changed = stamp(item.path / HISTORY)
    return read_history(item, item.id, changed) if changed else []


def stamp(path: Path) -> int:
    """Time of the last change in nanoseconds; 0 for a file that is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


_READ: dict[tuple[str, str], tuple[object, Any]] = {}
"""What was read so far: (what, of what) -> (version, value). Shared by all sessions: nothing
changes a value, so none is copied, and a thousand runs cost no time."""


def _recall(what: str, key: str, version: object, make: Callable[[], T]) -> T:
    """A value made before of the same version, or made now."""
    known = _READ.get((what, key))
    if known is None or (known[0] is not version and known[0] != version):
        known = _READ[what, key] = (version, make())
    value: T = known[1]
    return value


def _run(path: Path) -> StoredRun | BrokenRun:
    """The run in a folder, read again only after its record was replaced."""
    return _recall("run", str(path), _version(path / RECORD), lambda: read_run(path))


def _version(path: Path) -> tuple[int, int]:
    """Changes with every replacement of a file; zeros for one that is not there."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


def of_record(name: str, run: StoredRun, make: Callable[[], T]) -> T:
    """Something that follows from a run's record alone, made once per record."""
    return _recall(name, str(run.path), run.record, make)


@st.cache_resource
def watch() -> Watch:
    """Sees the heartbeats of other machines, for all sessions."""
    return Watch()


def config_of(item: StoredRun, model: type[BaseModel]) -> dict[str, Any]:
    """The settings of a run that another kind of run has too."""
    return {name: x for name, x in item.record.config.items() if name in model.model_fields}


def has_predictions(item: StoredRun) -> bool:
    """Whether the run keeps predictions that a teacher choice can be made from."""
    return any(stamp(item.path / f"predictions_{when}.npz") for when in ("selection", "before"))
