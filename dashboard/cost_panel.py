"""What a run will cost, asked before it is started: read and measured in a process of its own."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.config import Config
from core.errors import UserError
from core.estimate.cost import Cost, amount, time_text
from core.jobs.kinds import command_for
from dashboard import cache
from dashboard.cost_process import Asking
from dashboard.labels import escape
from dashboard.shell import show_error

POLL_SECONDS = 0.5
TIME = "On {}, if nothing else runs there. Reading and checking before a run begins are not in it."


def cost_button(kind: str, config: Config | None, *, key: str, place: DeltaGenerator) -> None:
    """A button that says what a run of these settings will cost, and what it said last.

    Args:
        kind: of the run.
        config: of the run; None while it is not usable yet.
        key: of the button.
        place: where the button stands; what it says stands below.
    """
    pressed = place.button(
        "What will it cost?",
        key=f"cost_{key}",
        icon=":material/speed:",
        disabled=config is None,
        help="Read the input, measure this device for some seconds and say how long the run will "
        "take and how much memory. The same as --dry-run in a terminal.",
    )
    told = f"cost_of_{key}"
    words = None if config is None else tuple(command_for(kind, config))
    known: Asking | None = st.session_state.get(told)
    if known is not None and (pressed or known.words != words):
        known.stop()  # of other settings, or asked once more
        known = st.session_state[told] = None
    if pressed and words is not None:
        known = st.session_state[told] = Asking(words, cache.store().root)
    if known is None:
        return
    if known.is_over():
        _answer(known)
    else:
        _wait(known)


@st.fragment(run_every=POLL_SECONDS)
def _wait(asking: Asking) -> None:
    """One look; the whole page is drawn anew once there is an answer."""
    if asking.is_over():
        st.rerun()
    st.status(f"{asking.stage().capitalize()} ({asking.seconds:.0f} s)", state="running")


def _answer(asking: Asking) -> None:
    try:
        cost = asking.cost()
    except UserError as error:
        show_error(error)
    else:
        _show(cost)


def _show(cost: Cost) -> None:
    """The numbers side by side, and what takes how long."""
    with st.container(border=True):
        for column, (label, value, help_) in zip(
            st.columns(4),
            (
                (
                    "Time",
                    time_text(cost.seconds),
                    f"On {cost.device}, if nothing else runs there. What is "
                    "read and checked before a run begins is not counted.",
                ),
                ("Memory", f"{amount(cost.memory)}B", "At the peak."),
                ("Encodings", f"{cost.encodings:,}", "Texts that go through the model."),
                ("Operations", f"{amount(cost.flops)}FLOP", "Of all passes; backward counts two."),
            ),
            strict=True,
        ):
            column.metric(label, value, help=help_)
        longest = sorted(cost.stages, key=lambda stage: -stage[1])[:5]
        parts = [f"{what} {time_text(seconds)}" for what, seconds in longest if seconds >= 1]
        if parts:
            st.caption(escape("Most of it: " + " · ".join(parts)))
