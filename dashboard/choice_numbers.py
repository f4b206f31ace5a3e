"""Numbers, ranges and switches that stand in the URL, so that a link reopens the view."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import url_forms
from dashboard.url_state import Form, tied


def pick_range(low: int, high: int, *, key: str, label: str, help: str) -> tuple[int, int] | None:
    """A range of numbers; None for all of them, which the URL leaves out.

    Args:
        low: the least there is.
        high: the largest.
        key: name of the query parameter and of the widget.
        label: above the slider.
        help: what the choice does.
    """
    everything = (low, high)
    found: Any = st.slider(
        label, low, high, help=help, **tied(key, url_forms.span(low, high), everything)
    )
    return None if tuple(found) == everything else (int(found[0]), int(found[1]))


def pick_number(
    high: int | None,
    *,
    key: str,
    label: str,
    help: str,
    low: int = 1,
    default: int | None = None,
    width: int | None = 150,
    of: str = "",
) -> int:
    """A whole number, typed.

    Args:
        high: the largest there is, ``low`` at least; None without a bound.
        key: name of the query parameter and of the widget.
        label: above the field.
        help: what the choice does.
        low: the least.
        default: left out of the URL; the least if None.
        width: of the field, in pixels; all there is if None.
        of: what the choice is about; what was chosen of another one is dropped.
    """
    start = low if default is None else default
    return int(
        st.number_input(
            label,
            min_value=low,
            max_value=high,
            step=1,
            help=help,
            width=width or "stretch",
            **tied(key, url_forms.whole(low, high), start, of=of),
        )
    )


def slide(
    scale: tuple[float, float, float],
    default: float,
    *,
    key: str,
    label: str,
    help: str,
    digits: str = "g",
    of: str = "",
    disabled: bool = False,
) -> float:
    """A number on a slider; whole where its scale is.

    Args:
        scale: the least there is, the largest, and the step between two positions.
        default: left out of the URL.
        key: name of the query parameter and of the widget.
        label: above the slider.
        help: what the choice does.
        digits: how numbers are told (a format, as ``.4f``).
        of: what the choice is about; what was chosen of another one is dropped.
        disabled: nothing depends on it.
    """
    low, high, step = scale
    form: Form[Any] = url_forms.number(low, high, digits=digits)
    if isinstance(low, int) and isinstance(high, int):
        form = url_forms.whole(low, high)
    value: float = st.slider(
        label,
        low,
        high,
        step=step,
        format=None if digits == "g" else f"%{digits}",
        help=help,
        disabled=disabled,
        **tied(key, form, default, of=of),
    )
    return value


def switch(
    default: bool, *, key: str, label: str, help: str, of: str = "", disabled: bool = False
) -> bool:
    """A switch; arguments as of `slide`."""
    return st.toggle(
        label, help=help, disabled=disabled, **tied(key, url_forms.yes_or_no(), default, of=of)
    )
