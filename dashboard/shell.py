"""The frame of every page: title, one sentence, and no error that leaves the page blank."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from core.errors import UserError
from core.quoting import presentable
from dashboard.glossary_panel import glossary_panel
from dashboard.guide import guide_bar
from dashboard.jobs_sidebar import jobs_sidebar
from dashboard.labels import escape
from dashboard.language_order import order_control
from dashboard.link_button import link_button
from dashboard.theme_watch import theme_watch
from dashboard.url_state import PAGE, notes_above

PROBLEMS = "problems"
DARK_CONTRAST = (
    "<style>[data-testid='stBaseButton-primary'] p, [data-testid='stBaseButton-primary'] span,"
    "[data-testid='stMultiSelect'] [data-tag-index] * {color: #14181d}</style>"
)
"""The dark theme's blue is light, so that it can be read as text; Streamlit writes white on it."""
T = TypeVar("T")
R = TypeVar("R")


@contextmanager
def page(title: str, sentence: str) -> Iterator[None]:
    """Draw the head of a page; an error inside the block is shown below what is already there."""
    st.session_state[PAGE] = title
    if st.context.theme.type == "dark":
        st.html(DARK_CONTRAST)
    with st.sidebar:
        jobs = st.container()
    with st.sidebar, errors_shown():
        order_control()
        glossary_panel()
        theme_watch()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title(title)
        link_button()
    st.markdown(sentence)
    with errors_shown():
        guide_bar()
    if problems := st.session_state.pop(PROBLEMS, []):
        show_error(UserError("\n".join(problems)))
    with notes_above(), errors_shown():
        yield
    with jobs, errors_shown():
        jobs_sidebar()  # last: it reads all runs, which the page itself may not need


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show bad input as one message, and a fault of the program as one with its details."""
    try:
        yield
    except UserError as error:
        show_error(error)
    except Exception as error:  # noqa: BLE001 - the last guard of a page; it shows the details
        st.error(
            f"This part of the page failed ({type(error).__name__}). The rest of the dashboard "
            "still works; choose another run or reload the page.",
            icon=":material/error:",
        )
        with st.expander("Details for a bug report"):
            st.code(traceback.format_exc(), language=None, wrap_lines=True)


def anchor(heading: str) -> str:
    """The name by which a link leads to a heading of the page."""
    return re.sub(r"[^a-z]+", "-", heading.lower()).strip("-")


def contents(*headings: str) -> None:
    """Links to the sections of a long page, in one line; a caption would fade them."""
    links = (f"[{heading}](#{anchor(heading)})" for heading in headings)
    st.markdown(f":small[On this page: {' · '.join(links)}]")


def each(action: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do something with every item, in a callback; the page then shows which failed, and why.

    Args:
        action: raises a UserError for an item it can't be done with.
        items: one after the other; a failed one does not stop the rest.

    Returns:
        What the action gave for the items it was done with.
    """
    done, problems = [], []
    for item in items:
        try:
            done.append(action(item))
        except UserError as error:
            problems.append(str(error))
    st.session_state[PROBLEMS] = problems
    return done


def show_error(error: UserError) -> None:
    """The message of bad input, its lines kept and nothing in it interpreted."""
    lines = (presentable(str(error)) or "bad input").split("\n")
    st.error("  \n".join(escape(line) for line in lines), icon=":material/error:")


def empty_state(message: str, command: str | None = None) -> None:
    """What to do when there is nothing to show yet.

    Args:
        message: one or two sentences.
        command: a command line that does the same.
    """
    st.info(message, icon=":material/info:")
    if command:
        st.code(command, language="bash", wrap_lines=True)
