"""Which languages could teach each region, with the threshold to move."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from core.data.predictions import Predictions
from core.errors import UserError
from core.figures.regional_teachers import regional_teachers
from core.metrics.accuracy import accuracy
from core.metrics.teacher_signal_text import surest_of
from core.runs.store import StoredRun
from core.selection.regions import choose_by_region
from core.selection.strategies import choose
from core.selection.teachers import Selection
from dashboard import cache
from dashboard.choice_numbers import slide
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.shell import errors_shown
from dashboard.threshold import LEAST, MARGIN, STEPS, split

WIDTH = 590


@st.fragment
def regional_panel(run: StoredRun) -> None:
    """Confidence by region and language, the teachers at the threshold, and the choice of all."""
    with errors_shown():
        found, regions = cache.predictions(run, "before"), _regions(run)
        if found is None or regions is None:
            st.info(
                "Nobody to choose: this run keeps no answers about regions in two languages or "
                "more. Where they were left out, the command under “Where this came from” makes "
                "them.",
                icon=":material/info:",
            )
            return
        threshold = _threshold(run, choose(found), choose_by_region(found, regions))
        together = choose(found, threshold=threshold)
        st.caption("Over all regions:")
        split(together)
        if found.gold is not None:
            sure = dict(zip(together.languages, together.confidence.tolist(), strict=True))
            st.markdown(escape(surest_of(sure, accuracy(found))))
        figure_panel(
            partial(
                regional_teachers,
                _by_region(run.id, _stamp(run), threshold, found, regions),
                together,
                badges=run.record.badges,
            ),
            key="regional_teachers",
            alt="Confidence of each language in the vote on each region's questions; teachers "
            "framed; the choice over all regions in the last row.",
            file=f"regional-teachers-{run.id}",
            width=WIDTH,
        )
        _recorded(run)


def _regions(run: StoredRun) -> tuple[str, ...] | None:
    """The region of each of the run's main prompts, where there is a choice to make."""
    answers = cache.answers(run, "before")
    found = cache.predictions(run, "before")
    if answers is None or found is None or len(found.languages) < 2 or not any(answers.regions):
        return None
    if answers.examples != found.examples:
        raise UserError(f"run {run.id}: its predictions and its answers are of other questions")
    return answers.regions


def _stamp(run: StoredRun) -> int:
    return cache.stamp(run.path / "predictions_before.npz")


@st.cache_resource(max_entries=64, show_spinner=False)
def _by_region(
    run_id: str,
    changed: int,
    threshold: float | None,
    _found: Predictions,
    _regions: tuple[str, ...],
) -> dict[str, Selection]:
    return choose_by_region(_found, _regions, threshold=threshold)


def _threshold(
    run: StoredRun, together: Selection, regions: Mapping[str, Selection]
) -> float | None:
    """The threshold on the slider, or None at the mean."""
    everyone = [together, *regions.values()]
    low = min(choice.bounds.observed_lowest for choice in everyone)
    high = max(choice.bounds.observed_highest for choice in everyone)
    room = MARGIN * max(high - low, LEAST)
    low, high, mean = max(0.0, low - room), min(1.0, high + room), together.threshold
    recorded = run.record.config.get("threshold")
    start = float(recorded) if isinstance(recorded, int | float) else mean
    step = (high - low) / STEPS
    value = slide(
        (low, high, step),
        min(max(start, low), high),
        label="Threshold θ on the normalised confidence within a region",
        digits=".4f",
        key="theta",
        of=run.id,
        help="A language teaches a region when its normalised confidence on that region's "
        f"questions reaches θ. It starts where the run had it; the default is the mean, 1 / "
        f"{len(together.languages)} = {mean:.4f}.",
    )
    return None if abs(value - mean) < step / 2 else value


def _recorded(run: StoredRun) -> None:
    """Whom a distillation really took, which may have been chosen on other prompts."""
    if run.record.kind != "distill_probe":
        return
    by = "by region" if run.record.config.get("teachers_by") == "region" else "for all regions"
    folds = run.record.metrics.get("folds")
    parts = list(folds) if isinstance(folds, list) else [run.record.selection]
    named = [part.get("teachers") if isinstance(part, dict) else None for part in parts]
    lists = [", ".join(map(str, found)) for found in named if isinstance(found, list)]
    if not lists:
        return
    numbered = [f"fold {i}: {text}" for i, text in enumerate(lists, 1)]
    gave = "; ".join(numbered) if len(lists) > 1 else lists[0]
    st.caption(
        f"This run chose its teachers {by}, on its selection prompts; over all of those they were "
        f"{escape(gave)}. Above, the vote is on the evaluation prompts."
    )
