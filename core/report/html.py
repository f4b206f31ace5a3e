"""Pieces of a web page; every text of the data is escaped."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from core.quoting import minus, visible

MOST_ROWS = 400
"""Rows of a table; a history can have thousands, which the csv file has."""


def text(value: object) -> str:
    """A piece of text, escaped, in one line."""
    return escape(visible(str(value)))


def element(tag: str, *inside: str, **attributes: str) -> str:
    """An element with content that is HTML already; ``class_`` and ``aria_label`` are renamed."""
    names = {name: name.rstrip("_").replace("_", "-") for name in attributes}
    said = "".join(f' {names[name]}="{escape(x)}"' for name, x in attributes.items())
    return f"<{tag}{said}>{''.join(inside)}</{tag}>"


def listed(lines: Iterable[str], **attributes: str) -> str:
    """Plain texts as a list; nothing without any."""
    found = [element("li", text(minus(line))) for line in lines]
    return element("ul", *found, **attributes) if found else ""


def folded(summary: str, *inside: str) -> str:
    """A part that opens on a click, and is open in print."""
    return element("details", element("summary", text(summary)), *inside)


def table(rows: Sequence[Mapping[str, Any]], *, digits: int = 1) -> str:
    """Records as a table, numbers to the right; the first rows of a long one.

    Args:
        rows: with the same keys.
        digits: after the point of a number that is no integer.
    """
    if not rows:
        return ""
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = element("tr", *(element("th", text(name), scope="col") for name in names))
    body = "".join(
        element("tr", *(_cell(row.get(name), digits) for name in names)) for row in rows[:MOST_ROWS]
    )
    drawn = element("table", element("thead", head), element("tbody", body))
    more = len(rows) - MOST_ROWS
    note = element("p", f"... and {more:,} more rows.", class_="quiet") if more > 0 else ""
    return element("div", drawn, class_="scroll") + note


def pairs(values: Mapping[str, Any]) -> str:
    """Names and values, one a row."""
    rows = (
        element("tr", element("th", text(name), scope="row"), element("td", text(_plain(value))))
        for name, value in values.items()
    )
    return element("table", element("tbody", *rows), class_="pairs")


def _cell(value: Any, digits: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return element("td", text(_plain(value)))
    if isinstance(value, int):
        return element("td", minus(f"{value:,}"), class_="number")
    said = minus(f"{value:.{digits}f}") if math.isfinite(value) else "–"
    return element("td", said, class_="number")


def _plain(value: Any) -> str:
    """A value of a setting as people read it."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(x)}" for name, x in value.items())
    return str(value)
