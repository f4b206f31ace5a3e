"""The list of runs with what they found and where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from core.errors import UserError
from core.glossary import meaning
from core.metrics.balance_findings import DISTILLED
from core.metrics.balance_scores import ALL, BalanceScores
from core.metrics.probe_record import IN_LANG, ProbeRecord
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.collapse_note import collapsed_by_record
from dashboard.job_panel import resume_button
from dashboard.labels import again, date, name
from dashboard.scores import ON_QUESTIONS, accuracy, summary
from dashboard.ticked_table import ticked_table

NUMBERS = ("MRR", "To teachers", "Probes")
"""Columns of balanced training, there only where a run has them."""
HELP = {
    "Average": "Mean accuracy over all languages, in percent (after, if the run distilled).",
    "Δ average": "Change of the average by the run, in points.",
    "Gap": f"{meaning('transfer gap')} After, if the run distilled.",
    "Δ gap": "Change of the gap, in points; good only where the average did not fall.",
    "Collapse": f"{meaning('collapse')} Such a gap is void.",
    "MRR": f"Balanced training: {meaning('MRR')} Of the distilled student (else of the last "
    "model), the mean over all languages.",
    "To teachers": "Balanced training: that minus the mean of the monolingual teachers, in points.",
    "Probes": "Linear probes: mean score of that model in the language itself (IN-LANG), in "
    "percent.",
    "F1 G-XLT": "Of runs on questions: mean F1 over all pairs of question and context language, in "
    "percent (after, if the run trained), by the run's normaliser (mlqa unless it says squad).",
    "Δ F1": "Change of F1 G-XLT by the run, in points.",
    "Tags": "Given on the page Runs, or with `python -m core runs note RUN --tag TEXT`.",
    "Status": "Lost: the process that computed the run is gone. Never started: no worker began it. "
    "Tick the row to resume such a run.",
    "Notes": "Overlaps between uses of the items, and warnings.",
    "Made by": "The command that makes this run again, with today's defaults.",
}
SOMETIMES = ("Tags", "Collapse", "F1 G-XLT", "Δ F1", *NUMBERS)
"""Columns that are left out where no run has anything in them."""


def run_table(runs: Sequence[StoredRun]) -> None:
    """The runs as a table; choosing a row offers the pages that show it."""
    by_id = {run.id: run for run in runs}
    found = ticked_table(
        _rows(runs),
        list(by_id),
        key="run_table",
        link="ticked",
        columns=_columns(),
        mode="single-row",
    )
    if not found:
        st.caption("Tick a row to open the run.")
        return
    run = by_id[found[0]]
    with st.container(horizontal=True):
        run_links(run)
        _link("runs", "Rename, tag, hand on, delete", run, "run")
        resume_button(run, key="resume_row")
        st.caption(f"of {run.id}")


def _rows(runs: Sequence[StoredRun]) -> list[dict[str, Any]]:
    """One row a run; columns that not every kind of run has only where a run has them."""
    rows = [_row(run) for run in runs]
    empty = [name for name in SOMETIMES if all(row[name] in (None, []) for row in rows)]
    return [{name: x for name, x in row.items() if name not in empty} for row in rows]


def _row(run: StoredRun) -> dict[str, Any]:
    record = run.record
    found = cache.of_record("summary", run, lambda: summary(run))
    return {
        "Name": name(run),
        "Kind": record.kind,
        "Average": found.average,
        "Δ average": found.delta_average,
        "Gap": found.gap,
        "Δ gap": found.delta_gap,
        "Collapse": cache.of_record("collapse", run, lambda: collapsed_by_record(run)) or None,
        **cache.of_record("balance summary", run, lambda: _balance(run)),
        "F1 G-XLT": found.f1,
        "Δ F1": found.delta_f1,
        "Status": cache.standing(run),
        "Tags": list(cache.notes(run).tags),
        "Date (UTC)": date(record),
        "Notes": "; ".join([*record.badges, *record.warnings]),
        "Made by": cache.of_record("again", run, lambda: again(record)),
    }


def _balance(run: StoredRun) -> dict[str, float | None]:
    """Of balanced training and its probes, the student's numbers; none of other runs."""
    found: dict[str, float | None] = dict.fromkeys(NUMBERS)
    with suppress(UserError):  # the run's own page shows the reason
        scores = BalanceScores.from_json(run.record.metrics)
        if scores is not None and scores.models:
            model = DISTILLED if DISTILLED in scores.models else scores.models[-1]
            found |= {"MRR": scores.mean(model, ALL), "To teachers": scores.difference(model, ALL)}
        probes = ProbeRecord.from_json(run.record.metrics)
        if probes is not None and probes.models:
            model = DISTILLED if DISTILLED in probes.models else probes.models[-1]
            found["Probes"] = probes.by_group[IN_LANG][model][ALL].mean
    return found


def _columns() -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "Kind": text(width=125),
        "Name": text(width=330),
        "Tags": st.column_config.ListColumn(width=130, help=HELP["Tags"]),
        "Date (UTC)": text(width=135),
        "Status": text(width=80, help=HELP["Status"]),
        "Average": number(format="%.1f", width="small", help=HELP["Average"]),
        "Δ average": number(format="%+.1f", width="small", help=HELP["Δ average"]),
        "Gap": number(format="%.1f", width="small", help=HELP["Gap"]),
        "Δ gap": number(format="%+.1f", width="small", help=HELP["Δ gap"]),
        "Collapse": text(width=100, help=HELP["Collapse"]),
        "MRR": number(format="%.1f", width="small", help=HELP["MRR"]),
        "To teachers": number(format="%+.1f", width="small", help=HELP["To teachers"]),
        "Probes": number(format="%.1f", width="small", help=HELP["Probes"]),
        "F1 G-XLT": number(format="%.1f", width="small", help=HELP["F1 G-XLT"]),
        "Δ F1": number(format="%+.1f", width="small", help=HELP["Δ F1"]),
        "Notes": text(width="small", help=HELP["Notes"]),
        "Made by": text(width="medium", help=HELP["Made by"]),
    }


def run_links(run: StoredRun) -> None:
    """Links to the pages that can show this run."""
    if run.record.selection:
        _link("teacher_selection", "Teacher selection", run, "run")
    if run.record.kind in ("demo", "distill", "distill_probe"):
        _link("self_distillation", "Self-distillation", run, "run")
    if run.record.kind in ("probe", "distill_probe"):
        _link("geomlama", "Knowledge probing", run, "run")
    if run.record.kind == "balance":
        _link("balanced_training", "Balanced training", run, "run")
    if run.record.kind == "balance_probe":
        _link("balanced_training", "Balanced training", run, "probe")
    if run.record.kind == "ask":
        _link("geomlama", "Knowledge probing", run, "asked")
    if run.record.kind in ON_QUESTIONS:
        _link("answer_ranks", "Answer ranks", run, "run")
    if accuracy(run, "before") or accuracy(run, "after"):
        _link("transfer_gap", "Transfer gap", run, "runs")


def _link(page: str, label: str, run: StoredRun, key: str) -> None:
    st.page_link(
        f"../pages/{page}.py",
        label=label,
        icon=":material/arrow_forward:",
        query_params={key: run.id},
    )
