"""A comparison of balanced training: MRR, the balance, the data and the training."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.figures.balance_history import balance_history
from core.figures.balance_mrr import balance_plane, mrr_by_language
from core.figures.balance_names import title_of
from core.figures.data_size import data_size
from core.metrics.balance_cautions import piece_length
from core.metrics.balance_scores import ALL, GROUPS, HIGH, LOW, TEACHERS, BalanceScores
from core.quoting import signed
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.balance_data import Shown
from dashboard.balance_published import difference_rows, tables_link
from dashboard.choice import pick_some
from dashboard.figure_panel import figure_panel
from dashboard.table_panel import table_panel

STACK = 560
"""Pixels of charts one above the other."""
MODEL = st.column_config.TextColumn(width=165)
"""A column of models' names: the longest is not cut."""
GROUP_TITLES = {LOW: "Low-resource", HIGH: "High-resource", ALL: "All"}


def pick_models(scores: BalanceScores, of: str) -> list[str]:
    """The models of a run to draw; none chosen means all."""
    names = list(scores.mrr)
    chosen = pick_some(
        {name: title_of(name) for name in names},
        names,
        label="Models",
        key="models",
        of=of,
        help="Which models the two figures show. Teachers: one monolingual model a language.",
    )
    return chosen or names


def mrr_panel(shown: Shown) -> None:
    """MRR by language, the balance of high and low, and the distances from the teachers."""
    scores, ranges = shown.scores, shown.ranges
    models = pick_models(scores, shown.run.id)
    look: dict[str, Any] = {"models": tuple(models), "badges": shown.run.record.badges}
    figure_panel(
        partial(mrr_by_language, scores, ranges, **look),
        key="mrr",
        alt="Mean reciprocal rank of every model in every language, with intervals.",
        file=f"mrr-{shown.file}",
    )
    if len(scores.languages) > 1:
        st.subheader("High- against low-resource languages")
        if {HIGH, LOW} <= set(scores.groups):
            st.caption(
                f"High-resource: {', '.join(scores.groups[HIGH])}. Low-resource: "
                f"{', '.join(scores.groups[LOW])}."
            )
        figure_panel(
            partial(balance_plane, scores, ranges, **look),
            key="balance",
            alt="Each model's mean MRR in low-resource languages against high-resource languages.",
            file=f"balance-{shown.file}",
        )
    st.subheader("Distance from the monolingual teachers")
    difference_table(shown)


def difference_table(shown: Shown) -> None:
    """D(M, L) by group of languages, beside the paper's Table 2."""
    scores, ranges = shown.scores, shown.ranges
    groups = [group for group in (LOW, HIGH, ALL) if group in scores.groups]
    if len(scores.groups) < len(GROUPS):
        groups = [ALL]
    rows = []
    for model in scores.models:
        row: dict[str, Any] = {"Source": "here", "Model": title_of(model)}
        for group in groups:
            row[GROUP_TITLES[group]] = scores.difference(model, group)
            found = ranges.of(model, scores.groups[group], TEACHERS) if ranges else None
            if ranges is not None and found is not None:
                ends = f"[{signed(found.low)}, {signed(found.high)}]"
                row[f"{GROUP_TITLES[group]}: {ranges.title}"] = ends
        rows.append(row)
    if len(scores.languages) > 1:
        rows += difference_rows({group: GROUP_TITLES[group] for group in groups})
    number = st.column_config.NumberColumn(format="%+.1f")
    table_panel(
        rows,
        key="difference",
        file=f"difference-{shown.file}",
        columns={"Model": MODEL, **{GROUP_TITLES[group]: number for group in groups}},
    )
    st.caption(
        "Mean over the languages of the model's MRR minus the teacher's, in points (the paper's "
        "Equation 3 and Table 2); above 0 it beats them. The paper prints these differences and "
        "no MRR; its models have 51 million parameters, its text and its pieces are others."
    )
    tables_link("Table 2")


def data_panel(shown: Shown) -> None:
    """How much text each language has, for what."""
    run, scores = shown.run, shown.scores
    figure_panel(
        partial(data_size, scores.characters, scores.balanced, badges=run.record.badges),
        key="data_size",
        alt="Characters of training text by language, all and balanced.",
        file=f"data-size-{run.id}",
    )
    metrics = run.record.metrics
    columns = {
        "Characters": "characters",
        "balanced": "balanced_characters",
        "Tokens": "tokens",
        "Texts": "sentences",
        "unique texts": "unique_sentences",
        "cut texts": "cut_sentences",
        "Test texts": "test_sentences",
        "Masked test positions": "test_positions",
    }
    known = {name: metrics[key] for name, key in columns.items() if _counts(metrics.get(key))}
    rows = [
        {"Language": x, **{name: found.get(x) for name, found in known.items()}}
        for x in scores.languages
    ]
    lengths = {x: piece_length(metrics, run.record.config, x) for x in scores.languages}
    if all(lengths.values()):
        rows = [{**row, "Characters a piece": lengths[row["Language"]]} for row in rows]
    with st.expander("In numbers", icon=":material/table:"):
        table_panel(
            rows,
            key="data_table",
            file=f"data-size-table-{run.id}",
            digits=0,
            columns={"Characters a piece": st.column_config.NumberColumn(format="%.1f")},
        )
        st.caption(
            "Tokens: those read; a text is cut after "
            f"{run.record.config.get('positions', 'its longest number of')} pieces. Unique texts: "
            "several translations of one verse are one. All models are asked the same masked test "
            "positions. The one tokenizer (BPE; the paper's is WordPiece) has "
            "seen equally much text of each language, whatever these sizes."
        )


def _counts(found: Any) -> bool:
    return isinstance(found, dict) and all(isinstance(n, int | float) for n in found.values())


def curves(run: StoredRun) -> None:
    """The curves of the training so far; nothing before the first look at the dev set."""
    rows = [row for row in cache.history(run) if "model" in row]
    if not rows:
        return
    figure_panel(
        partial(balance_history, rows, badges=run.record.badges),
        key=f"history_{run.id}",
        alt="MRR on the dev set and loss of every model, by training step.",
        file=f"balance-history-{run.id}",
        width=STACK,
        stretch=False,
    )


def training_panel(run: StoredRun) -> None:
    """Curves, and how long each model was trained."""
    curves(run)
    metrics = run.record.metrics
    columns = {
        "Steps": "steps",
        "Step kept": "kept_steps",
        "Epochs of its data": "epochs",
        "Dev MRR (%)": "dev_mrr",
    }
    known = {name: metrics[key] for name, key in columns.items() if _counts(metrics.get(key))}
    names = list(known.get("Steps", {}))
    rows = [
        {"Model": title_of(x), **{name: found.get(x) for name, found in known.items()}}
        for x in names
    ]
    if rows:
        with st.expander("Steps and epochs of every model", icon=":material/table:"):
            forms = {"Epochs of its data": "%.2f", "Dev MRR (%)": "%.1f"}
            table_panel(
                rows,
                key="training_table",
                file=f"training-{run.id}",
                columns={
                    "Model": MODEL,
                    **{x: st.column_config.NumberColumn(format=form) for x, form in forms.items()},
                },
            )
            st.caption(
                f"Every model: {metrics.get('parameters', 0):,} parameters, "
                f"{metrics.get('vocabulary', 0):,} pieces in the shared vocabulary, and the same "
                "weights at the start. The best look at the dev set is kept."
            )
