"""Choosing one run or several; the choice stands in the URL, so that a link reopens the view."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.quoting import quote
from core.runs import claims
from core.runs.record import Status
from core.runs.store import StoredRun, matching
from dashboard.labels import option
from dashboard.url_forms import COMMA
from dashboard.url_state import Form, held, name_in_url, named_in_url, note


def pick_run(
    choices: Sequence[StoredRun],
    *,
    key: str = "run",
    label: str = "Run",
    help: str,
    usual: Callable[[StoredRun], bool] = lambda run: True,
) -> StoredRun | None:
    """One of the runs: the one the URL names, else the one last looked at, else the newest.

    Runs computed in this store come before those that were brought in, as recorded ones are. A run
    that is not over is taken only if there is no other: it has little to show yet, and the sidebar
    leads to it.

    Args:
        choices: runs that this page can show, newest first.
        key: name of the query parameter and of the widget.
        label: above the list.
        help: what the choice does.
        usual: which of them the page opens on, if there are such.
    """
    by_id = {run.id: run for run in choices}
    linked = _known(named_in_url(key) or [], by_id, "Another run is shown instead")
    if not choices:
        return None
    wanted = [*linked, *_resolved([st.session_state.get(f"last_{key}")], by_id)]
    over = [run for run in choices if run.status is Status.FINISHED]
    first = [run for run in over if claims.computed_here(run.path)] or over or choices
    newest = next(filter(usual, first), first[0])
    chosen: str = st.selectbox(
        label,
        list(by_id),
        format_func=lambda run_id: option(by_id[run_id]),
        help=help,
        **held(key, Form(str, str, _offers(by_id)), wanted[0] if wanted else newest.id),
    )
    open_run(chosen, key)
    return by_id[chosen]


def pick_runs(
    choices: Sequence[StoredRun],
    default: Sequence[StoredRun],
    *,
    key: str = "runs",
    label: str = "Runs",
    help: str,
) -> list[StoredRun]:
    """Several of the runs: those the URL names, else those last looked at, else the default.

    Args:
        choices: runs that this page can show, newest first.
        default: some of them.
        key: name of the query parameter and of the widget.
        label: above the list.
        help: what the choice does.
    """
    by_id = {run.id: run for run in choices}
    linked, last = named_in_url(key), st.session_state.get(f"last_{key}")
    if linked is not None:
        found = _known(linked, by_id, "The others are shown")
    else:
        found = _resolved(last or [], by_id)
    first = [run.id for run in default]
    kept = found or (first if linked != [] and last != [] else [])
    chosen: list[str] = st.multiselect(
        label,
        list(by_id),
        format_func=lambda run_id: option(by_id[run_id]),
        help=help,
        placeholder="Choose one run or more",
        **held(key, Form(str.split, COMMA.join, _offers(by_id)), kept),
    )
    st.session_state[f"last_{key}"] = chosen
    name_in_url(key, COMMA.join(chosen))
    return [by_id[run_id] for run_id in chosen]


def open_run(run_id: str, key: str = "run") -> None:
    """Make a picker show this run from the next rerun on."""
    st.session_state[f"last_{key}"] = run_id
    name_in_url(key, run_id)


def _known(names: Sequence[str], by_id: dict[str, StoredRun], instead: str) -> list[str]:
    """The ids that these names mean; those that mean none here are told."""
    for name in names:
        if not _resolved([name], by_id):
            note(
                f"The link names run {quote(name)}, which this store does not have (or holds "
                "nothing of that this page shows): ask who sent the link for the run's exported "
                f"file and bring it in on the page Runs. {instead}."
            )
    return _resolved(names, by_id)


def _offers(by_id: dict[str, StoredRun]) -> str:
    return " ".join(by_id)


def _resolved(names: Sequence[object], by_id: dict[str, StoredRun]) -> list[str]:
    """The runs that these names mean, each once."""
    found = (matching(by_id, name) for name in names if isinstance(name, str))
    return list(dict.fromkeys(one[0] for one in found if len(one) == 1))
