"""Deleting runs so that it can be undone: to the trash, back from it, and away for good."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.runs import trash
from core.runs.store import BrokenRun, StoredRun
from core.runs.usage import size_text, usage
from dashboard import cache
from dashboard.labels import escape
from dashboard.shell import each
from dashboard.ticked_table import ticked_table

DELETED = "deleted"


def delete_button(runs: Sequence[StoredRun | BrokenRun]) -> None:
    """A button that moves runs to the trash."""
    st.button(
        "Move to the trash" if len(runs) == 1 else f"Move {len(runs)} runs to the trash",
        key="delete",
        icon=":material/delete:",
        help="The folder moves to .trash in the store, and can be restored. A waiting run leaves "
        "the queue; one that is computed must be cancelled first.",
        on_click=_delete,
        args=([run.id for run in runs],),
    )


def undo() -> None:
    """What was just deleted, with a button that takes it back."""
    gone = [name for name in st.session_state.get(DELETED, []) if _lies_there(name)]
    if not gone:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        one = f"Run {escape(gone[0].rsplit('-', 1)[-1])} is"
        st.markdown(f"{one if len(gone) == 1 else f'{len(gone)} runs are'} in the trash.")
        st.button(
            "Undo",
            key="undo",
            icon=":material/undo:",
            help="Move back what was just deleted.",
            on_click=_restore,
            args=(gone,),
        )


def trash_panel() -> None:
    """What lies in the trash: to restore, or to delete for good."""
    found = trash.trashed(cache.store())
    if not found:
        st.caption("The trash is empty. A deleted run lies here until you empty the trash.")
        return
    sizes = [usage(run.path).total for run in found]
    names = [run.path.name for run in found]
    rows = [
        {"Run": name, "Was": str(run.status), "Size": size_text(size)}
        for name, run, size in zip(names, found, sizes, strict=True)
    ]
    ticked = ticked_table(
        rows, names, key="trash_table", link="trash", columns={}, mode="multi-row"
    )
    with st.container(horizontal=True):
        st.button(
            "Restore",
            key="restore",
            icon=":material/restore_from_trash:",
            help="Move the ticked runs back into the store.",
            disabled=not ticked,
            on_click=_restore,
            args=(ticked,),
        )
        with st.popover("Empty the trash", icon=":material/delete_forever:"):
            count = f"{len(found)} run{'s' if len(found) > 1 else ''}"
            st.markdown(f"{count}, {size_text(sum(sizes))}: they can't be restored after this.")
            st.button(
                "Delete for good",
                key="empty_trash",
                type="primary",
                help="Delete all that lies in the trash. This can't be undone.",
                on_click=_empty,
            )


def _delete(ids: Sequence[str]) -> None:
    store, watch = cache.store(), cache.watch()
    st.session_state[DELETED] = each(lambda run_id: trash.delete(store, run_id, watch).name, ids)


def _restore(names: Sequence[str]) -> None:
    each(lambda name: trash.restore(cache.store(), name), names)


def _empty() -> None:
    each(trash.empty, [cache.store()])


def _lies_there(name: str) -> bool:
    return (cache.store().root / trash.FOLDER / name).exists()
