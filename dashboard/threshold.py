"""The teachers on the screen: by the threshold's slider, or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.data.predictions import Predictions
from core.runs.store import StoredRun
from core.selection.strategies import StrategyOptions, choose
from core.selection.teachers import Selection, select_teachers
from dashboard.labels import escape

STEPS = 200
"""Positions of the slider."""
MARGIN = 0.08
"""Room on both sides of the confidences, as a share of their range, to reach all and none."""
LEAST = 1e-4


@dataclass(frozen=True)
class Choice:
    """What the user chose and what follows from it."""

    selection: Selection
    threshold: float | None
    """None for the mean."""
    by_hand: bool


@dataclass(frozen=True)
class Start:
    """Where the controls stand before the user moves them."""

    threshold: float | None = None
    """None for the mean."""
    teachers: tuple[str, ...] | None = None
    """Named by hand, or None for those of the threshold."""

    @classmethod
    def of(cls, run: StoredRun | None, languages: Sequence[str]) -> Start:
        """What the run's own selection used; the mean without one."""
        recorded = (run.record.selection if run else None) or {}
        if run is None or not recorded:
            return cls()
        value = recorded.get("threshold")
        threshold = float(value) if isinstance(value, int | float) else None
        if run.record.config.get("strategy", "alsace") == "alsace":
            return cls(threshold)
        named = tuple(name for name in recorded.get("teachers") or () if name in languages)
        return cls(threshold, named or None)


def choose_teachers(
    predictions: Predictions, run: StoredRun | None = None, url_key: str = "theta"
) -> Choice:
    """Draw the slider and the choice by hand; return the selection they give.

    Args:
        predictions: what the choice is made from.
        run: the run they are of; the controls start from its own selection.
        url_key: name of the threshold in the address.
    """
    _forget_others(run.id if run else "", url_key)
    mean = select_teachers(predictions)
    start = Start.of(run, mean.languages)
    left, right = st.columns([3, 2], gap="large", vertical_alignment="bottom")
    with right:
        by_hand = st.toggle(
            "Choose by hand",
            value=start.teachers is not None,
            key="by_hand",
            help="Name the teacher languages yourself instead of by the threshold.",
        )
    with left:
        threshold = _slider(mean, start.threshold, url_key, disabled=by_hand)
    selection = select_teachers(predictions, threshold)
    if not by_hand:
        return Choice(selection, threshold, by_hand=False)
    named = st.multiselect(
        "Teachers",
        selection.languages,
        default=start.teachers or selection.teachers,
        key="teachers",
        help="Languages that teach; all others are students. Starts from the run's own choice, "
        "else from the threshold's.",
    )
    if not named:
        st.warning("Name at least one teacher.", icon=":material/warning:")
        return Choice(selection, threshold, by_hand=False)
    options = StrategyOptions(teachers=tuple(named))
    return Choice(choose(predictions, "by-hand", threshold, options), threshold, by_hand=True)


def _forget_others(shown: str, url_key: str) -> None:
    """Let the controls start anew when another run is looked at."""
    before = st.session_state.get("choice_of", shown)
    st.session_state["choice_of"] = shown
    if before == shown:
        return
    for key in (url_key, "by_hand", "teachers"):
        st.session_state.pop(key, None)


def _slider(mean: Selection, start: float | None, url_key: str, *, disabled: bool) -> float | None:
    """The threshold the user moved to, or None at the mean."""
    bounds, theta = mean.bounds, mean.threshold
    width = max(bounds.observed_highest - bounds.observed_lowest, LEAST)
    low = max(bounds.lowest, bounds.observed_lowest - MARGIN * width)
    high = min(bounds.highest, bounds.observed_highest + MARGIN * width)
    step = (high - low) / STEPS
    value = st.slider(
        "Threshold θ on the normalised confidence",
        min_value=low,
        max_value=high,
        value=theta if start is None else min(max(start, low), high),
        step=step,
        format="%.4f",
        key=url_key,
        bind="query-params",
        disabled=disabled,
        help="A language teaches when its normalised confidence reaches θ. It starts where the "
        f"run had it; the default is the mean, 1 / {len(mean.languages)} = {theta:.4f}. With "
        f"{len(mean.languages)} languages no model could ever get below {bounds.lowest:.4f} or "
        f"above {bounds.highest:.4f}; the slider covers what this one reached, "
        f"{bounds.observed_lowest:.4f} to {bounds.observed_highest:.4f}.",
    )
    return None if abs(value - theta) < step / 2 else value


def split(selection: Selection) -> None:
    """Teachers and students as chips, most confident first."""
    order = sorted(
        range(len(selection.languages)), key=lambda index: -float(selection.confidence[index])
    )
    ranked = [selection.languages[index] for index in order]
    for title, members, colour, icon in (
        ("Teachers", selection.teachers, "blue", ":material/school:"),
        ("Students", selection.students, "orange", ":material/person:"),
    ):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(f"**{title} ({len(members)})**", width="content")
            for language in (name for name in ranked if name in members):
                st.badge(escape(language), color=colour, icon=icon)  # type: ignore[arg-type]
            if not members:
                st.caption("none")
