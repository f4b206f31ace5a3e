"""Which examples split the languages, which languages answer alike, and whether grammar tells."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.data.predictions import Predictions
from core.errors import UserError
from core.figures.agreement import agreement as agreement_figure
from core.figures.disagreement import disagreement as disagreement_figure
from core.figures.distance_agreement import distance_agreement, note_of
from core.metrics.disagreement import Disagreement, disagreement
from core.metrics.language_groups import group_languages
from core.quoting import quote
from core.runs.store import StoredRun
from core.selection.agreement import agreement, kappa
from core.selection.nearness import Nearness, nearness
from core.selection.teachers import Selection
from core.selection.typology import explanation
from core.selection.vote import majority_vote
from dashboard.choice_numbers import slide
from dashboard.data_map_panel import data_map_panel
from dashboard.example_filters import to_languages
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.selection_panel import file_of, labelled_items
from dashboard.shell import show_error
from dashboard.table_panel import table_panel

HALF = 260  # pixels of a chart that takes half of a narrow window
MOST = 25
"""Examples in the list of the most split ones."""


def disagreement_panel(found: Predictions, selection: Selection, run: StoredRun | None) -> None:
    """The votes by their size, groups of languages, all examples, the most split, the distances.

    Args:
        found: what the choice is made from.
        selection: the teachers on the screen.
        run: the run they are of; None for a file.
    """
    shown = labelled_items(found, run) or found
    split = _split(shown.version, shown)
    left, right = st.columns(2, gap="large")
    with left:
        figure_panel(
            partial(disagreement_figure, split, badges=run.record.badges if run else []),
            key="disagreement",
            alt="Examples by how many languages answer as the vote, and whether it is right.",
            file=f"disagreement-{file_of(run)}",
            width=HALF,
        )
        st.caption(_which(shown.examples != found.examples, split.right is not None))
    with right:
        _groups(found, run)
    data_map_panel(found, _split(found.version, found), run)
    _most_split(shown, split, file_of(run))
    _distances(found, run)


def _which(others: bool, gold: bool) -> str:
    """What the examples are."""
    if others:
        return "On the run's labelled evaluation items, as the table of the most split ones below."
    if gold:
        return "On the items the choice is made from; it sees no label."
    return (
        "On the items the choice is made from; without gold nobody knows whether a vote is right."
    )


def _groups(found: Predictions, run: StoredRun | None) -> None:
    """The agreement of every two languages, those that answer alike together."""
    languages = found.languages
    groups: tuple[tuple[str, ...], ...] = ()
    if len(languages) > 1:
        groups = group_languages(languages, _kappa(found.version, found)).groups
    if len(languages) > 2:
        count = slide(
            (1, len(languages), 1),
            len(groups),
            label="Groups of languages",
            key="groups",
            of=file_of(run),
            help="Where the tree of average linkage (1 − Cohen's κ of the answers) is cut. It "
            "starts at the largest step between two joins, with half as many groups as languages "
            "at most.",
        )
        groups = group_languages(languages, _kappa(found.version, found), int(count)).groups
    figure_panel(
        partial(
            agreement_figure,
            languages,
            agreement(found),
            groups=groups,
            badges=run.record.badges if run else [],
        ),
        key="agreement",
        alt="Share of examples on which two languages choose the same class, in groups. A click "
        "on a cell shows those on which they differ.",
        file=f"agreement-{file_of(run)}",
        width=HALF,
        link=to_languages(other="other"),
    )


def _most_split(shown: Predictions, split: Disagreement, file: str) -> None:
    """The examples with the most divided votes, and what every language answers."""
    st.markdown(f"**The {min(MOST, len(shown.examples))} most split examples**")
    rows: list[dict[str, Any]] = []
    for place in split.most_split(MOST):
        gold = shown.gold[place] if shown.gold is not None else None
        row: dict[str, Any] = {
            "Example": quote(shown.examples[place]),
            "Entropy": float(split.entropy[place]),
            "Agree": int(split.agreeing[place]),
            "Vote": _name(shown, int(split.vote[place])),
        }
        if gold is not None:
            row["Right"] = ", ".join(_name(shown, k) for k in gold.nonzero()[0])
        answered = split.answers[:, place].tolist()
        rows.append(
            row | {x: _name(shown, k) for x, k in zip(shown.languages, answered, strict=True)}
        )
    columns: dict[str, Any] = {
        "Entropy": st.column_config.NumberColumn(
            format="%.2f", help="Of the votes: 0 all languages say the same, 1 as split as can be."
        ),
        "Agree": st.column_config.NumberColumn(help="Languages that answer as the vote."),
        "Vote": st.column_config.TextColumn(help="The class with the most votes (Eq. 1)."),
        "Right": st.column_config.TextColumn(help="The gold class, which no choice sees."),
    }
    columns = {name: column for name, column in columns.items() if rows and name in rows[0]}
    table_panel(rows, key="most_split", file=f"most-split-{file}", columns=columns, digits=2)


def _name(shown: Predictions, place: int) -> str:
    return quote(shown.class_names[place])


def _distances(found: Predictions, run: StoredRun | None) -> None:
    """Typological distance against agreement, and what it says."""
    try:
        near = _near(found.version, found)
    except UserError as error:
        show_error(error)
        return
    figure_panel(
        partial(distance_agreement, near, badges=run.record.badges if run else []),
        key="distance_agreement",
        alt="Agreement of every two languages by their typological distance.",
        file=f"distance-agreement-{file_of(run)}",
    )
    said = {
        "negative": "Languages of similar grammar answer alike more often",
        "positive": "Languages of similar grammar answer alike less often",
        "undetermined": "It is undetermined whether languages of similar grammar answer alike",
    }
    st.markdown(f"**{escape(f'{said[near.test.verdict]}: {note_of(near.test)}.')}**")
    out = f" Without features, left out: {', '.join(near.left_out)}." if near.left_out else ""
    st.caption(
        "Pairs of languages are not independent, so the test relabels whole languages (Mantel "
        "1967). Languages that are often right agree for that reason alone, whatever their "
        f"grammar. {explanation()}" + escape(out)
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _split(version: str, _shown: Predictions) -> Disagreement:
    vote = majority_vote(_shown.probabilities, _shown.class_mask, _shown.chosen)
    return disagreement(_shown, vote.pseudo_labels)


@st.cache_resource(max_entries=32, show_spinner=False)
def _kappa(version: str, _found: Predictions) -> Any:
    return kappa(_found)


@st.cache_resource(max_entries=32, show_spinner=False)
def _near(version: str, _found: Predictions) -> Nearness:
    return nearness(_found)
