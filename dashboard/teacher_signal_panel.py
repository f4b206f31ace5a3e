"""Is confidence a good teacher signal? The gain matrix, and confidence against what it promises."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Any

import streamlit as st

from core.figures.gain_matrix import gain_matrix as draw_matrix
from core.figures.teacher_signal import teacher_signal
from core.metrics.rank_correlation import EXACT, FEWEST, PERMUTATIONS
from core.metrics.teacher_signal import (
    GainMatrix,
    TeacherSignal,
    gain_matrix,
    teacher_signals,
)
from core.metrics.teacher_signal_text import summary_of
from core.runs.ablation_rows import badges_of
from core.runs.families import Trial
from core.runs.lone_teachers import LoneTeachers, lone_teachers
from dashboard.choice import pick
from dashboard.family_labels import commands, family_names, findings
from dashboard.figure_panel import figure_panel
from dashboard.shell import empty_state, errors_shown
from dashboard.table_panel import table_panel

UNSEEN = "†"
HALF = 260  # pixels of a chart that takes half of a narrow window
HOW_TO_MAKE = (
    "No two languages have taught alone with the same settings yet. Distil once with each language "
    f"as the only teacher; fewer than {FEWEST} languages cannot tell:"
)
COMMAND = "python -m core sweep --config cached_runs/sweeps/fact-world-gains.toml"


def teacher_signal_section(trials: Sequence[Trial], unseen: Sequence[str]) -> None:
    """Pick a group of runs with one teacher each; the answer in words, the matrix, the scatters.

    Args:
        trials: all runs of the store that can be compared, newest first.
        unseen: languages that the encoder never saw.
    """
    groups = {group.family.key: group for group in lone_teachers(trials) if len(group.teachers) > 1}
    if not groups:
        empty_state(HOW_TO_MAKE, COMMAND)
        return
    key = pick(
        _names(list(groups.values())),
        key="teachers",
        label="Runs with a single teacher each",
        help="Runs that differ in their only teacher and in the seed.",
    )
    group = groups[key]
    matrix, accuracy, gain = _signals(sha256(repr(group.runs).encode()).hexdigest(), group)
    findings(summary_of(matrix, accuracy, gain))
    with errors_shown():
        _figures(key, matrix, (accuracy, gain), badges_of(group.family))
    with errors_shown():
        _table(key, matrix, unseen)
    found = group.by_teacher
    commands({f"{name} teaches alone": trials for name, trials in found.items()}, key)


@st.cache_data(max_entries=32, show_spinner="Resampling the languages ...")
def _signals(version: str, _group: LoneTeachers) -> tuple[GainMatrix, TeacherSignal, TeacherSignal]:
    matrix = gain_matrix(_group.runs)
    return matrix, *teacher_signals(matrix)


def _names(among: Sequence[LoneTeachers]) -> dict[str, str]:
    """By key: the data, how many have taught, and what sets the group apart."""
    counted = {
        group.family.key: f"{len(group.teachers)} teachers · {len(group.family.seeds)} seed"
        + ("" if len(group.family.seeds) == 1 else "s")
        for group in among
    }
    return family_names([group.family for group in among], counted)


def _figures(
    key: str,
    matrix: GainMatrix,
    signals: tuple[TeacherSignal, TeacherSignal],
    badges: tuple[str, ...],
) -> None:
    figure_panel(
        partial(draw_matrix, matrix, badges=badges),
        key="gain_matrix",
        alt="What each language gives to each other as the only teacher, in points.",
        file=f"gain-matrix-{key}",
    )
    for column, signal in zip(st.columns(2), signals, strict=True):
        with column:
            figure_panel(
                partial(teacher_signal, signal, badges=badges),
                key=f"signal_{signal.against}",
                alt=f"Confidence of each language against its {signal.against}.",
                file=f"teacher-signal-{signal.against.replace(' ', '-')}-{key}",
                width=HALF,
            )
    st.caption(
        "Intervals resample the languages: they say how far another choice of languages could "
        "change the order, not how uncertain each gain is. p is the share of permutations of the "
        f"languages with as large a ρ, of all up to {EXACT} languages, else of {PERMUTATIONS:,}. "
        "“Undetermined” unless it is below 0.05 and the interval excludes 0. Colours of the matrix "
        "end at ±20 points."
    )


def _table(key: str, matrix: GainMatrix, unseen: Sequence[str]) -> None:
    """One line a teacher, the surest first; languages the encoder never saw last and marked."""
    rows: list[dict[str, Any]] = [
        {
            "Teacher": f"{teacher}{UNSEEN}" if teacher in unseen else teacher,
            "Confidence s": float(matrix.confidence[place]),
            "Accuracy before": float(matrix.accuracy[place]),
            "Mean gain of the others": float(matrix.given[place]),
            "Seeds": matrix.seeds[place],
        }
        for place, teacher in enumerate(matrix.teachers)
    ]
    rows.sort(key=lambda row: (row["Teacher"].endswith(UNSEEN), -row["Confidence s"]))
    forms = {
        "Confidence s": "%.3f",
        "Accuracy before": "%.1f",
        "Mean gain of the others": "%+.1f",
    }
    table_panel(
        rows,
        key="lone_teachers",
        file=f"lone-teachers-{key}",
        columns={x: st.column_config.NumberColumn(format=form) for x, form in forms.items()},
        digits=2,
    )
    if any(row["Teacher"].endswith(UNSEEN) for row in rows):
        st.caption(f"{UNSEEN} the encoder never saw this language.")
