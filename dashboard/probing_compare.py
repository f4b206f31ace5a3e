"""Several distillations on prompts in one table: who taught, and what it gave on every set."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errors import UserError
from core.metrics.probing_sets import EvaluationSet, summary
from core.runs.store import StoredRun
from dashboard import probing_data
from dashboard.choice import pick
from dashboard.labels import escape, name, tail
from dashboard.run_picker import pick_runs
from dashboard.shell import empty_state
from dashboard.table_panel import table_panel

FIRST = 12
CHANGES = ("Δ average", "Δ weakest")
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
    found = []
    for run in chosen:
        try:
            found.append((run, probing_data.sets(run)))
        except UserError as error:
            st.warning(f"{escape(tail(run))}: {escape(error)}", icon=":material/warning:")
    names = list(dict.fromkeys(part.name for _, sets in found for part in sets))
    if not names:
        return
    shown = pick(
        names,
        label="Compared on",
        bare=True,
        key="compared_on",
        help="The prompts whose results the table shows; the files hold those of all.",
    )
    number = st.column_config.NumberColumn
    table_panel(
        [{**_head(run), **_cells(sets, shown), **_badges(run)} for run, sets in found],
        key="probing_compared",
        file="probing-compared",
        columns={column: number(format="%+.1f") for column in CHANGES},
        written=[{**_head(run), **_badges(run), **summary(sets)} for run, sets in found],
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
        "Seed": config.get("seed") if isinstance(config.get("seed"), int) else None,
    }


def _badges(run: StoredRun) -> dict[str, str]:
    """Words of caution, which no table of results goes without."""
    return {"Badges": ", ".join(run.record.badges) or "–"}


def _cells(sets: tuple[EvaluationSet, ...], shown: str) -> dict[str, Any]:
    """The numbers of one evaluation as the screen shows them; none where the run has it not."""
    numbers = summary(sets)
    part = next((part for part in sets if part.name == shown and part.after is not None), None)
    if part is None or part.after is None:
        return {}
    least = {"before": part.before.weakest, "after": part.after.weakest}
    cells: dict[str, Any] = {}
    for what, names, change in zip(
        ("average", "weakest"), ({"before": "", "after": ""}, least), CHANGES, strict=True
    ):
        was, now = (
            f"{names[when]} {numbers[f'{shown}: {what} {when}']:.1f}".strip()
            for when in ("before", "after")
        )
        cells[what.capitalize()] = f"{was} → {now}"
        cells[change] = numbers[f"{shown}: {what} change"]
    return cells
