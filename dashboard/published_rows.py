"""How rows and numbers of the papers' tables are written, everywhere on their page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.published.recompute import Recomputation
from core.published.tables import AVERAGE, PublishedRow, PublishedTable

ODD = "≠"
"""Stands before what a number should be."""
BOUNDS = {"": "", "least": "≥ ", "most": "≤ "}
"""How a number is written that the paper gives as a least or a greatest one."""


LEAST = 60
"""Pixels of a narrow column."""
PAGE = 1000
"""Pixels that a table has in a wide window."""
SIDEWAYS = "The table is wider than the page: scroll it sideways for the other columns."


def head(row: PublishedRow) -> dict[str, str]:
    """What tells a row from the others, as printed."""
    of = row.model if row.method and row.model != row.name else ""
    return {"Row": row.name, "Of": of, "Setting": row.setting}


def measure_of(table: PublishedTable, measure: str) -> dict[str, str]:
    """What a line is of, where the table has several measures."""
    return {"Measure": table.measures[measure].label if len(table.measures) > 1 else ""}


def note_of(table: PublishedTable, measure: str) -> dict[str, str]:
    """How answers were compared; for the last column, since it is long."""
    return {"Scored": table.measures[measure].note}


def is_average(column: str) -> bool:
    """Of all languages: printed last, and of more interest than any of them."""
    return column == AVERAGE or column.startswith(f"{AVERAGE} ")


def filled(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows without columns in which none has anything."""
    kept = [key for key in rows[0] if any(row[key] not in ("", None) for row in rows)]
    return [{key: row[key] for key in kept} for row in rows]


def given(one: Recomputation) -> str:
    """The recomputed value, written like the printed one."""
    sign = "+" if one.place.part == "change" or one.text[0] in "+-" else ""
    comma = "," if "," in one.text else ""
    return f"{one.recomputed:{sign}{comma}.{digits(one)}f}"


def digits(one: Recomputation) -> int:
    """As many as printed; two, where the text rounds to fewer; none of a count."""
    _, point, printed = one.text.partition(".")
    if not point and one.recomputed == round(one.recomputed):
        return 0
    return max(2, len(printed))


def room(rows: Sequence[Mapping[str, Any]], column: str) -> int:
    """Pixels that the longest cell of a column takes."""
    return 20 + 6 * max(len(str(row.get(column) or "")) for row in rows)


def scroll_hint(rows: Sequence[Mapping[str, Any]]) -> None:
    """Say that a table goes on at the right, which its scroll bar tells only under the mouse."""
    if sum(max(LEAST, room(rows, column)) for column in rows[0]) > PAGE:
        st.caption(SIDEWAYS)


def two_digits(*names: str) -> dict[str, Any]:
    """Configuration of columns with two digits after the point."""
    return {name: st.column_config.NumberColumn(format="%.2f") for name in names}
