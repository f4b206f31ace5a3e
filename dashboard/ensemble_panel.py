"""How often ensembles of the languages are right, with the teachers on the screen among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from core.data.predictions import Predictions
from core.figures.ensembles import compare_ensembles, in_words
from core.metrics.label_scores import LabelScores, live_resamples, score_labels
from core.runs.store import StoredRun
from core.selection.ensembles import Labeler, ensembles, reference_of
from core.selection.teachers import Selection
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.selection_panel import labelled_items
from dashboard.shell import errors_shown

WITHOUT_GOLD = {
    True: "The accuracy of the ensembles needs gold labels, and this run keeps none.",
    False: "The accuracy of the ensembles needs gold labels: add a column `label` to the file.",
}


def ensemble_panel(
    found: Predictions, run: StoredRun | None, selection: Selection, file: str, width: int
) -> None:
    """The chart, and in words which ensemble is best and whether that is decided.

    Args:
        found: the items the teachers are chosen on.
        run: the run they are of; None for a file.
        selection: the teachers on the screen, and the weights.
        file: the end of the downloaded files' name.
        width: about what the chart gets on the screen, in pixels.
    """
    with errors_shown():
        labelled = labelled_items(found, run)
        if labelled is None:
            st.info(WITHOUT_GOLD[run is not None], icon=":material/info:")
            return
        labelers, scores = _scored(labelled, selection)
        figure_panel(
            partial(
                compare_ensembles,
                scores,
                labelers,
                teachers=selection.teachers,
                badges=run.record.badges if run else [],
            ),
            key="ensembles",
            alt="Accuracy of the vote of all languages, of the language-weighted mean and of the "
            "vote of the teachers, beside single languages and chance, with intervals.",
            file=f"ensembles-{file}",
            width=width,
        )
        st.markdown(escape(in_words(scores, labelers)))
        st.caption(_where(labelled.examples != found.examples, scores))


def _where(others: bool, scores: LabelScores) -> str:
    """What the accuracies are measured on."""
    if others:
        return (
            f"Measured on the run's {scores.n:,} evaluation items; the teachers and the weights "
            "are chosen on its other, unlabelled items."
        )
    return "Measured on the items the teachers and weights are chosen on; the choice sees no label."


def _scored(labelled: Predictions, selection: Selection) -> tuple[tuple[Labeler, ...], LabelScores]:
    """The ensembles and their accuracies; moving the threshold resamples nothing anew."""
    surest = np.argsort(-selection.normalized, kind="stable").tolist()
    nested = [surest[:count] for count in range(len(surest) + 1)]
    sets = [tuple(x for i, x in enumerate(selection.languages) if i in part) for part in nested]
    others = [] if selection.teachers in sets else [selection.teachers]
    known = (labelled.version, selection.normalized.tobytes(), tuple(others))
    return _resampled(*known, labelled, selection, [*sets, *others])[selection.teachers]


@st.cache_resource(max_entries=64, show_spinner=False)
def _resampled(
    version: str,
    weights: bytes,
    others: tuple[tuple[str, ...], ...],
    _labelled: Predictions,
    _selection: Selection,
    _sets: Sequence[tuple[str, ...]],
) -> dict[tuple[str, ...], tuple[tuple[Labeler, ...], LabelScores]]:
    """By the teachers: the ensembles, and their accuracies on the same resamples for all.

    The sets of teachers follow from the weights, but for others.
    """
    made = {x: ensembles(_labelled, _selection.with_teachers(x)) for x in _sets}
    labels = {(x.name, x.labels.tobytes()): x.labels for each in made.values() for x in each}
    rows = {key: str(place) for place, key in enumerate(labels)}
    pivot = reference_of(made[_sets[0]])
    found = score_labels(
        _labelled,
        {rows[key]: row for key, row in labels.items()},
        next((rows[key] for key in rows if key[0] == pivot), None),
        resamples=live_resamples(len(set(_labelled.clusters))),
    )
    return {
        teachers: (
            each,
            replace(
                found,
                scores={x.name: found.scores[rows[x.name, x.labels.tobytes()]] for x in each},
                reference=pivot,
            ),
        )
        for teachers, each in made.items()
    }
