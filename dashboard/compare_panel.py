"""Chosen runs and published rows side by side, seeds together: averages, gap, every language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.figures.accuracy_map import accuracy_map
from core.metrics.accuracy import average, average_non_english
from core.metrics.spread import Spread
from core.metrics.transfer_gap import transfer_gap
from core.published.runs import BADGE, NO_ITEMS, is_published
from core.runs.groups import RunGroup, groups_of
from dashboard import cache
from dashboard.cached_arrays import When
from dashboard.choice import pick_one
from dashboard.collapse_note import collapse_warning
from dashboard.column_names import LONGEST_COLUMN, LONGEST_ROW, group_names
from dashboard.compared_data import runs_at_first
from dashboard.example_browser import run_examples
from dashboard.example_filters import to_languages
from dashboard.figure_panel import figure_panel
from dashboard.report_button import report_buttons
from dashboard.run_picker import pick_runs
from dashboard.scores import MOMENTS, accuracy
from dashboard.shell import anchor, empty_state
from dashboard.table_panel import table_panel

HEADING = "Runs side by side"
OWN, SHARED = "own", "shared"
OVER = {OWN: "each run's own", SHARED: "those that all have"}
TOGETHER, APART = "together", "apart"
SPREAD, GAP_SPREAD = "± seeds", "± gap, seeds"
NUMBERS = {
    "Average": "Mean accuracy over the languages, in percent; each language counts once.",
    SPREAD: "Standard deviation of the average over the seeds (n − 1), in points.",
    GAP_SPREAD: "Standard deviation of the gap over the seeds (n − 1), in points.",
    "Others": "Mean accuracy over the languages other than English, in percent.",
    "Gap": "English minus the mean of the others, English itself not averaged in, in points.",
    "Printed average": "As the paper prints it, over its own choice of languages.",
    "Printed gap": "As the paper prints it, by its own definition in that table.",
    "Worst": "Accuracy of the language with the lowest one, in percent.",
}

Column = tuple[RunGroup, When, dict[str, float]]
"""A run (or its seeds), the moment, and its accuracies."""


def compare_section() -> list[RunGroup]:
    """A choice of runs, their table and their heatmap.

    Returns:
        The runs that were chosen, seeds of the same settings together unless they are kept apart.
    """
    st.subheader(HEADING, anchor=anchor(HEADING))
    own = [run for run in cache.readable() if accuracy(run, "before") or accuracy(run, "after")]
    if not own:
        empty_state(
            "This store holds no run with accuracies yet. Choose published rows below, start the "
            "demo on the overview, or run this in a terminal:",
            "python -m core demo",
        )
    chosen = pick_runs(
        [*own, *cache.published("distill")],
        runs_at_first(own, 2),
        help="Your runs, newest first, then the rows of ALSACE's Tables 2, 5, 6, 8, 9, 10 and 11. "
        "A run that distilled is shown before and after. At first: ALSACE and the baseline in "
        "which all languages teach, with the same settings, over their seeds.",
    )
    if not chosen:
        if own:
            empty_state("Choose one run or more above.")
        return []
    with st.container(horizontal=True):
        over = pick_one(
            OVER,
            label="Averages over",
            key="averages_over",
            help="Averages over different languages can't be compared; over the shared ones they "
            "can.",
        )
        seeds = pick_one(
            (TOGETHER, APART),
            label="Seeds",
            key="seeds",
            help="Runs that differ in nothing but the seed as one column, their mean; or a column "
            "each.",
        )
    with st.container(horizontal=True):
        report_buttons([run for run in chosen if not is_published(run)], key="compared")
    groups = groups_of(chosen, together=seeds == TOGETHER)
    columns = _columns(groups)
    _cautions(columns)
    collapse_warning([run for group in groups for run in group.runs])
    _shown(columns, over)
    return groups


def _shown(columns: list[Column], over: str) -> None:
    """The table and the heatmap."""
    shared = set.intersection(*(set(scores) for *_, scores in columns))
    if over == SHARED and not shared:
        empty_state("These runs have no language in common: leave some out.")
        return
    if over == SHARED:
        kept = [{x: v for x, v in scores.items() if x in shared} for *_, scores in columns]
        columns = [(run, when, part) for (run, when, _), part in zip(columns, kept, strict=True)]
    _table(columns, own_languages=over == OWN)
    _heatmap(columns)
    runs = {run.id: run for group, *_ in columns for run in group.runs}
    run_examples([run for run in runs.values() if not is_published(run)])


def _columns(groups: Sequence[RunGroup]) -> list[Column]:
    """Every group's moments that have accuracies."""
    found = ((group, when, group.scores(when)) for group in groups for when in MOMENTS)
    return [(group, when, scores) for group, when, scores in found if scores]


def _names(columns: Sequence[Column], longest: int = LONGEST_COLUMN) -> list[str]:
    """A label for each column, the moment named where the run has two."""
    groups = list({group.key: group for group, *_ in columns}.values())
    called = group_names(groups, longest)
    two = {group.key for group in groups if group.scores("after")}
    return [f"{called[x.key]} {when}" if x.key in two else called[x.key] for x, when, _ in columns]


def _cautions(columns: Sequence[Column]) -> None:
    """What must be known before the numbers are compared."""
    said = []
    if len({frozenset(scores) for *_, scores in columns}) > 1:
        said.append("The runs have different languages.")
    runs = [run for group, *_ in columns for run in group.runs]
    if len({str(run.record.config.get("dataset")) for run in runs}) > 1:
        said.append("They are on different data: their levels can't be compared.")
    if any(map(is_published, runs)):
        said.append(NO_ITEMS)
    if said:
        st.caption(" ".join(said))


def _table(columns: Sequence[Column], *, own_languages: bool) -> None:
    """One row a column of the heatmap."""
    rows = [
        _row(label, column, own_languages=own_languages)
        for label, column in zip(_names(columns, LONGEST_ROW), columns, strict=True)
    ]
    for name in (SPREAD, GAP_SPREAD, "Printed average", "Printed gap", "Badges"):
        if not any(row.get(name) for row in rows):
            rows = [{key: x for key, x in row.items() if key != name} for row in rows]
    number = st.column_config.NumberColumn
    table_panel(
        rows,
        key="compared_runs",
        file="compared-runs",
        columns={
            name: number(format="%.2f" if name.startswith("Printed") else "%.1f", help=text)
            for name, text in NUMBERS.items()
        },
    )


def _row(label: str, column: Column, *, own_languages: bool) -> dict[str, Any]:
    group, when, scores = column
    run = group.runs[0]
    worst = min(scores, key=lambda language: scores[language])
    printed = run.record.metrics.get("printed", {}).get(when, {}) if own_languages else {}
    seeds = [{x: part[x] for x in scores} for part in group.at_seeds(when)]
    gaps = [gap for part in seeds if (gap := transfer_gap(part)) is not None]
    return {
        "Run": label,
        "Data": str(run.record.config.get("dataset") or "–"),
        "Languages": len(scores),
        "Average": average(scores),
        SPREAD: _deviation([average(part) for part in seeds]),
        "Others": average_non_english(scores),
        "Gap": transfer_gap(scores),
        GAP_SPREAD: _deviation(gaps),
        "Printed average": printed.get("average"),
        "Printed gap": printed.get("transfer_gap"),
        "Worst language": worst,
        "Worst": scores[worst],
        "Badges": ", ".join(group.badges),
    }


def _deviation(values: Sequence[float]) -> float | None:
    """Standard deviation over the seeds; None of one seed."""
    return Spread(dict(enumerate(values))).deviation


def _heatmap(columns: Sequence[Column]) -> None:
    """Accuracy of every language in every run."""
    badges = {badge for group, *_ in columns for badge in group.badges if badge != BADGE}
    if any(is_published(group.runs[0]) for group, *_ in columns):
        badges.add(f"{BADGE} (T: ALSACE's table)")
    scores = dict(zip(_names(columns), (part for *_, part in columns), strict=True))
    figure_panel(
        partial(accuracy_map, scores, badges=sorted(badges)),
        key="accuracy_map",
        alt="Accuracy of every language in each chosen run, before and after, averages below. A "
        "click on a cell shows its examples.",
        file="accuracy-by-language",
        link=to_languages(
            {x: group.key for x, (group, *_) in zip(_names(columns), columns, strict=True)}
        ),
    )
