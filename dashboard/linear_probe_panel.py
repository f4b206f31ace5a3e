"""Linear probes on frozen encoders: tables, scores by language, and transfer between languages."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.figures.balance_names import title_of
from core.figures.probe_scores import TITLES, probe_scores
from core.figures.probe_transfer import probe_transfer
from core.metrics.balance_findings import NAMES
from core.metrics.balance_scores import ALL
from core.metrics.probe_findings import probe_findings
from core.metrics.probe_record import MEASURES, MeanSd, ProbeRecord
from core.runs.store import StoredRun
from dashboard.balance_findings_panel import findings_panel
from dashboard.balance_panel import GROUP_TITLES, STACK
from dashboard.balance_published import group_rows, tables_link
from dashboard.choice import pick_one
from dashboard.figure_panel import figure_panel
from dashboard.table_panel import table_panel

HOW = (
    "A finding holds, or does not, where the difference exceeds two standard errors over the {}; "
    "else it is undetermined."
)
OF_PROBES, OF_ENCODERS = "seeds of the probes, the encoders being of one seed", "seeds"


def linear_probe_panel(run: StoredRun, found: ProbeRecord, seeds: str = OF_PROBES) -> None:
    """Everything about one run of linear probes, or the mean of several.

    Args:
        run: the run, or one of them.
        found: its scores, or their mean.
        seeds: what the deviations are between.
    """
    findings = probe_findings(found)
    if findings:
        findings_panel(findings, HOW.format(seeds))
    if found.models:
        group_table(run, found)
    figure_panel(
        partial(probe_scores, found, badges=run.record.badges),
        key="probe_scores",
        alt="Scores of the probes by language and model, in the language itself and zero-shot.",
        file=f"probe-scores-{run.id}",
        width=STACK,
        stretch=False,
    )
    language_table(run, found)
    if found.models and len(found.languages) > 1:
        transfer(run, found)


def _written(cell: MeanSd | None) -> str | None:
    if cell is None:
        return None
    return f"{cell.mean:.1f}" + (f" ± {cell.sd:.1f}" if cell.sd is not None else "")


def group_table(run: StoredRun, found: ProbeRecord) -> None:
    """IN-LANG and ZERO-SHOT by group of languages (Table 3)."""
    rows = []
    groups = [x for x in GROUP_TITLES if x in found.groups]
    for group in groups if len(groups) > 2 else [ALL]:
        row: dict[str, Any] = {"Source": "here", "Languages": GROUP_TITLES[group]}
        for model in found.models:
            for measure in MEASURES:
                cell = found.by_group[measure].get(model, {}).get(group)
                row[f"{title_of(model)}: {TITLES[measure]}"] = _written(cell)
        rows.append(row)
    told = {x: GROUP_TITLES[x] for x in (groups if len(groups) > 2 else [ALL])}
    known = dict.fromkeys(name for row in rows for name in row)
    if any(model in NAMES for model in found.models):
        rows += group_rows(found.task, told, TITLES)
    table_panel(
        [{name: row.get(name) for name in known} for row in rows],
        key="probe_groups",
        file=f"probe-groups-{run.id}",
    )
    st.caption(
        f"{found.measure.capitalize()} in percent, mean and standard deviation of {found.seeds} "
        "seeds. IN-LANG: fitted and tested in one language. ZERO-SHOT: mean over the group's "
        "languages as targets and all other languages as sources. The paper's Table 3 as printed."
    )
    tables_link("Table 3")


def language_table(run: StoredRun, found: ProbeRecord) -> None:
    """The same by language, with what the commonest tag alone would score (Tables 6 and 7)."""
    rows = []
    for language in found.languages:
        row: dict[str, Any] = {"Language": found.marked(language)}
        for measure in MEASURES:
            for model, cells in found.by_language[measure].items():
                row[f"{title_of(model)}: {TITLES[measure]}"] = _written(cells.get(language))
        row["Commonest tag"] = found.majority.get(language)
        rows.append(row)
    with st.expander("By language, in numbers", icon=":material/table:"):
        table_panel(
            rows,
            key="probe_languages",
            file=f"probe-languages-{run.id}",
            columns={"Commonest tag": st.column_config.NumberColumn(format="%.1f")},
        )
        st.caption(
            "* no train split: fitted on dev. Commonest tag: what always saying the language's "
            "commonest tag scores."
        )


def transfer(run: StoredRun, found: ProbeRecord) -> None:
    """The heatmap of one model."""
    st.subheader("From language to language")
    names = list(found.models)
    preferred = "distilled" if "distilled" in names else names[0]
    model = pick_one(
        {name: title_of(name) for name in names},
        label="Model of the probes",
        default=preferred,
        key="transfer",
        of=run.id,
        help="Whose probes the heatmap shows: fitted in the language of the row, tested in the "
        "language of the column.",
    )
    figure_panel(
        partial(probe_transfer, found, model, badges=run.record.badges),
        key="probe_transfer",
        alt="Scores of probes fitted in one language and tested in another.",
        file=f"probe-transfer-{model}-{run.id}",
    )
