"""What the pages read of the store: through core only, cached by run and file time."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from pydantic import BaseModel

from core.data.predictions import Predictions
from core.errors import UserError
from core.runs import liveness
from core.runs.live import HISTORY
from core.runs.liveness import OPEN, Watch, is_lost
from core.runs.notes import NOTES, Notes, read_notes
from core.runs.store import RECORD, BrokenRun, RunStore, StoredRun, read_run
from core.runs.view import RunView

ROOT = Path(__file__).resolve().parents[1]
When = Literal["before", "after", "selection"]


def store() -> RunStore:
    """The store named by ``-- --store DIR``, else by ``CORE_STORE``, else ``cached_runs``."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--store")
    try:
        named = parser.parse_known_args(sys.argv[1:])[0].store
    except argparse.ArgumentError:
        named = None
    return RunStore(Path(named or os.environ.get("CORE_STORE") or ROOT / "cached_runs"))


def runs() -> list[StoredRun | BrokenRun]:
    """All runs of the store, newest first; damaged ones as `BrokenRun`."""
    return [_run(path) for path in store().paths()]


def readable(*kinds: str) -> list[StoredRun]:
    """The readable runs of these kinds (all kinds if none is named), newest first."""
    found = [run for run in runs() if isinstance(run, StoredRun)]
    return [run for run in found if not kinds or run.record.kind in kinds]


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


def notes(item: StoredRun) -> Notes:
    """The name, tags and note people gave the run."""
    changed = stamp(item.path / NOTES)
    return _notes(str(item.path), changed) if changed else Notes()


def predictions(item: StoredRun, when: When) -> Predictions | None:
    """The run's predictions on evaluation items, or on the selection items; None without any.

    Raises:
        UserError: the file is damaged.
    """
    changed = stamp(item.path / f"predictions_{when}.npz")
    return _predictions(item, item.id, when, changed) if changed else None


def history(item: StoredRun) -> list[dict[str, Any]]:
    """Rows of the run's history that are objects with a step."""
    changed = stamp(item.path / HISTORY)
    return _history(item, item.id, changed) if changed else []


def stamp(path: Path) -> int:
    """Time of the last change in nanoseconds; 0 for a file that is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _run(path: Path) -> StoredRun | BrokenRun:
    """The run in a folder, read again only after its record was replaced."""
    try:
        status = (path / RECORD).stat()
        version = (status.st_mtime_ns, status.st_ino)
    except OSError:
        version = (0, 0)
    known = _known().get(path)
    if known is None or known[0] != version:
        known = _known()[path] = (version, read_run(path))
    return known[1]


@st.cache_resource
def _known() -> dict[Path, tuple[tuple[int, int], StoredRun | BrokenRun]]:
    """The runs read so far, shared by all sessions: nothing changes them, so none is copied."""
    return {}


@st.cache_resource
def watch() -> Watch:
    """Sees the heartbeats of other machines, for all sessions."""
    return Watch()


@st.cache_data(max_entries=2000, show_spinner=False)
def _notes(path: str, changed: int) -> Notes:
    return read_notes(Path(path))


@st.cache_data(max_entries=32, show_spinner="Reading predictions ...")
def _predictions(_item: StoredRun, run_id: str, when: When, changed: int) -> Predictions | None:
    view = RunView.of(_item)
    return view.unlabelled() if when == "selection" else view.predictions(when)


@st.cache_data(max_entries=64, show_spinner=False)
def _history(_item: StoredRun, run_id: str, changed: int) -> list[dict[str, Any]]:
    rows = RunView.of(_item).history()
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("step"), int)]


def config_of(item: StoredRun, model: type[BaseModel]) -> dict[str, Any]:
    """The settings of a run that another kind of run has too."""
    return {name: x for name, x in item.record.config.items() if name in model.model_fields}


def has_predictions(item: StoredRun) -> bool:
    """Whether the run keeps predictions that a teacher choice can be made from."""
    return any(stamp(item.path / f"predictions_{when}.npz") for when in ("selection", "before"))
