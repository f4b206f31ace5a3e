"""A choice that stands in the URL, so that a link reopens the view."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import streamlit as st


def pick(options: Mapping[str, str], *, key: str, label: str, help: str) -> str:
    """One of several things: the one the URL names, else the one last looked at, else the first.

    Args:
        options: what is written in the URL -> what the list shows; one at least.
        key: name of the query parameter and of the widget.
        label: above the list.
        help: what the choice does.
    """
    wanted = (st.query_params.get(key), st.session_state.get(f"last_{key}"), next(iter(options)))
    st.session_state[key] = next(name for name in wanted if name in options)
    chosen = st.selectbox(
        label,
        list(options),
        format_func=lambda name: options[name],
        key=key,
        help=help,
        on_change=_write,
        args=(key,),
    )
    _remember(key, chosen)
    return chosen


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
    st.session_state[key] = [name for name in known if name in here]
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


def _write(key: str, elsewhere: Sequence[str] = ()) -> None:
    """Write the widget's new value to the URL before the page runs again."""
    value = st.session_state[key]
    _remember(key, value if isinstance(value, str) else [*value, *elsewhere])


def _remember(key: str, value: str | list[str]) -> None:
    st.session_state[f"last_{key}"] = value
    text = value if isinstance(value, str) else ",".join(value)
    if st.query_params.get(key) != text:
        st.query_params[key] = text
