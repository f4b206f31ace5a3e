"""How often ensembles of the languages are right, with the teachers on the screen among them."""

from __future__ import annotations

import hashlib
from functools import partial

import numpy as np
import streamlit as st

from core.data.predictions import Predictions
from core.figures.ensembles import compare_ensembles, in_words
from core.metrics.bootstrap import cluster_indices
from core.metrics.label_scores import LabelScores, live_resamples, right_labels, score_labels
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
        labelers = ensembles(labelled, selection)
        scores = _scored(labelled, labelers)
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


def _scored(predictions: Predictions, labelers: tuple[Labeler, ...]) -> LabelScores:
    """The accuracies with intervals; the same teachers are resampled once for all sessions."""
    groups = cluster_indices(predictions.clusters)
    right = right_labels(predictions, {x.name: x.labels for x in labelers})
    digest = hashlib.sha256("\x1e".join(x.name for x in labelers).encode())
    digest.update(np.packbits(right).tobytes())
    digest.update(groups.tobytes())
    return _resampled(digest.hexdigest(), predictions, labelers, int(groups.max()) + 1)


@st.cache_resource(max_entries=512, show_spinner=False)
def _resampled(
    digest: str, _predictions: Predictions, _labelers: tuple[Labeler, ...], _clusters: int
) -> LabelScores:
    return score_labels(
        _predictions,
        {x.name: x.labels for x in _labelers},
        reference_of(_labelers),
        resamples=live_resamples(_clusters),
    )
