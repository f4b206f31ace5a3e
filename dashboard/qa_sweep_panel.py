"""Trainings on questions side by side: what ntl, the temperature or another number does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.figures.of_questions import MEASURES
from core.figures.variation import variation_lines
from core.metrics.qa_transfer import Measure
from core.metrics.variation import Point, points_of, text_of
from core.runs.families import Trial
from core.runs.qa_trials import qa_score
from core.runs.variations import Variation, variations
from dashboard.choice import pick, pick_one
from dashboard.family_labels import commands, findings, seeds_told, variation_names
from dashboard.figure_panel import figure_panel
from dashboard.shell import empty_state

WIDTH = 590
"""Of a figure in a narrow window, in pixels."""
PARTS = {"G-XLT": "g_xlt", "Two languages": "off_diagonal", "XLT": "xlt"}
AXES = {
    "targets": "target languages drawn for each question (ntl)",
    "temperature": "temperature of the KL (t)",
    "k": "positions of the teacher looked at (k)",
    "window": "half width of the window (Δ, tokens)",
}
"""Names of the settings on the axis; the others are called as in the config."""
SWEEP = "python -m core sweep --config cached_runs/sweeps/{}.toml"


def sweep_panel(trials: Sequence[Trial], measure: Measure) -> None:
    """Pick what varies; a sentence, the lines, the commands.

    Args:
        trials: the finished trainings of the store, newest first.
        measure: F1 or EM.
    """
    found = {x.key: x for x in _in_order(variations(trials))}
    if not found:
        empty_state(
            "No setting varies alone yet: trainings that differ in one number and the seed are "
            "needed. These make them on the fact world, for ntl and for t:",
            "\n".join(SWEEP.format(f"fact-world-qa-{x}") for x in ("targets", "temperature")),
        )
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        key = pick(
            variation_names(list(found.values())),
            key="qa_variation",
            label="What varies",
            help="Trainings that differ in this setting and in the seed only.",
        )
    with right:
        part = pick_part("qa_variation_part")
    shown, name = found[key], f"{part} {MEASURES[measure]}"
    points = _points(shown, measure, PARTS[part], name)
    axis = AXES.get(shown.setting, shown.setting.replace("_", " "))
    if points:
        findings([text_of(axis, points, name)])
    if told := seeds_told(shown):
        st.caption(told)
    badges = sorted({badge for trial in shown.family.trials for badge in trial.run.record.badges})
    figure_panel(
        partial(
            variation_lines, points, axis, name, label=f"{MEASURES[measure]} (%)", badges=badges
        ),
        key=f"qa_variation_{measure}_{part}",
        alt=f"{name} against {axis}, before and after the training, every seed.",
        file=f"qa-variation-{key}",
        width=WIDTH,
    )
    commands({f"{axis}: {x:g}": seeds.values() for x, seeds in shown.points.items()}, key)


def pick_part(key: str) -> str:
    """Which average is looked at."""
    return pick_one(
        list(PARTS),
        label="Average over",
        key=key,
        help="G-XLT: all pairs of question and context language; Two languages: those off the "
        "diagonal; XLT: one language for both.",
    )


def _in_order(found: Sequence[Variation]) -> list[Variation]:
    """The settings of the paper's sweeps first."""
    first = list(AXES)
    return sorted(found, key=lambda x: first.index(x.setting) if x.setting in first else len(first))


def _points(shown: Variation, measure: Measure, part: str, name: str) -> list[Point]:
    def of(trial: Trial, when: str) -> dict[str, float]:
        value = qa_score(trial.run.record, when, measure, part)
        return {} if value is None else {name: value}

    runs = {
        value: {seed: (of(x, "before"), of(x, "after")) for seed, x in seeds.items()}
        for value, seeds in shown.alike.items()
    }
    return points_of(runs, name, ())
