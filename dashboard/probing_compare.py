"""Several distillations on prompts in one table: who taught, and what it gave on every set."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errors import UserError
from core.metrics.probing_sets import EvaluationSet, summary
from core.runs.store import StoredRun
from dashboard import probing_data
from dashboard.labels import escape, name, tail
from dashboard.run_picker import pick_runs
from dashboard.shell import empty_state
from dashboard.table_panel import table_panel

FIRST = 12
TAUGHT_BY = {"all": "all regions", "region": "region"}


def compare_panel(runs: list[StoredRun]) -> None:
    """The table of the ticked runs, once there are two.

    Args:
        runs: distillations on prompts that have scores, newest first.
    """
    chosen = pick_runs(
        runs,
        _alike(runs)[:FIRST],
        label="Runs to compare",
        help="Each gives one row: teachers of all regions or of each region, over seeds.",
    )
    if len(chosen) < 2:
        empty_state(
            "Choose two runs or more above. This makes another, with teachers by region:",
            "python -m core distill-probe --teachers-by region --seed 1",
        )
        return
    shown, written = [], []
    for run in chosen:
        try:
            sets = probing_data.sets(run)
        except UserError as error:
            st.warning(f"{escape(tail(run))}: {escape(error)}", icon=":material/warning:")
            continue
        head = _head(run)
        shown.append({**head, **_cells(sets)})
        written.append({**head, **summary(sets)})
    if shown:
        changes = {column for row in shown for column in row if column.endswith("change")}
        number = st.column_config.NumberColumn
        table_panel(
            shown,
            key="probing_compared",
            file="probing-compared",
            columns={column: number(format="%+.1f") for column in changes},
            written=written,
        )
        st.caption(
            "Average over regions and languages, and the language with the lowest average, in "
            "percent, before → after; changes in points."
        )


def _alike(runs: list[StoredRun]) -> list[StoredRun]:
    """The most runs with the same model, data and evaluation: those can be compared."""
    found: dict[str, list[StoredRun]] = {}
    for run in runs:
        config, metrics = run.record.config, run.record.metrics
        told = [config.get("model"), config.get("dataset"), metrics.get("evaluation")]
        found.setdefault(repr(told), []).append(run)
    return max(found.values(), key=len, default=[])


def _head(run: StoredRun) -> dict[str, Any]:
    """What tells the runs apart."""
    config = run.record.config
    return {
        "Run": f"{name(run)} ({tail(run)})",
        "Teachers by": TAUGHT_BY.get(str(config.get("teachers_by")), "–"),
        "Badges": ", ".join(run.record.badges) or "–",
        "Seed": config.get("seed") if isinstance(config.get("seed"), int) else None,
    }


def _cells(sets: tuple[EvaluationSet, ...]) -> dict[str, Any]:
    """The numbers as the screen shows them, one column a measure and set."""
    cells: dict[str, Any] = {}
    numbers = summary(sets)
    for part in sets:
        if part.after is None:
            continue
        least = {"before": part.before.weakest, "after": part.after.weakest}
        for what, names in (("average", {"before": "", "after": ""}), ("weakest", least)):
            was, now = (
                f"{names[when]} {numbers[f'{part.name}: {what} {when}']:.1f}".strip()
                for when in ("before", "after")
            )
            cells[f"{part.name}: {what}"] = f"{was} → {now}"
            cells[f"{part.name}: {what} change"] = numbers[f"{part.name}: {what} change"]
    return cells
