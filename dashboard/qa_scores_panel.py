"""Scores of every pair of languages: three numbers, the map, and languages with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal

import streamlit as st

from core.data.qa.scores import QaScores
from core.figures.g_xlt import g_xlt_map
from core.figures.of_questions import MEASURES, normalizer, pair_scores
from core.figures.pair_scores import AFTER, CHANGE, NOW
from core.metrics.bootstrap import Interval
from core.metrics.qa_transfer import Measure, Transfer, transfer
from core.metrics.qa_transfer_text import state_of, summary_of
from core.quoting import signed
from core.runs.store import StoredRun
from dashboard import qa_data
from dashboard.choice import pick_one, pick_some
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.table_panel import table_panel

ROW = 590
"""Pixels of a figure in a narrow window; wider ones stretch it."""
HEADLINES = {
    "g_xlt": ("G-XLT", "Mean over all pairs of question and context language."),
    "off_diagonal": ("Two languages", "Mean over the pairs of two languages (off the diagonal)."),
    "xlt": ("XLT", "Mean over the pairs of one language with itself (the diagonal)."),
    "gap": ("Gap", "XLT less two languages: what it costs that they differ, in points."),
}
"""Part of the scores -> its label and help."""
GROUPS = {
    "Question": "by_question",
    "Context": "by_context",
    "Question's family": "by_question_family",
    "Context's family": "by_context_family",
}
"""What a table's rows are -> the part of the scores."""
STILL = ("undetermined", "unchanged")


def scores_panel(run: StoredRun, measure: Measure) -> None:
    """Everything of one run that is measured as F1 or EM.

    Args:
        run: with scores.
        measure: which of the two.
    """
    found = qa_data.scores(run)
    sure = qa_data.sure(run, measure)
    _headline(found, sure, measure)
    _findings(found, sure, measure)
    st.caption(escape(told(found, measure)))
    _map(run, found, measure)
    _languages(run, found, sure, measure)


def told(found: Mapping[str, QaScores], measure: Measure) -> str:
    """What the numbers are: measure, normaliser, questions and articles."""
    first = next(iter(found.values()))
    clusters = len(set(first.clusters))
    pairs = len(first.questions) * len(first.contexts)
    intervals = (
        "95 % intervals: bootstrap over articles (clusters), 10,000 resamples"
        if clusters > 1
        else "no intervals: all questions are of one article"
    )
    return (
        f"{MEASURES[measure]} in percent after the {normalizer(found)}, the best of the right "
        f"answers of the context's language; {len(first.ids):,} questions of {clusters:,} "
        f"article{'s' * (clusters > 1)} in {pairs:,} pairs of languages, each pair counted once. "
        f"{intervals}."
    )


def _findings(found: Mapping[str, QaScores], sure: qa_data.Sure, measure: Measure) -> None:
    """What the numbers say, in sentences."""
    first, *later = (transfer(scores, measure) for scores in found.values())
    if sure.change is None or not later:
        st.markdown(escape(state_of(first, measure)))
        return
    lines = summary_of(first, later[-1], sure.change, measure)
    st.markdown("\n".join(f"- {escape(line)}" for line in lines))


def _headline(found: Mapping[str, QaScores], sure: qa_data.Sure, measure: Measure) -> None:
    """The averages of the last moment, each with its change."""
    last = transfer(list(found.values())[-1], measure)
    for column, (part, (label, text)) in zip(
        st.columns(len(HEADLINES)), HEADLINES.items(), strict=True
    ):
        value = getattr(last, part)
        if value is None:
            continue
        change = None if sure.change is None else getattr(sure.change, part)
        delta: Any = None
        if change is not None:
            delta = f"{signed(change.estimate)} {between(change)}"
        column.metric(
            f"{label} ({MEASURES[measure]})",
            f"{value:.1f}",
            delta,
            delta_color=_colour(part, change),
            delta_arrow=_arrow(change),
            help=f"{text} Below it the change in points, with its 95 % interval; grey: "
            "undetermined or unchanged.",
        )


def _colour(part: str, change: Interval | None) -> Literal["green", "red", "gray"]:
    if change is None or change.verdict in STILL or part == "gap":
        return "gray"
    return "green" if change.estimate > 0 else "red"


def _arrow(change: Interval | None) -> Literal["up", "down", "off"]:
    if change is None or not round(change.estimate, 1):
        return "off"
    return "up" if change.estimate > 0 else "down"


def between(interval: Interval) -> str:
    """The ends of an interval of a change; nothing where one cluster is all there is."""
    if interval.low != interval.low:  # NaN
        return ""
    return f"[{signed(interval.low)}, {signed(interval.high)}]"


def _map(run: StoredRun, found: Mapping[str, QaScores], measure: Measure) -> None:
    """The heatmap of the panels asked for."""
    shown = pair_scores(found, measure)
    panels: Sequence[str] = list(shown.panels)
    if len(panels) > 1:
        panels = pick_some(
            panels,
            [CHANGE, AFTER],
            label="Panels",
            key="g_xlt_panels",
            help="Which maps to draw, one above the other.",
        )
        if not panels:
            st.info("Choose one panel or more above.", icon=":material/info:")
            return
    figure_panel(
        partial(
            g_xlt_map,
            shown.only(*panels),
            note=normalizer(found),
            badges=run.record.badges,
        ),
        key="g_xlt",
        alt=f"{MEASURES[measure]} of every pair of question and context language, and changes.",
        file=f"g-xlt-{measure}-{run.id}",
        width=ROW,
    )


def _languages(
    run: StoredRun, found: Mapping[str, QaScores], sure: qa_data.Sure, measure: Measure
) -> None:
    """A row a language or family."""
    group = pick_one(
        list(GROUPS),
        label="Averages by the language of the",
        key="qa_group",
        help="Each row is the mean over the pairs with this language (or family) of the question, "
        "or of the context.",
    )
    part = GROUPS[group]
    numbers = {when: transfer(scores, measure) for when, scores in found.items()}
    rows = [
        _row(name, group, part, numbers, sure)
        for name in getattr(next(iter(numbers.values())), part)
    ]
    titles = {
        when: MEASURES[measure] if when == NOW else f"{MEASURES[measure]} {when}"
        for when in numbers
    }
    number = st.column_config.NumberColumn
    table_panel(
        rows,
        key="qa_languages",
        file=f"{part.replace('_', '-')}-{measure}-{run.id}",
        columns={
            **{when: number(title, format="%.1f") for when, title in titles.items()},
            CHANGE: number("Change (points)", format="%+.1f"),
        },
    )


def _row(
    name: str,
    group: str,
    part: str,
    numbers: Mapping[str, Transfer[float]],
    sure: qa_data.Sure,
) -> dict[str, Any]:
    row: dict[str, Any] = {group: name}
    for when, scores in numbers.items():
        row[when] = getattr(scores, part)[name]
        if sure.change is None:
            interval = getattr(sure.moments[when], part)[name]
            row["95 % interval"] = _ends(interval)
    if sure.change is not None:
        change = getattr(sure.change, part)[name]
        row[CHANGE] = None if change is None else change.estimate
        row["95 % interval of the change"] = "" if change is None else between(change)
        row["Verdict"] = "" if change is None else change.verdict
    return row


def _ends(interval: Interval | None) -> str:
    """The ends of an interval of a score."""
    if interval is None or interval.low != interval.low:
        return ""
    return f"[{interval.low:.1f}, {interval.high:.1f}]"
