"""What of the balanced-training paper holds in a run, and what to keep in mind beside it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.figures.balance_names import title_of
from core.metrics.balance_cautions import crowded, still_learning, stopped_early
from core.metrics.balance_findings import (
    FAILS,
    HOLDS,
    OPEN,
    Finding,
    budget_summary,
    findings_of,
    rival_of,
    summary_of,
)
from core.runs.store import StoredRun
from dashboard.balance_data import Shown
from dashboard.labels import escape, tail

MODELS = (
    "HL: one model on all the text, of high- and low-resource languages as they come. HL balanced: "
    "every language cut to the smallest. Distilled: the balanced text, with the soft labels of one "
    "teacher a language."
)
BADGES = {
    HOLDS: ("green", ":material/check:"),
    FAILS: ("red", ":material/close:"),
    OPEN: ("gray", ":material/question_mark:"),
}
"""Verdict -> its colour and icon."""


def findings_panel(
    findings: Sequence[Finding], how: str, besides: str = "", rival: str = ""
) -> None:
    """Each finding with its verdict, the numbers here and the paper's.

    Args:
        findings: what the run can speak to.
        how: how the verdicts are reached, in a sentence.
        besides: follows the summary.
        rival: what HL with the other budget is called, where findings are told for it, too.
    """
    st.markdown(f"{summary_of(findings)} {besides}".strip())
    for found in findings:
        colour, icon = BADGES[found.verdict]
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(found.verdict, color=colour, icon=icon)  # type: ignore[arg-type]
            st.markdown(f"**{escape(found.claim)}**", width="stretch")
        again = "" if found.again is None else _again(found.again, rival)
        st.caption(f"Here: {escape(found.numbers)}. The paper: {escape(found.paper)}.{again}")
    if findings:
        st.caption(how)


def _again(found: Finding, rival: str) -> str:
    """A line: the verdict against HL with the other budget."""
    numbers, _, _ = found.numbers.partition(" points over ")
    return f"  \nAgainst {rival}: **{found.verdict}**, {escape(numbers)} points."


def mrr_findings(shown: Shown) -> None:
    """The findings on MRR."""
    if len(shown.scores.languages) < 2:
        st.info(
            "One language alone: there is nothing to balance. What is left to compare are soft and "
            "hard labels, and how much text they need.",
            icon=":material/info:",
        )
    else:
        crowded_note(shown.run)
        st.caption(MODELS)
        how = (
            shown.ranges.how
            if shown.ranges is not None
            else "This run keeps no reciprocal ranks, so that differences have no intervals: "
            "verdicts follow their signs alone."
        )
        findings = findings_of(shown.scores, shown.ranges)
        findings_panel(
            findings,
            f"{how} Differences of MRR in points; one set of languages.",
            escape(budget_summary(shown.scores, findings)),
            title_of(rival_of(shown.scores) or ""),
        )
    cautions(shown.run)


def crowded_note(run: StoredRun) -> None:
    """A warning where the models guess characters and not pieces."""
    metrics, config = run.record.metrics, run.record.config
    if crowded(metrics, config):
        st.warning(
            f"The text has more different characters than the {config['vocabulary']:,} pieces that "
            f"were asked for, so that all {metrics['vocabulary']:,} are single characters: these "
            "models guess characters, not pieces of words, and of each text they read the first "
            f"{config.get('positions', 2) - 2} only. Their MRR and its differences don't compare "
            "with those of another set of languages.",
            icon=":material/warning:",
        )


def cautions(run: StoredRun) -> None:
    """Models that had not learned all they could, or were not trained as their names say."""
    metrics, config = run.record.metrics, run.record.config
    for name, step in stopped_early(metrics, config).items():
        made, epochs = metrics["steps"][name], (metrics.get("epochs") or {}).get(name)
        passes = "" if epochs is None else f" ({epochs:.1f} passes over its data)"
        st.caption(
            f"{title_of(name)} of run {tail(run)} ended early, after {made:,} steps{passes}: the "
            f"dev set had not got better since step {step:,}, which is kept. It had less training "
            "than its name says."
        )
    if unfinished := still_learning(metrics):
        st.caption(
            f"Of {', '.join(map(title_of, unfinished))} the last look at the dev set was the best "
            f"(run {tail(run)}): they were still learning when their steps were done, and more "
            "steps may say otherwise."
        )
