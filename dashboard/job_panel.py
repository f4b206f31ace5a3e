"""A run while it is computed: stage, step, rate, time left, log; polled only while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from core.config import Config
from core.errors import UserError
from core.jobs.submit import submit
from core.runs.live import CANCEL, STATUS, request_cancel
from core.runs.record import Status
from core.runs.store import StoredRun
from core.runs.view import RunView
from dashboard import cache
from dashboard.labels import STATUS_ICONS, duration, escape
from dashboard.shell import show_error

POLL_SECONDS = 1.0
SILENT_SECONDS = 120
"""Without a sign for this long, the worker may have been killed."""
LOG_LINES = 12

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
    """Show a waiting or running job and poll it; draw nothing for a run that is over.

    Args:
        run: as last read.
        extra: drawn below the progress on every poll, e.g. the curves so far.
    """
    if cache.is_active(run):
        with st.container(border=True):
            _watch(run.id, extra)


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
    view = RunView.of(run)
    status = view.progress() or {}
    head, stop = st.columns([5, 1], vertical_alignment="center")
    with head:
        _progress(run, status)
    with stop:
        _cancel(run)
    _silence(run)
    if extra is not None:
        extra(run)
    with st.expander("Log"):
        lines = view.log_tail().splitlines()[-LOG_LINES:]
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
        "Stopping ..." if asked else "Cancel",
        key=f"cancel_{run.id}",
        icon=":material/stop_circle:",
        help="Stop at the next step. What was computed is kept and the run can be resumed.",
        on_click=request_cancel,
        args=(run.path,),
        disabled=asked,
    )


def _silence(run: StoredRun) -> None:
    """Say so when the worker has not written anything for long."""
    last = max(cache.stamp(run.path / name) for name in (STATUS, "log.txt", "record.json"))
    quiet = time.time() - last / 1e9
    if quiet > SILENT_SECONDS:
        st.warning(
            f"No sign of this run for {duration(quiet)}. Its worker may have been stopped from "
            "outside; its log tells more. Cancel it and start it again.",
            icon=":material/hourglass_disabled:",
        )


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) and value >= 0 else 0


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
