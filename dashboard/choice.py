"""A choice that stands in the URL, so that a link reopens the view: every control of a page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import url_forms
from dashboard.url_state import Form, held, linked, name_in_url, tied

Options = Mapping[str, str] | Sequence[str]
"""What is written in the URL -> what the control shows; or one text for both."""


def pick(
    options: Options,
    *,
    key: str,
    label: str,
    help: str,
    bare: bool = False,
    default: str | None = None,
    of: str = "",
    width: int | None = None,
) -> str:
    """One of several things: the one the URL names, else the one last looked at, else the first.

    Args:
        options: what is written in the URL -> what the list shows; one at least.
        key: name of the query parameter and of the widget.
        label: above the list.
        help: what the choice does.
        bare: the default is not written in the URL, and nothing but the URL is remembered.
        default: the first one if None.
        of: what the choice is about; what was chosen of another one is dropped.
        width: of the list, in pixels; all there is if None.
    """
    form = url_forms.one_of(options)
    first = _first(options, default)
    last = None if bare else st.session_state.get(f"last_{key}")
    value = linked(key, form, first if last is None or last not in options else last, of=of)
    chosen: str = st.selectbox(
        label,
        list(options),
        format_func=_shown(options),
        help=help,
        width=width or "stretch",
        **held(key, form, value, without=first if bare else None, of=of),
    )
    if not bare:
        st.session_state[f"last_{key}"] = chosen
        name_in_url(key, chosen)
    return chosen


def pick_one(
    options: Options, *, key: str, label: str, help: str, default: str | None = None, of: str = ""
) -> str:
    """One of a few things, side by side; the first if nothing else is the default.

    Args:
        options: what is written in the URL -> what the control shows; one at least.
        key: name of the query parameter and of the widget.
        label: above the control.
        help: what the choice does.
        default: left out of the URL.
        of: what the choice is about; what was chosen of another one is dropped.
    """
    first = _first(options, default)
    chosen: Any = st.segmented_control(
        label,
        list(options),
        format_func=_shown(options),
        required=True,
        help=help,
        **tied(key, url_forms.one_of(options), first, of=of),
    )
    return str(chosen)


def pick_or_none(options: Options, *, key: str, label: str, help: str) -> str | None:
    """One of a few things, side by side, or none of them, as at first."""
    return st.segmented_control(
        label,
        list(options),
        format_func=_shown(options),
        help=help,
        **tied(key, url_forms.one_or_none(options), None),
    )


def pick_some(
    options: Options, default: Sequence[str], *, key: str, label: str, help: str, of: str = ""
) -> list[str]:
    """Any number of a few things, side by side.

    Args:
        options: what is written in the URL -> what the control shows.
        default: chosen at first, and left out of the URL.
        key: name of the query parameter and of the widget.
        label: above the control.
        help: what the choice does.
        of: what the choice is about; what was chosen of another one is dropped.
    """
    chosen: list[str] = st.pills(
        label,
        list(options),
        format_func=_shown(options),
        selection_mode="multi",
        help=help,
        **tied(key, _ordered(list(options)), list(default), of=of),
    )
    return chosen


def pick_list(
    options: Sequence[str],
    default: Sequence[str],
    *,
    key: str,
    label: str,
    help: str,
    placeholder: str = "None",
    of: str = "",
) -> list[str]:
    """Any number of things from a list; arguments as of `pick_some`."""
    chosen: list[str] = st.multiselect(
        label,
        list(options),
        help=help,
        placeholder=placeholder,
        **tied(key, url_forms.some_of(options), list(default), of=of),
    )
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
    """Any number of things, none among them: those the URL names, else the last ones, else default.

    Args:
        options: all there is to choose from.
        default: chosen at first.
        key: name of the query parameter and of the widget.
        label: above the list.
        help: what the choice does.
        shown: the options that the list has here, all if None; the others stay as chosen, for
            the next list that has them, and are not in the address.
    """
    form = url_forms.some_of(options)
    last = [x for x in st.session_state.get(f"last_{key}", default) if x in options]
    here = [name for name in options if shown is None or name in shown]
    kept = st.session_state.get(f"elsewhere_{key}", [x for x in last if x not in here])
    known = dict.fromkeys([*linked(key, form, last), *kept])
    elsewhere = [name for name in known if name in options and name not in here]
    chosen: list[str] = st.multiselect(
        label,
        here,
        help=help,
        placeholder="None",
        **held(key, replace(form, offers=str(here)), [name for name in known if name in here]),
    )
    found = [*chosen, *elsewhere]
    st.session_state[f"last_{key}"], st.session_state[f"elsewhere_{key}"] = found, elsewhere
    name_in_url(key, form.write(chosen))
    return found


def _first(options: Options, default: str | None) -> str:
    """The default if it is offered, else the first."""
    return next(iter(options)) if default is None or default not in options else default


def _shown(options: Options) -> Callable[[str], str]:
    """What a control writes for an option."""
    return (lambda name: options[name]) if isinstance(options, Mapping) else str


def _ordered(options: Sequence[str]) -> Form[list[str]]:
    """A list of names whose order tells nothing, written in the order of the options."""
    form = url_forms.some_of(options)
    return Form(
        form.read, lambda names: form.write([x for x in options if x in names]), form.offers
    )
