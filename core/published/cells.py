"""One cell of a printed table: its number, what stands behind it, and how it is marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Mark = Literal["", "bold", "underlined", "dagger"]
MARKS: Mapping[str, Mark] = MappingProxyType(
    {"": "", "*": "bold", "_": "underlined", "†": "dagger"}
)
STROKE, NONE, ILLEGIBLE = "\\", "-", "?"
"""In place of a number: English's own gap, nothing measured, lost in our copy of the text."""
_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d*\.?\d+)"
_CELL = re.compile(
    rf"(?P<number>\(50\)|{_NUMBER})(?:(?P<change>(?:\([-+][\d.]*\)+))|±(?P<spread>[\d.]+))?"
)


@dataclass(frozen=True)
class Printed:
    """One printed number."""

    text: str
    value: float

    @classmethod
    def of(cls, text: str) -> Printed:
        """A number as it is written, with commas between thousands if there are any."""
        return cls(text, float(text.strip("()").replace(",", "")))

    @property
    def half(self) -> float:
        """Half of the last printed place: the most that rounding can have changed."""
        _, _, decimals = self.text.strip("()").partition(".")
        return 0.5 * 10.0 ** -len(decimals)


@dataclass(frozen=True)
class PublishedCell:
    """One cell of a table; at most a number, and behind it a change or a standard deviation."""

    text: str
    """As printed."""
    number: Printed | None
    """None where the paper prints a stroke, or where our copy of its text has lost the number."""
    change: Printed | None
    """The change in parentheses; None where there is none, or only a dash."""
    spread: Printed | None
    """The standard deviation behind ±."""
    mark: Mark
    placeholder: bool
    """Printed in place of a measurement: ``(50)`` in ALSACE's Table 9."""


def read_cell(text: str) -> PublishedCell:
    r"""A cell as the files hold it.

    ``*12.3*`` is bold, ``_12.3_`` underlined, ``†12.3†`` has a dagger, ``\`` is English's own gap,
    ``-`` nothing, ``?`` illegible, ``7.09(-1.88)`` a number with its change, ``12.3±0.4`` with its
    standard deviation, ``(50)`` a placeholder.

    Raises:
        ValueError: none of these.
    """
    if text in (STROKE, NONE, ILLEGIBLE):
        return PublishedCell(text, None, None, None, "", placeholder=False)
    sign = text[0] if text[0] in MARKS else ""
    inner = text.strip(sign) if sign else text
    found = _CELL.fullmatch(inner)
    if found is None:
        raise ValueError(f"not a cell of a table: {text!r}")
    number, change, spread = found["number"], found["change"], found["spread"]
    return PublishedCell(
        text=inner.replace("(", " (").strip() if change else inner.replace("±", " ± "),
        number=Printed.of(number),
        change=_change(change),
        spread=Printed.of(spread) if spread else None,
        mark=MARKS[sign],
        placeholder=number.startswith("("),
    )


def _change(text: str | None) -> Printed | None:
    digits = (text or "").strip("()")
    return None if digits in ("", "-") else Printed.of(digits)
