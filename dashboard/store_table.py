"""All runs of the store with what they take on the disk; the ticked ones stand in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.runs.store import BrokenRun, StoredRun
from core.runs.usage import size_text
from dashboard import cache
from dashboard.choice import pick_some
from dashboard.labels import date, name, tail
from dashboard.ticked_table import ticked_table

KEY, LINK = "runs_table", "run"
HELP = {
    "Status": "Lost: the process that computed the run is gone. Never started: no worker began it. "
    "Broken: its folder can't be read.",
    "Job": "The job of a cluster that computes the run, or computed it, and on which machine.",
    "Run": "Last part of the run's id; the command line takes it too.",
    "Size": "All files of the run.",
    "Model": "The saved model, part of the size.",
    "Checkpoints": "What a resume would go on from, part of the size.",
}
MEGABYTE = 1e6


def store_table(runs: Sequence[StoredRun | BrokenRun]) -> list[StoredRun | BrokenRun]:
    """Draw the runs and return the ticked ones.

    Args:
        runs: newest first, damaged ones among them.
    """
    total = sum(cache.used(run).total for run in runs)
    st.caption(f"{len(runs):,} run{'s' if len(runs) > 1 else ''}, {size_text(total)} on the disk.")
    by_id = {run.id: run for run in _chosen(runs)}
    rows = [_row(run) for run in by_id.values()]
    if not any(row["Job"] for row in rows):
        rows = [{name: x for name, x in row.items() if name != "Job"} for row in rows]
    ticked = ticked_table(
        rows,
        list(by_id),
        key=KEY,
        link=LINK,
        columns=_columns(),
        mode="multi-row",
    )
    return [by_id[run_id] for run_id in ticked]


def _chosen(runs: Sequence[StoredRun | BrokenRun]) -> list[StoredRun | BrokenRun]:
    """The runs with one of the tags asked for; all of them where none is."""
    tags = {tag for run in runs for tag in _tags(run)}
    if not tags:
        return list(runs)
    wanted = pick_some(
        sorted(tags),
        [],
        label="Tags",
        key="runs_tags",
        help="Show only the runs with one of these tags.",
    )
    return [run for run in runs if not wanted or set(_tags(run)) & set(wanted)]


def _tags(run: StoredRun | BrokenRun) -> tuple[str, ...]:
    return cache.notes(run).tags if isinstance(run, StoredRun) else ()


def _row(run: StoredRun | BrokenRun) -> dict[str, Any]:
    used = cache.used(run)
    row: dict[str, Any] = {"Name": run.id, "Tags": list(_tags(run)), "Kind": None}
    row |= {"Status": "broken", "Job": None, "Run": tail(run), "Size": used.total / MEGABYTE}
    row |= {"Model": used.model / MEGABYTE or None, "Date (UTC)": None}
    row["Checkpoints"] = used.checkpoints / MEGABYTE or None
    if isinstance(run, StoredRun):
        row |= {"Name": name(run), "Kind": run.record.kind, "Status": cache.standing(run)}
        row |= {"Date (UTC)": date(run.record), "Job": cache.job(run)}
    return row


def _columns() -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    sizes = {
        part: number(f"{part} (MB)", format="%.2f", width=width, help=HELP[part])
        for part, width in (("Size", 80), ("Model", 90), ("Checkpoints", 125))
    }
    return {
        "Name": text(width=270),
        "Tags": st.column_config.ListColumn(width=120),
        "Kind": text(width=75),
        "Status": text(width=80, help=HELP["Status"]),
        "Date (UTC)": text(width=135),
        "Job": text(width=180, help=HELP["Job"]),
        "Run": text(width=80, help=HELP["Run"]),
        **sizes,
    }
