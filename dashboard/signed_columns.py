"""Changes in tables: a sign before each, a true minus, and none before what rounds to zero."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from core.quoting import signed

SIGNED = re.compile(r"%\+\.?(\d*)[fd]")
"""A number format of Streamlit that writes a sign."""
Columns = Mapping[str, Any]


def with_signs(
    rows: Sequence[Mapping[str, Any]], columns: Columns | None
) -> tuple[Any, dict[str, Any]]:
    """What `st.dataframe` shows so, and its columns; as they are where no format writes a sign.

    Numbers stay numbers, so that a click on the head of a column sorts them.

    Args:
        rows: of the table.
        columns: configuration of its columns.
    """
    known = dict(columns or {})
    digits = {name: found for name, x in known.items() if (found := _digits(x)) is not None}
    here = [name for name in digits if any(name in row for row in rows)]
    if not here:
        return list(rows), known
    import pandas as pd  # most tables need none

    frame = pd.DataFrame([dict(row) for row in rows])
    for name in here:
        frame[name] = pd.to_numeric(frame[name])
        known[name] = {**known[name], "type_config": {**known[name]["type_config"], "format": None}}
    forms: dict[Any, Any] = {
        str(name): partial(_signed, digits[name]) if name in digits else _plain
        for name in frame.columns
    }
    return frame.style.format(forms), known


def _digits(column: Any) -> int | None:
    """Digits after the point of a column with signs; None of any other."""
    of_type = column.get("type_config") if isinstance(column, Mapping) else None
    found = SIGNED.fullmatch(str((of_type or {}).get("format")))
    return int(found[1] or 0) if found else None


def _signed(digits: int, value: Any) -> str:
    return "" if _is_empty(value) else signed(value, digits)


def _plain(value: Any) -> str:
    """Other cells, whose own format goes before this one."""
    if _is_empty(value):
        return ""
    return f"{round(value, 4):g}" if isinstance(value, float) and abs(value) < 1e5 else str(value)


def _is_empty(value: Any) -> bool:
    """No value: none was given, or it is no number where others are."""
    return value is None or (isinstance(value, float) and math.isnan(value))
