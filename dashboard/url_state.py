"""What the address says of a page's controls: read, checked, and written when one is moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from core.quoting import quote
from dashboard.labels import escape

T = TypeVar("T")
NOTES = "address_notes"
"""Where notes wait while a page is drawn."""
MOVED = "control_moved"
"""Whether a control was moved and the whole page not drawn since."""
PAGE = "page_drawn"
"""Where the title of the page stands that is being drawn."""


class NotOffered(ValueError):
    """A text in the address that is no value of its control; the message says what is one."""

    def __init__(self, offered: str, rest: Any = None) -> None:
        super().__init__(offered)
        self.rest = rest
        """What it names beside that, where it names several; None where the default stands in."""


@dataclass(frozen=True)
class Form(Generic[T]):
    """How a control's value is written in the address."""

    read: Callable[[str], T]
    """Raises `NotOffered`."""
    write: Callable[[T], str]
    offers: str = ""
    """Changes with what there is to choose from."""


def tied(key: str, form: Form[T], default: T, *, of: str = "") -> dict[str, Any]:
    """The arguments that tie a widget to the address, which leaves the default out.

    Args:
        key: name of the query parameter and of the widget.
        form: how its value is written.
        default: its value where the address is silent.
        of: what the choice is about; what was chosen of another one is dropped.
    """
    value = linked(key, form, default, of=of)
    return held(key, form, value, without=form.write(default), of=of)


def held(
    key: str, form: Form[T], value: T, *, without: str | None = None, of: str = ""
) -> dict[str, Any]:
    """Give a widget its value; the arguments by which its next one gets into the address.

    A widget that has the value is left alone, so that no later click is undone; not one that
    offers other things than before, or stood on another page, which is a new one to Streamlit.

    Args:
        key: name of the query parameter and of the widget.
        form: how its value is written.
        value: as the address has it.
        without: the text that the address leaves out.
        of: what the choice is about.
    """
    offers = f"{st.session_state.get(PAGE)}: {form.offers}"
    new = key not in st.session_state or st.session_state.get(f"offers_{key}") != offers
    if new or form.write(st.session_state[key]) != form.write(value):
        st.session_state[key] = value
    st.session_state[f"offers_{key}"] = offers
    return {"key": key, "on_change": _moved, "args": (key, form.write, without, of)}


def linked(key: str, form: Form[T], default: T, *, of: str = "") -> T:
    """The value that the address names, else the default; a wrong one is told.

    What was right before, of another run or of data that are gone, is dropped without a word.
    """
    text = st.query_params.get(key)
    if text is None:
        return default
    was, about = st.session_state.get(f"seen_{key}", (None, ""))
    if was == text and about != of:
        name_in_url(key, None)
        return default
    try:
        value = form.read(text)
    except NotOffered as wrong:
        if was == text:
            name_in_url(key, None)
        else:
            note(f"The link asks for {key} = {quote(text)}, but here it is {wrong}.")
        return default if wrong.rest is None else wrong.rest
    st.session_state[f"seen_{key}"] = (text, of)
    return value


def name_in_url(key: str, text: str | None) -> None:
    """Let the address say this of a control from the next rerun on; None takes it out."""
    st.session_state[f"seen_{key}"] = (text, st.session_state.get(f"seen_{key}", ("", ""))[1])
    if text is None:
        st.query_params.pop(key, None)
    elif st.query_params.get_all(key) != [text]:
        st.query_params[key] = text


def named_in_url(key: str) -> list[str] | None:
    """All names the address gives, with commas or a parameter each; None where it is silent."""
    found = st.query_params.get_all(key)
    return [name for text in found for name in text.split(",") if name] if found else None


def note(sentence: str) -> None:
    """Tell what of the link can't be shown: at the head of a page that is being drawn, or here."""
    waiting: list[str] | None = st.session_state.get(NOTES)
    if waiting is None:
        _show([sentence])
    elif sentence not in waiting:
        waiting.append(sentence)


@contextmanager
def notes_above() -> Iterator[None]:
    """Keep a place here for all notes of the page that the block draws."""
    place = st.container()
    st.session_state[NOTES] = []
    try:
        yield
    finally:
        waiting = st.session_state.pop(NOTES, [])
        if waiting:
            with place:
                _show([*waiting, "All else is as the link says."])


def _show(sentences: Sequence[str]) -> None:
    st.warning("  \n".join(map(escape, sentences)), icon=":material/link_off:")


def _moved(key: str, write: Callable[[Any], str], without: str | None, of: str) -> None:
    """Write the widget's new value to the address before the page runs again."""
    text = write(st.session_state[key])
    name_in_url(key, None if text == without else text)
    st.session_state[f"seen_{key}"] = (text, of)
    st.session_state[MOVED] = True
