"""The jobs of the store, on every page: what waits, what runs, and how the last ones ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from core.jobs import workers
from core.runs import liveness, remote
from core.runs.record import Status
from core.runs.store import StoredRun
from core.runs.view import RunView
from core.runs.waiting import place, waiting
from dashboard import cache
from dashboard.labels import LOST_ICON, STATUS_ICONS, duration, escape, name, tail
from dashboard.progress import progress_of
from dashboard.url_state import MOVED

POLL_SECONDS = 2.0
SHOWN = 5
"""Open runs shown one by one."""
HELP = {
    "queued": "wait for a worker",
    "running": "are being computed",
    "finished": "are done",
    "failed": "ended with an error",
    "cancelled": "were stopped by somebody; they can be resumed",
    "lost": "have no process that computes them any more; they can be resumed",
    "never started": "were submitted and are in no queue; they can be resumed",
}
PAGE_OF = {
    "demo": "self_distillation",
    "distill": "self_distillation",
    "balance": "balanced_training",
    "qa_train": "answer_ranks",
    "qa_evaluate": "answer_ranks",
}


def jobs_sidebar() -> None:
    """The jobs, in the sidebar; polled only while one is open."""
    st.session_state.pop(MOVED, None)  # the whole page is drawn: nothing old stays on it
    active = any(cache.is_active(run) for run in cache.readable())
    st.fragment(_jobs, run_every=POLL_SECONDS if active else None)()


def _jobs() -> None:
    """One poll.

    A poll that waits while a part of the page is drawn anew keeps the browser from removing what
    that part no longer has (Streamlit's issue 16708); the whole page drawn anew removes it.
    """
    if st.session_state.pop(MOVED, False):
        st.rerun()
    runs = cache.readable()
    standings = {run.id: cache.standing(run) for run in runs if cache.is_open(run)}
    st.markdown("**Jobs**", help=_help())
    counts = Counter(standings.get(run.id, str(run.status)) for run in runs)
    st.caption(
        " · ".join(f"{counts[word]:,} {word}" for word in HELP if counts[word])
        or "None yet. Start one on a page, or in a terminal with --queue 0."
    )
    _without_worker()
    open_ = _in_order([run for run in runs if run.id in standings])
    for run in open_[:SHOWN]:
        _job(run, standings[run.id])
    if len(open_) > SHOWN:
        st.caption(f"and {len(open_) - SHOWN:,} more")
    for run in _just_ended(runs):
        _ended(run)


def _in_order(runs: Sequence[StoredRun]) -> list[StoredRun]:
    """Running ones first, then as they wait, then those nobody computes."""
    rank = {name: index for index, (name, _) in enumerate(waiting(cache.store().root))}
    last = len(rank)

    def key(run: StoredRun) -> tuple[int, int]:
        if cache.lost(run) is not None:
            return 2, 0
        return int(run.status is Status.QUEUED), rank.get(run.id, last)

    return sorted(runs, key=key)


def _job(run: StoredRun, standing: str) -> None:
    """One open run: where it is, with a link to it."""
    lost = standing in (liveness.LOST, liveness.NEVER_STARTED)
    with st.container(gap="xxsmall"):
        _link(run, LOST_ICON if lost else STATUS_ICONS[run.status])
        if lost:
            st.caption(f"{standing}: {escape(cache.lost(run) or '')}")
        elif run.status is Status.QUEUED:
            before = place(run.path)
            job = remote.read(run.path)
            words = "next" if before == 0 else f"waits for {before}" if before else "starting"
            words = words if job is None else f"waits for {escape(job.words)}"
            st.caption(f"{words} · {escape(name(run))}")
        else:
            found = progress_of(RunView.of(run))
            st.progress(found.share, text=escape(found.short))


def _link(run: StoredRun, icon: str) -> None:
    label = f"{run.record.kind} {tail(run)}"
    st.page_link(
        f"../pages/{PAGE_OF.get(run.record.kind, 'runs')}.py",
        label=escape(label),
        icon=icon,
        query_params={"run": run.id},
        help=escape(name(run)),
    )


def _without_worker() -> None:
    """Say when runs wait and no worker of this machine is there to take them."""
    if not waiting(cache.store().root) or workers.is_working(cache.store()):
        return
    if any(cache.is_active(run) and run.status is Status.RUNNING for run in cache.readable()):
        return
    st.caption(":orange[Runs wait, and no worker runs on this machine.]")
    st.button(
        "Start a worker",
        key="start_worker",
        icon=":material/play_arrow:",
        help="Starts `python -m core worker`, which computes the waiting runs one after the other "
        "and then ends.",
        on_click=workers.start,
        args=(cache.store(), "auto"),
    )


def _just_ended(runs: Sequence[StoredRun]) -> list[StoredRun]:
    """The runs that ended since this browser session has looked."""
    seen: set[str] = st.session_state.setdefault("jobs_open", set())
    seen |= {run.id for run in runs if cache.is_open(run)}
    return [run for run in runs if run.id in seen and not cache.is_open(run)][:SHOWN]


def _ended(run: StoredRun) -> None:
    """How a run ended, in a line."""
    with st.container(gap="xxsmall"):
        _link(run, STATUS_ICONS[run.status])
        took = run.record.seconds()
        words = str(run.status) if took is None else f"{run.status} after {duration(took)}"
        st.caption(escape(f"{words}: {run.record.error}" if run.record.error else words))


def _help() -> str:
    """What the words mean."""
    return "  \n".join(f"**{word}**: {meaning}" for word, meaning in HELP.items())
