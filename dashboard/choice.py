"""A choice that stands in the URL, so that a link reopens the view."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st


def pick(
    options: Mapping[str, str],
    *,
    key: str,
    label: str,
    help: str,
    bare: bool = False,
) -> str:
    """One of several things: the one the URL names, else the one last looked at, else the first.

    Args:
        options: what is written in the URL -> what the list shows; one at least.
        key: name of the query parameter and of the widget.
        label: above the list.
        help: what the choice does.
        bare: the first one is not written in the URL, and nothing but the URL is remembered.
    """
    last = None if bare else st.session_state.get(f"last_{key}")
    wanted = (st.query_params.get(key), last, next(iter(options)))
    _set(key, next(name for name in wanted if name in options))
    first = next(iter(options))
    chosen = st.selectbox(
        label,
        list(options),
        format_func=lambda name: options[name],
        key=key,
        help=help,
        on_change=_write_bare if bare else _write,
        args=(key, first) if bare else (key,),
    )
    if not bare:
        _remember(key, chosen)
    return chosen


def pick_range(low: int, high: int, *, key: str, label: str, help: str) -> tuple[int, int] | None:
    """A range of numbers that the URL names; None for all of them, which the URL leaves out.

    Args:
        low: the least there is.
        high: the largest.
        key: name of the query parameter and of the widget.
        label: above the slider.
        help: what the choice does.
    """
    named = re.fullmatch(r"(\d+)-(\d+)", st.query_params.get(key, ""))
    pair = (int(named[1]), int(named[2])) if named else (low, high)
    inside = low <= pair[0] <= pair[1] <= high
    _set(key, pair if inside else (low, high))
    found: Any = st.slider(
        label,
        low,
        high,
        key=key,
        help=help,
        on_change=_write_bare,
        args=(key, (low, high)),
    )
    return None if tuple(found) == (low, high) else (int(found[0]), int(found[1]))


def pick_number(high: int, *, key: str, label: str, help: str, width: int = 150) -> int:
    """A number from 1 on that the URL names, where it is not 1.

    Args:
        high: the largest there is, 1 at least.
        key: name of the query parameter and of the widget.
        label: above the field.
        help: what the choice does.
        width: of the field, in pixels.
    """
    text = st.query_params.get(key, "")
    _set(key, min(max(int(text), 1), high) if text.isdecimal() else 1)
    return int(
        st.number_input(
            label,
            min_value=1,
            max_value=high,
            step=1,
            key=key,
            help=help,
            width=width,
            on_change=_write_bare,
            args=(key, 1),
        )
    )


def pick_several(
    options: Sequence[str],
    default: Sequence[str],
    *,
    key: str,
    label: str,
    help: str,
    shown: Collection[str] | None = None,
) -> list[str]:
    """Any number of things, none among them: those the URL names, else the default.

    Args:
        options: all there is to choose from.
        default: chosen at first.
        key: name of the query parameter and of the widget.
        label: above the list.
        help: what the choice does.
        shown: the options that the list has here, all if None; the others stay as chosen.
    """
    linked = st.query_params.get(key)
    last = st.session_state.get(f"last_{key}")
    named = list(last if linked is None and last is not None else default)
    if linked is not None:
        named = linked.split(",")
    known = [name for name in dict.fromkeys(named) if name in options]
    here = [name for name in options if shown is None or name in shown]
    elsewhere = [name for name in known if name not in here]
    _set(key, [name for name in known if name in here])
    chosen: list[str] = st.multiselect(
        label,
        here,
        key=key,
        help=help,
        on_change=_write,
        args=(key, elsewhere),
        placeholder="None",
    )
    st.session_state[f"last_{key}"] = [*chosen, *elsewhere]
    return [*chosen, *elsewhere]


def name_in_url(key: str, text: str | None) -> None:
    """Let the URL name this choice from the next rerun on; None takes it out."""
    if text is None:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != text:
        st.query_params[key] = text


def _set(key: str, value: object) -> None:
    """Give a widget its value; one that has it is left alone, so that no later click is undone."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _write(key: str, elsewhere: Sequence[str] = ()) -> None:
    """Write the widget's new value to the URL before the page runs again."""
    value = st.session_state[key]
    _remember(key, value if isinstance(value, str) else [*value, *elsewhere])


def _write_bare(key: str, default: object) -> None:
    """The same, where the URL leaves the default out."""
    value = st.session_state[key]
    text = "-".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    is_default = value == default or (isinstance(value, list) and tuple(value) == default)
    name_in_url(key, None if is_default else text)


def _remember(key: str, value: str | list[str]) -> None:
    st.session_state[f"last_{key}"] = value
    name_in_url(key, value if isinstance(value, str) else ",".join(value))
