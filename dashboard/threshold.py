"""The threshold's slider, and teachers and students as chips."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.glossary import meaning
from core.selection.teachers import Selection
from dashboard.choice_numbers import slide
from dashboard.labels import escape

STEPS = 200
"""Positions of the slider."""
MARGIN = 0.08
"""Room on both sides of the confidences, as a share of their range, to reach all and none."""
LEAST = 1e-4


def threshold_slider(
    mean: Selection, start: float | None, url_key: str, *, of: str, disabled: bool
) -> float | None:
    """The threshold the user moved to, or None at the mean.

    Args:
        mean: the languages as they are scored, at the mean.
        start: where the slider stands before it is moved; None for the mean.
        url_key: name of the threshold in the address.
        of: whose choice it is; a threshold moved to for another one does not count.
        disabled: nothing depends on it.
    """
    bounds, theta = mean.bounds, mean.threshold
    width = max(bounds.observed_highest - bounds.observed_lowest, LEAST)
    low = max(bounds.lowest, bounds.observed_lowest - MARGIN * width)
    high = min(bounds.highest, bounds.observed_highest + MARGIN * width)
    step = (high - low) / STEPS
    value = slide(
        (low, high, step),
        theta if start is None else min(max(start, low), high),
        label="Threshold θ on the normalised confidence",
        digits=".4f",
        key=url_key,
        of=of,
        disabled=disabled,
        help=f"{meaning('threshold')} It starts where the run had it; the mean here is 1 / "
        f"{len(mean.languages)} = {theta:.4f}. With "
        f"{len(mean.languages)} languages no model could ever get below {bounds.lowest:.4f} or "
        f"above {bounds.highest:.4f}; the slider covers what this one reached, "
        f"{bounds.observed_lowest:.4f} to {bounds.observed_highest:.4f}.",
    )
    return None if abs(value - theta) < step / 2 else value


def split(selection: Selection) -> None:
    """Teachers, students and those that take no part, a row of chips each, surest first.

    It is one element: of several the page would keep the old ones until the run has ended.
    """
    order = sorted(
        range(len(selection.languages)), key=lambda index: -float(selection.confidence[index])
    )
    ranked = [selection.languages[index] for index in order]
    left_out = [name for name in selection.students if not learns(selection, name)]
    students = [name for name in selection.students if name not in left_out]
    rows = [
        _row("Teachers", [name for name in ranked if name in selection.teachers], "blue", "school"),
        _row("Students", [name for name in ranked if name in students], "orange", "person"),
    ]
    if left_out:
        members = [name for name in ranked if name in left_out]
        rows.append(_row("Left out", members, "gray", "person_off"))
    st.markdown("\n\n".join(rows))


def _row(title: str, members: Sequence[str], colour: str, icon: str) -> str:
    """A title with the number of languages, and a badge each."""
    chips = [f":{colour}-badge[:material/{icon}: {escape(name)}]" for name in members]
    return " ".join([f"**{title} ({len(members)})**", *(chips or [":gray[none]"])])


def learns(selection: Selection, language: str) -> bool:
    """Whether anybody teaches a language, as far as the strategy decides it."""
    return selection.lessons is None or bool(selection.teachers_of(language))
