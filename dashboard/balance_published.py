"""The balanced-training paper's numbers beside one's own."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.figures.balance_names import title_of
from core.published.as_run import Like
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.published_panel import PAPER

ID = "balanced"
SETS = {"shared": "shared script", "diverse": "diverse scripts"}
"""A row's name in the paper's tables -> how the page calls that set of languages."""


def by_set(like: Like, task: str | None = None) -> dict[str, StoredRun]:
    """The paper's comparisons, or its probes of a task, by set of languages."""
    return {
        SETS[str(run.record.config["row"])]: run
        for run in cache.published(like)
        if task is None or run.record.metrics.get("task") == task
    }


def difference_rows(groups: dict[str, str]) -> list[dict[str, Any]]:
    """Table 2: the paper's distances from its teachers.

    Args:
        groups: group -> column.
    """
    return [
        {
            "Source": f"the paper, {name}",
            "Model": title_of(model),
            **{column: own.get(group) for group, column in groups.items()},
        }
        for name, run in by_set("balance").items()
        for model, own in run.record.metrics["difference"].items()
    ]


def tables_link(key: str) -> None:
    """Leads to the paper's own tables."""
    st.page_link(
        "../pages/compare_runs.py",
        label="The paper's tables, as printed and recomputed",
        icon=":material/menu_book:",
        query_params={PAPER: ID, "published_table": key},
    )


def group_rows(task: str, groups: dict[str, str], titles: dict[str, str]) -> list[dict[str, Any]]:
    """Table 3: the paper's probes by group of languages, as printed.

    Args:
        task: pos or ner.
        groups: group -> what its row is called.
        titles: measure -> how it is called behind a model's name.
    """
    rows = []
    for name, run in by_set("balance_probe", task).items():
        printed = run.record.metrics["printed"]["group_scores"]
        for group, words in groups.items():
            row: dict[str, Any] = {"Source": f"the paper, {name}", "Languages": words}
            for model, own in printed.items():
                for measure, title in titles.items():
                    value = own[group][measure]
                    shown = None if value is None else f"{value:.1f}"
                    row[f"{title_of(model)}: {title}"] = shown
            rows.append(row)
    return rows
