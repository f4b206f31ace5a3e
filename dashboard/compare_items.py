"""Which items every chosen run used for what, and which of them another run is tested on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.published.runs import NO_ITEMS, is_published
from core.runs.groups import RunGroup, seed_of
from core.runs.ledgers import EVALUATION, items_of, used_elsewhere, uses_of
from core.runs.store import StoredRun
from dashboard.column_names import LONGEST_ROW, group_names
from dashboard.labels import tail
from dashboard.table_panel import table_panel

WORDS = {
    "english_labels": "labels",
    "stopping": "stopping",
    "selection": "teacher selection",
    "distillation": "distillation",
    EVALUATION: "evaluation",
}
"""Names of the uses in a ledger."""


def items_section(groups: Sequence[RunGroup]) -> None:
    """The ledgers as a table, and what the runs share."""
    called = group_names(groups, LONGEST_ROW)
    labels = {
        run.id: f"{called[group.key]} · seed {seed_of(run)}"
        if len(group.runs) > 1
        else called[group.key]
        for group in groups
        for run in group.runs
    }
    runs = [run for group in groups for run in group.runs if uses_of(run.record)]
    if not runs:
        published = all(is_published(group.runs[0]) for group in groups)
        st.caption(NO_ITEMS if published else "None of these runs keeps a ledger of its items.")
        return
    table_panel([_row(labels[run.id], run) for run in runs], key="ledger", file="items-used")
    st.caption(
        "Items of each use, once for all languages, and in brackets the languages in which they "
        "were read (and other data, where they are of such). Badges name items that one run used "
        "for two purposes."
    )
    _shared(runs, labels)


def _row(label: str, run: StoredRun) -> dict[str, Any]:
    data = run.record.config.get("dataset")
    row: dict[str, Any] = {"Run": label, "Id": tail(run), "Data": data}
    for use, part in uses_of(run.record).items():
        languages = part.get("languages") or []
        spoken = ", ".join(languages) if len(languages) < 3 else f"{len(languages)} languages"
        other = "" if part.get("dataset") == data else f"{part.get('dataset')}, "
        row[WORDS.get(use, use)] = f"{part.get('count', 0):,} ({other}{spoken})"
    return {**row, "Badges": ", ".join(run.record.badges)}


def _shared(runs: Sequence[StoredRun], labels: dict[str, str]) -> None:
    """Whether the runs are tested on the same items, and whether one has seen another's test."""
    if len(runs) < 2:
        return
    tests = {items_of(run.record, EVALUATION) for run in runs}
    if len(tests) == 1:
        st.markdown("All are evaluated on the same items: their differences can be tested.")
    else:
        st.markdown(
            f"They are evaluated on {len(tests)} different sets of items: only runs with the same "
            "set can be tested against one another."
        )
    found = used_elsewhere(runs)
    if not found:
        st.markdown("No run has used an item that another one is evaluated on.")
        return
    st.warning(
        "Some runs used items for training, stopping or choosing that others are evaluated on.",
        icon=":material/warning:",
    )
    table_panel(
        [
            {
                "Items evaluated in": labels[x.evaluated],
                "were used by": labels[x.other],
                "for": WORDS.get(x.use, x.use),
                "Items": x.count,
                "of": x.of,
            }
            for x in found
        ],
        key="used_elsewhere",
        file="items-used-elsewhere",
    )
