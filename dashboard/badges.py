"""What a reader must know about a run before its numbers: status, overlaps, warnings."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from core.published.runs import NO_ITEMS, is_published
from core.runs.record import RunRecord, Status
from core.runs.store import BrokenRun, StoredRun
from dashboard import cache
from dashboard.labels import LOST_ICON, STATUS_ICONS, command, date, duration, escape

COLOURS = {
    Status.QUEUED: "gray",
    Status.RUNNING: "blue",
    Status.FINISHED: "green",
    Status.FAILED: "red",
    Status.CANCELLED: "gray",
    Status.BROKEN: "red",
}
FOLD = re.compile(r"Fold (\d+): ")
OVERLAP_HELP = (
    "The same items were used for more than one purpose; results on them are better than they "
    "would be on new items."
)


def run_header(run: StoredRun) -> None:
    """Badges, warnings and the origin of a run; to be drawn above anything it computed."""
    if is_published(run):
        _published_header(run.record)
        return
    record, notes = run.record, cache.notes(run)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if cache.lost(run) is None:
            st.badge(str(run.status), icon=STATUS_ICONS[run.status], color=COLOURS[run.status])  # type: ignore[arg-type]
        else:
            st.badge(cache.standing(run), icon=LOST_ICON, color="orange")
        st.badge(escape(record.kind), color="gray")
        for tag in notes.tags:
            st.badge(escape(tag), icon=":material/sell:", color="violet")
        for badge in record.badges:
            st.badge(escape(badge), icon=":material/warning:", color="orange", help=OVERLAP_HELP)
        st.caption(f"{date(record)} UTC · {_took(record)} · {escape(_where(record))}")
    if notes.note or notes.damaged:
        st.caption(escape(notes.note or f"The run's notes can't be shown: {notes.damaged}"))
    if told := folds_together(record.warnings):
        st.warning("  \n".join(map(escape, told)), icon=":material/warning:")
    if record.error:
        st.error(f"The run failed: {escape(record.error)}", icon=":material/error:")


def folds_together(warnings: Sequence[str]) -> list[str]:
    """The warnings of a run; one that several folds of a cross-validation share stands once."""
    folds: dict[str, list[str]] = {}
    for warning in warnings:
        fold = FOLD.match(warning)
        folds.setdefault(warning[fold.end() :] if fold else warning, []).extend(
            fold.groups() if fold else ()
        )
    return [
        f"Fold{'s' if len(of) > 1 else ''} {', '.join(of)}: {text}" if of else text
        for text, of in folds.items()
    ]


def _published_header(record: RunRecord) -> None:
    """Badge and source of a paper's row."""
    config = record.config
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for badge in record.badges:
            st.badge(escape(badge), icon=":material/menu_book:", color="blue", help=NO_ITEMS)
        st.markdown(
            f":small[{escape(config['paper'])}, Table {config['table']}, section "
            f"{escape(config['section'])} · [{config['url']}]({config['url']})]"
        )
    for warning in record.warnings:
        st.warning(escape(warning), icon=":material/warning:")


def origin(run: StoredRun) -> None:
    """Where a run came from: command, code, machine, data and model."""
    record = run.record
    with st.expander("Where this came from", icon=":material/history:"):
        st.caption("Made by this command:")
        st.code(command(record), language="bash", wrap_lines=True)
        st.json(
            {
                "run": record.id,
                "environment": record.environment,
                "fingerprints": record.fingerprints,
                "parents": record.parents,
                "config": record.config,
            },
            expanded=1,
        )


def broken_list(broken: list[BrokenRun]) -> None:
    """Damaged folders with the reason each one can't be read."""
    if not broken:
        return
    with st.expander(
        f"Broken runs ({len(broken)})", icon=STATUS_ICONS[Status.BROKEN], expanded=len(broken) < 4
    ):
        st.markdown(
            "These folders of the store can't be read. Restore the named file from a copy, or "
            "delete the folder."
        )
        st.dataframe(
            [{"Folder": run.id, "Reason": run.reason} for run in broken],
            hide_index=True,
            key="broken_runs",
        )


def _took(record: RunRecord) -> str:
    seconds = record.seconds()
    return "not finished" if seconds is None else f"took {duration(seconds)}"


def _where(record: RunRecord) -> str:
    device = record.environment.get("device") or record.environment.get("processor") or ""
    return f"{device} · code {record.environment.get('commit', 'unknown')}".strip(" ·")
