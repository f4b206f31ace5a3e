"""What a run that made parallel text kept, what its filters dropped, and how to distil on it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.runs.describe import UNREADABLE, headline
from core.runs.store import StoredRun
from dashboard.labels import escape, tail

HELP = {
    "Filter": "In the order they are applied: each one sees the items that those before it left.",
    "Dropped": "Items that this filter dropped, in all languages at once so that they stay "
    "aligned.",
}
IN_LANGUAGE = "Items that failed in this language; one may fail in several."


def texts_panel(run: StoredRun) -> None:
    """Counts of a finished run of kind generate; nothing for other runs."""
    metrics = run.record.metrics
    if run.record.kind != "generate" or "kept" not in metrics:
        return
    try:
        rows, balance = _rows(metrics), _balance(metrics)
    except UNREADABLE:
        st.warning("The run's counts can't be read.", icon=":material/warning:")
        return
    st.markdown(f"**{escape(headline(run.record))}**")
    st.dataframe(
        rows,
        hide_index=True,
        key=f"filters_{run.id}",
        column_config={
            "Filter": st.column_config.TextColumn(help=HELP["Filter"]),
            "Dropped": st.column_config.NumberColumn("Dropped items", help=HELP["Dropped"]),
            **{
                language: st.column_config.NumberColumn(width="small", help=IN_LANGUAGE)
                for language in metrics["languages"]
            },
        },
    )
    if balance:
        st.caption(f"Kept, by the class that their prompts described: {escape(balance)}.")
    if run.record.artifacts:
        st.caption("To distil on these items, give the run as unlabelled parallel text:")
        st.code(f"python -m core distill --parallel {tail(run)}", language="bash", wrap_lines=True)


def _rows(metrics: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a filter: what it dropped, and in which languages."""
    return [
        {"Filter": str(name), "Dropped": int(count)}
        | {key: int(metrics["failed"].get(name, {}).get(key, 0)) for key in metrics["languages"]}
        for name, count in metrics["dropped"].items()
    ]


def _balance(metrics: dict[str, Any]) -> str:
    """How many items of each intended class are left."""
    return ", ".join(
        f"{name} {counts['kept']:,} of {counts['made']:,}"
        for name, counts in metrics["classes"].items()
    )
