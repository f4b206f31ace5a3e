"""The guided path: its list on the overview, and the place of a step on the page it leads to."""

from __future__ import annotations

import streamlit as st

from dashboard import cache
from dashboard.guide_steps import STEP, Step, steps
from dashboard.url_state import name_in_url

FIRST_STEPS = "first_steps"
"""Whether the list is open, in the URL."""
REACHED = "guide_reached"
"""The step whose view was set."""
PLAIN_BACK = (
    "<style>.st-key-guide_bar a[data-testid='stPageLink-NavLink'] {background: none}"
    ".st-key-guide_bar a[data-testid='stPageLink-NavLink'] p {font-weight: 400}"
    ".st-key-guide_next a[data-testid='stPageLink-NavLink'] p {font-weight: 600}</style>"
)
"""Streamlit sets a link to the page one is on in bold, on a ground: here that may be Back."""
WIDTHS = (0.42, 0.58)
"""Of a step's link and its sentence."""
HEADING = "New here? From “what is a teacher language” to a figure for your paper"


def guide() -> None:
    """The list of steps, closed at first, so that it is in nobody's way."""
    with st.expander(
        HEADING, icon=":material/explore:", key=FIRST_STEPS, bind="query-params"
    ) as panel:
        if not panel.open:
            return
        path = steps(cache.readable())
        if not any(step.query for step in path):
            st.markdown(
                "The path leads through the results of a run, and this store has none yet. Press "
                "“Start the demo” below; it takes about two minutes. Or run `python -m core demo`."
            )
        with st.container(gap="xsmall"):
            for number, step in enumerate(path, start=1):
                _line(number, step)


def _line(number: int, step: Step) -> None:
    """One step: where it leads, and what is seen there."""
    left, right = st.columns(WIDTHS, gap="small", vertical_alignment="center")
    label = f"{number}. {step.title}"
    with left:
        if step.query is None:
            st.markdown(f":gray[{label}]")
        else:
            _link(step, number, label)
    right.markdown(
        f":small[{step.sentence}]"
        if step.query is not None
        else f":small[No run for this step yet. {step.missing}]"
    )


def guide_bar() -> None:
    """The place on the path of somebody who follows it; nothing for others."""
    named = st.query_params.get(STEP, "")
    if not named.isdecimal():
        return
    path, number = steps(cache.readable()), int(named)
    if not 1 <= number <= len(path):
        return
    step = path[number - 1]
    if st.session_state.get(REACHED) != number:
        st.session_state.update({REACHED: number, **step.bound})
        st.query_params[STEP] = named  # a link to the same page leaves the old address standing
    st.html(PLAIN_BACK)
    with st.container(border=True, key="guide_bar", gap="small"):
        st.markdown(
            f"**Step {number} of {len(path)}: {step.title}.** {step.sentence} {_down(step)}"
        )
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            _neighbour(path, number, -1)
            _neighbour(path, number, 1)
            st.button(
                "Leave the path",
                key="leave_path",
                type="tertiary",
                icon=":material/close:",
                help="The page stays as it is; the overview has the path.",
                on_click=name_in_url,
                args=(STEP, None),
            )


def _down(step: Step) -> str:
    """Where on the page it is, if not at its top."""
    if not step.section:
        return ""
    name = f"#{step.section}".lower().replace(" ", "-")
    return f"Further down: [{step.section}]({name})."


def _neighbour(path: list[Step], number: int, way: int) -> None:
    """The next step in a direction that has a run; the overview beyond the ends."""
    places = range(number + way, len(path) + 1 if way > 0 else 0, way)
    found = next((place for place in places if path[place - 1].query is not None), None)
    if found is None:
        st.page_link(
            "../pages/overview.py",
            label="All steps",
            icon=":material/home:",
            query_params={FIRST_STEPS: "true"},
        )
        return
    step = path[found - 1]
    if way > 0:
        with st.container(key="guide_next", width="content"):
            _link(step, found, f"Next: {step.title}")
    else:
        _link(step, found, "Back", "arrow_back")


def _link(step: Step, number: int, label: str, icon: str = "arrow_forward") -> None:
    """To the exact view of a step."""
    st.page_link(
        f"../pages/{step.page}.py",
        label=label,
        icon=f":material/{icon}:",
        query_params={**(step.query or {}), STEP: str(number)},
    )
