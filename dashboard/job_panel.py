"""A run while it is computed: stage, step, rate, time left, log; polled only while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import streamlit as st

from core.config import Config
from core.errors import UserError
from core.jobs import workers
from core.jobs.submit import resume, submit
from core.runs import remote
from core.runs.checkpoints import find_checkpoint
from core.runs.live import CANCEL, LOG, STATUS
from core.runs.liveness import cancel, is_resumable
from core.runs.record import Status
from core.runs.store import RECORD, StoredRun
from core.runs.view import RunView
from core.runs.waiting import place
from dashboard import cache
from dashboard.cost_panel import cost_button
from dashboard.labels import LOST_ICON, STATUS_ICONS, duration, escape, option
from dashboard.log_panel import log_panel
from dashboard.progress import progress_of
from dashboard.run_picker import open_run
from dashboard.shell import errors_shown, show_error

POLL_SECONDS = 1.0
SILENT_SECONDS = 120
"""Without a sign for this long, by this server's clock, the worker may have been killed."""
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
    row = st.container(horizontal=True)
    pressed = row.button(
        label,
        key=key,
        help=help,
        type="primary",
        icon=":material/play_arrow:",
        disabled=disabled or config is None,
    )
    cost_button(kind, config, key=key, place=row)
    if not pressed or config is None:
        return None
    try:
        return submit(cache.store(), kind, config)
    except UserError as error:
        show_error(error)
        return None


def start_here(label: str, kind: str, config: Config | None, *, picker: str = "run") -> None:
    """A button that starts a run and shows it on this page.

    Args:
        label: on the button.
        kind: of the run.
        config: of the run; None while it is not usable yet.
        picker: the page's run picker that shows it.
    """
    started = start_button(
        label,
        kind,
        config,
        key=f"start_{kind}",
        help="Runs in a process of its own; this page stays usable and shows its progress.",
    )
    if started is not None:
        open_run(started.id, picker)
        st.rerun()


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
    elif is_resumable(run, cache.watch()):
        why = "was cancelled" if run.status is Status.CANCELLED else "failed and left a checkpoint"
        st.info(
            f"This run {why}. {_from_where(run)}",
            icon=STATUS_ICONS[run.status],
        )
        resume_button(run)


def _from_where(run: StoredRun) -> str:
    """What a resume of the run goes on from."""
    if find_checkpoint(run.path) is None:
        return "It has no checkpoint: a resume begins again."
    return "What it computed is kept, and it can go on from there."


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
    if not is_resumable(run, cache.watch()):
        return
    pressed = st.button(
        "Resume",
        key=f"{key}_{run.id}",
        icon=":material/resume:",
        help="Put the run back in the queue. It goes on from its last checkpoint, or from the "
        "start if there is none.",
    )
    if pressed:
        try:
            resume(cache.store(), run, cache.watch())
        except UserError as error:
            show_error(error)
        else:
            st.rerun()


def _lost(run: StoredRun, extra: Extra | None) -> None:
    """A run that nobody computes any more: why, its log, and what can be done."""
    word = "never started" if run.status is Status.QUEUED else "lost"
    st.warning(
        f"This run is {word}: {escape(cache.lost(run) or '')}. {_from_where(run)} Resume "
        "it, or cancel it for good.",
        icon=LOST_ICON,
    )
    with st.container(horizontal=True):
        resume_button(run)
        _cancel(run)
    if extra is not None:
        extra(run)
    log_panel(run)


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
    head, stop = st.columns([5, 1], vertical_alignment="center")
    with head:
        _progress(run)
    with stop:
        _cancel(run)
    _silence(run)
    with errors_shown():  # inside: a fragment shows what it raises as a traceback
        if extra is not None:
            extra(run)
        log_panel(run)


def _waits_for(run: StoredRun) -> str:
    """What a queued run waits for."""
    job = remote.read(run.path)
    if job is not None:
        state = job.state() if job.cluster == remote.SLURM else None
        return f"Waiting for {job.words} to begin" + (f" ({state.lower()})" if state else "")
    before = place(run.path)
    if before:
        return f"Waiting for {before} run{'s' if before > 1 else ''} before it"
    if workers.is_working(cache.store()):
        return "Waiting for the worker"
    return "Waiting for a worker to start"


def _progress(run: StoredRun) -> None:
    """The bar with stage, step, rate and time left."""
    icon = STATUS_ICONS[run.status]
    if run.status is Status.QUEUED:
        st.progress(0.0, text=f"{icon} {escape(_waits_for(run))}")
        return
    found = progress_of(RunView.of(run))
    left = f"about {found.left} in this stage" if found.left else ""
    parts = [f"**{escape(found.stage)}**", found.steps, found.speed, left]
    st.progress(found.share, text=f"{icon} " + " · ".join(part for part in parts if part))
    job = remote.read(run.path)
    if job is not None:
        st.caption(f"Computed by {escape(job.words)}.")
    if found.values:
        st.caption(escape(" · ".join(f"{key} {value}" for key, value in found.values)))


def _cancel(run: StoredRun) -> None:
    asked = (run.path / CANCEL).exists()
    st.button(
        "Stopping ..." if asked and cache.lost(run) is None else "Cancel",
        key=f"cancel_{run.id}",
        icon=":material/stop_circle:",
        help="Stop at the next step. What was computed is kept and the run can be resumed.",
        on_click=cancel,
        args=(run, cache.watch()),
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
