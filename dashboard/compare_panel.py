"""Chosen runs and published rows side by side: averages, gap, worst language, every language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.figures.accuracy_map import accuracy_map
from core.metrics.accuracy import average, average_non_english
from core.metrics.transfer_gap import transfer_gap
from core.published.runs import BADGE, NO_ITEMS, is_published
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.column_names import column_names
from dashboard.example_browser import run_examples
from dashboard.example_filters import to_languages
from dashboard.figure_panel import figure_panel
from dashboard.run_picker import pick_runs
from dashboard.scores import MOMENTS, accuracy
from dashboard.shell import anchor, empty_state
from dashboard.table_panel import table_panel

HEADING = "Runs side by side"
SHOWN_AT_FIRST = 3
OWN, SHARED = "each run's own", "those that all have"
NUMBERS = {
    "Average": "Mean accuracy over the languages, in percent; each language counts once.",
    "Others": "Mean accuracy over the languages other than English, in percent.",
    "Gap": "English minus the mean of the others, English itself not averaged in, in points.",
    "Printed average": "As the paper prints it, over its own choice of languages.",
    "Printed gap": "As the paper prints it, by its own definition in that table.",
    "Worst": "Accuracy of the language with the lowest one, in percent.",
}

Column = tuple[StoredRun, cache.When, dict[str, float]]
"""A run, the moment, and its accuracies."""


def compare_section() -> None:
    """A choice of runs, their table and their heatmap."""
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
        own[:SHOWN_AT_FIRST],
        help="Your runs, newest first, then the rows of ALSACE's Tables 2, 5, 6, 8, 9, 10 and 11. "
        "A run that distilled is shown before and after.",
    )
    if not chosen:
        if own:
            empty_state("Choose one run or more above.")
        return
    columns = _columns(chosen)
    _cautions(columns)
    over = st.segmented_control(
        "Averages over",
        (OWN, SHARED),
        default=OWN,
        required=True,
        key="averages_over",
        help="Averages over different languages can't be compared; over the shared ones they can.",
    )
    shared = set.intersection(*(set(scores) for *_, scores in columns))
    if over == SHARED and not shared:
        empty_state("These runs have no language in common: leave some out.")
        return
    if over == SHARED:
        kept = [{x: v for x, v in scores.items() if x in shared} for *_, scores in columns]
        columns = [(run, when, part) for (run, when, _), part in zip(columns, kept, strict=True)]
    _table(columns, own_languages=over == OWN)
    _heatmap(columns)
    run_examples([run for run in chosen if not is_published(run)])


def _columns(runs: Sequence[StoredRun]) -> list[Column]:
    """Every run's moments that have accuracies."""
    found = ((run, when, accuracy(run, when)) for run in runs for when in MOMENTS)
    return [(run, when, scores) for run, when, scores in found if scores]


def _names(columns: Sequence[Column]) -> list[str]:
    """A label for each column, the moment named where the run has two."""
    runs = list({run.id: run for run, *_ in columns}.values())
    called = column_names(runs)
    two = {run.id for run in runs if accuracy(run, "after")}
    return [f"{called[x.id]} {when}" if x.id in two else called[x.id] for x, when, _ in columns]


def _cautions(columns: Sequence[Column]) -> None:
    """What must be known before the numbers are compared."""
    said = []
    if len({frozenset(scores) for *_, scores in columns}) > 1:
        said.append("The runs have different languages.")
    if len({str(run.record.config.get("dataset")) for run, *_ in columns}) > 1:
        said.append("They are on different data: their levels can't be compared.")
    if any(is_published(run) for run, *_ in columns):
        said.append(NO_ITEMS)
    if said:
        st.caption(" ".join(said))


def _table(columns: Sequence[Column], *, own_languages: bool) -> None:
    """One row a column of the heatmap."""
    rows = [
        _row(label, column, own_languages=own_languages)
        for label, column in zip(_names(columns), columns, strict=True)
    ]
    for name in ("Printed average", "Printed gap", "Badges"):
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
    run, when, scores = column
    worst = min(scores, key=lambda language: scores[language])
    printed = run.record.metrics.get("printed", {}).get(when, {}) if own_languages else {}
    return {
        "Run": label,
        "Data": str(run.record.config.get("dataset") or "–"),
        "Languages": len(scores),
        "Average": average(scores),
        "Others": average_non_english(scores),
        "Gap": transfer_gap(scores),
        "Printed average": printed.get("average"),
        "Printed gap": printed.get("transfer_gap"),
        "Worst language": worst,
        "Worst": scores[worst],
        "Badges": ", ".join(run.record.badges),
    }


def _heatmap(columns: Sequence[Column]) -> None:
    """Accuracy of every language in every run."""
    badges = {badge for run, *_ in columns for badge in run.record.badges if badge != BADGE}
    if any(is_published(run) for run, *_ in columns):
        badges.add(f"{BADGE} (T: ALSACE's table)")
    scores = dict(zip(_names(columns), (part for *_, part in columns), strict=True))
    figure_panel(
        partial(accuracy_map, scores, badges=sorted(badges)),
        key="accuracy_map",
        alt="Accuracy of every language in each chosen run, before and after, averages below. A "
        "click on a cell shows its examples.",
        file="accuracy-by-language",
        link=to_languages(list({run.id: run for run, *_ in columns}.values())),
    )
