"""How the values of controls are written in an address: names, lists, numbers, ranges, switches."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from typing import Any

from core.quoting import quote, quote_all
from dashboard.url_state import Form, NotOffered

MOST = 15
"""More values than this are not listed in a note."""
COMMA, BAR = ",", "|"
"""Between the names of a list; the second where a name has a comma."""


def one_of(options: Collection[str]) -> Form[str]:
    """One of several names, as it is."""

    def read(text: str) -> str:
        if text not in options:
            raise NotOffered(f"one of {_listed(options)}")
        return text

    return Form(read, str, str(list(options)))


def one_or_none(options: Collection[str]) -> Form[str | None]:
    """The same, or no name at all."""
    known = one_of(options)
    return Form(
        lambda text: known.read(text) if text else None, lambda value: value or "", known.offers
    )


def some_of(options: Sequence[str]) -> Form[list[str]]:
    """Any number of names, in any order, one after the other; empty for none."""
    between = BAR if any(COMMA in option for option in options) else COMMA

    def read(text: str) -> list[str]:
        named = [name for name in dict.fromkeys(text.split(between)) if name]
        known = [name for name in named if name in options]
        if len(known) < len(named):
            unknown = quote_all(name for name in named if name not in known)
            raise NotOffered(f"any of {_listed(options)}: not {unknown}", known or None)
        return known

    return Form(read, between.join, str(list(options)))


def number(low: float, high: float, *, digits: str = "g") -> Form[float]:
    """A number within bounds.

    Args:
        low: the least there is.
        high: the largest.
        digits: how the bounds are told (a format).
    """

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise NotOffered(f"a number from {low:{digits}} to {high:{digits}}")
        return value

    return Form(read, lambda value: repr(float(value)), f"{low} {high}")


def whole(low: int, high: int | None) -> Form[int]:
    """A whole number within bounds; without an upper one if None."""

    def read(text: str) -> int:
        value = int(text) if re.fullmatch(r"\d{1,12}", text) else low - 1
        if value < low or (high is not None and value > high):
            to = "on" if high is None else f"to {high}"
            raise NotOffered(f"a whole number from {low} {to}")
        return value

    return Form(read, str, f"{low} {high}")


def span(low: int, high: int) -> Form[tuple[int, int]]:
    """A range of whole numbers, ``2-3``."""

    def read(text: str) -> tuple[int, int]:
        found = re.fullmatch(r"(\d{1,12})-(\d{1,12})", text)
        pair = (int(found[1]), int(found[2])) if found else (high, low)
        if not low <= pair[0] <= pair[1] <= high:
            raise NotOffered(f"a range within {low}-{high}, the lesser number first")
        return pair

    return Form(read, lambda pair: "-".join(map(str, pair)), f"{low} {high}")


def yes_or_no() -> Form[bool]:
    """A switch."""

    def read(text: str) -> bool:
        if text not in ("yes", "no"):
            raise NotOffered("yes or no")
        return text == "yes"

    return Form(read, lambda value: "yes" if value else "no")


def _listed(options: Collection[Any]) -> str:
    if len(options) > MOST:
        return f"the {len(options)} in its list"
    return ", ".join(map(quote, options))
