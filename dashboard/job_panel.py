"""A run while it is computed: stage, step, rate, time left, log; polled only while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.config import Config
from core.errors import UserError
from core.jobs.submit import start_worker, submit
from core.runs.live import CANCEL, LOG, STATUS
from core.runs.liveness import cancel, is_resumable
from core.runs.record import Status
from core.runs.store import RECORD, StoredRun
from core.runs.view import RunView
from dashboard import cache
from dashboard.labels import LOST_ICON, STATUS_ICONS, duration, escape, option
from dashboard.shell import show_error

POLL_SECONDS = 1.0
SILENT_SECONDS = 120
"""Without a sign for this long, by this server's clock, the worker may have been killed."""
LOG_LINES = 12
MOST_LOST = 3

Extra = Callable[[StoredRun], None]


def start_button(
    label: str, kind: str, config: Config | None, *, key: str, help: str, disabled: bool = False
) -> StoredRun | None:
    """A button that hands a job to a worker process.

    Args:
        label: on the button.
        kind: of the run.
        config: of the run; None while it is not usable yet.
        key: of the button.
        help: what it starts and how long that takes.
        disabled: there is a reason not to start now.

    Returns:
        The run that was submitted by this click, if any.
    """
    pressed = st.button(
        label,
        key=key,
        help=help,
        type="primary",
        icon=":material/play_arrow:",
        disabled=disabled or config is None,
    )
    if not pressed or config is None:
        return None
    try:
        return submit(cache.store(), kind, config)
    except UserError as error:
        show_error(error)
        return None


def job_panel(run: StoredRun, extra: Extra | None = None) -> None:
    """Show a waiting or running job and poll it, and offer to resume one that stopped early.

    Nothing is drawn for a run that finished, or failed without a checkpoint.

    Args:
        run: as last read.
        extra: drawn below the progress on every poll, e.g. the curves so far.
    """
    if cache.is_active(run):
        with st.container(border=True):
            _watch(run.id, extra)
    elif cache.is_open(run):
        with st.container(border=True):
            _lost(run, extra)
    elif is_resumable(run):
        why = "was cancelled" if run.status is Status.CANCELLED else "failed and left a checkpoint"
        st.info(
            f"This run {why}. What it computed is kept, and it can go on from there.",
            icon=STATUS_ICONS[run.status],
        )
        resume_button(run)


def lost_runs(runs: Sequence[StoredRun]) -> None:
    """The runs that nobody computes any more, each with what can be done about it."""
    found = [run for run in runs if cache.lost(run) is not None]
    for run in found[:MOST_LOST]:
        with st.container(border=True):
            st.markdown(escape(option(run)))
            _lost(run, None)
    if len(found) > MOST_LOST:
        st.caption(f"and {len(found) - MOST_LOST} more; the list of runs names them.")


def resume_button(run: StoredRun, key: str = "resume") -> None:
    """A button that starts a new worker on a run that can be resumed; nothing for others."""
    if not is_resumable(run):
        return
    pressed = st.button(
        "Resume",
        key=f"{key}_{run.id}",
        icon=":material/resume:",
        help="Start a new worker on this run. It goes on from the last checkpoint, or from the "
        "start if there is none.",
    )
    if pressed:
        try:
            start_worker(cache.store(), run)
        except UserError as error:
            show_error(error)
        else:
            st.rerun()


def _lost(run: StoredRun, extra: Extra | None) -> None:
    """A run that nobody computes any more: why, its log, and what can be done."""
    word = "never started" if run.status is Status.QUEUED else "lost"
    st.warning(
        f"This run is {word}: {escape(cache.lost(run) or '')}. What it computed is kept; resume "
        "it, or cancel it for good.",
        icon=LOST_ICON,
    )
    with st.container(horizontal=True):
        resume_button(run)
        _cancel(run)
    if extra is not None:
        extra(run)
    _log(run)


@st.fragment(run_every=POLL_SECONDS)
def _watch(run_id: str, extra: Extra | None) -> None:
    """One poll; the whole page is drawn anew once the run is over."""
    try:
        run = cache.run(run_id)
    except UserError as error:
        show_error(error)
        return
    if not cache.is_active(run):
        st.rerun()
    status = RunView.of(run).progress() or {}
    head, stop = st.columns([5, 1], vertical_alignment="center")
    with head:
        _progress(run, status)
    with stop:
        _cancel(run)
    _silence(run)
    if extra is not None:
        extra(run)
    _log(run)


def _log(run: StoredRun) -> None:
    """The end of the run's log."""
    with st.expander("Log"):
        lines = RunView.of(run).log_tail().splitlines()[-LOG_LINES:]
        st.code("\n".join(lines) or "Nothing logged yet.", language=None, height=220)


def _progress(run: StoredRun, status: dict[str, Any]) -> None:
    """The bar with stage, step, rate and time left."""
    icon = STATUS_ICONS[run.status]
    if run.status is Status.QUEUED or not status:
        st.progress(0.0, text=f"{icon} Waiting for its worker to start")
        return
    step, total = _count(status.get("step")), _count(status.get("total"))
    parts = [f"**{escape(status.get('stage') or 'running')}**"]
    if total:
        parts.append(f"step {step:,} of {total:,}")
    rate, left = status.get("steps_per_second"), status.get("seconds_left")
    if isinstance(rate, int | float) and rate > 0:
        parts.append(f"{rate:.1f} steps/s" if rate >= 1 else f"{1 / rate:.1f} s a step")
    if isinstance(left, int | float):
        parts.append(f"about {duration(max(left, 0))} left in this stage")
    share = min(1.0, step / total) if total else 0.0
    st.progress(share, text=f"{icon} " + " · ".join(parts))
    values = status.get("values")
    if isinstance(values, dict) and values:
        shown = [f"{key} {_short(value)}" for key, value in values.items()]
        st.caption(escape(" · ".join(shown)))


def _cancel(run: StoredRun) -> None:
    asked = (run.path / CANCEL).exists()
    st.button(
        "Stopping ..." if asked and cache.lost(run) is None else "Cancel",
        key=f"cancel_{run.id}",
        icon=":material/stop_circle:",
        help="Stop at the next step. What was computed is kept and the run can be resumed.",
        on_click=cancel,
        args=(run,),
        disabled=asked and cache.lost(run) is None,
    )


def _silence(run: StoredRun) -> None:
    """Say so when the worker has not written anything for as long as this page has looked."""
    signs = tuple(cache.stamp(run.path / name) for name in (STATUS, LOG, RECORD))
    seen, since = st.session_state.get(f"signs_{run.id}", (None, 0.0))
    if seen != signs:
        seen, since = signs, time.monotonic()
        st.session_state[f"signs_{run.id}"] = (seen, since)
    quiet = time.monotonic() - since
    if quiet > SILENT_SECONDS:
        st.warning(
            f"No sign of this run for {duration(quiet)}. A long step is possible; its worker may "
            "also have been stopped from outside, which can't be told from here if it runs on "
            "another machine. Its log tells more.",
            icon=":material/hourglass_disabled:",
        )


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) and value >= 0 else 0


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
