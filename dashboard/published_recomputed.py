"""Every number of a paper's table that follows from others, with its rule and its deviation."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.published.recompute import TEXT, Audit, Recomputation
from dashboard.choice_numbers import switch
from dashboard.published_rows import (
    BOUNDS,
    ODD,
    digits,
    filled,
    given,
    head,
    measure_of,
    note_of,
    room,
    scroll_hint,
)
from dashboard.table_panel import table_panel

UNCUT = ("Of", "Measure", "Column", "Rule", "Explained by", "Scored")
"""Columns as wide as their longest cell."""


def recomputed(audit: Audit, number: int) -> None:
    """Every number of a table that can be computed from others."""
    own = audit.recompute(number)
    found = [*own, *(one for one in audit.repeated if one.table == number)]
    odd = [one for one in found if one.deviates]
    again = len(found) - len(own)
    printed_before = f", {again} repeat another table" if again else ""
    raw = "" if number == TEXT else f" {len(audit.measurements(number))} are measurements."
    if not found:
        st.markdown(f"**Recomputed**: no number can be computed from others.{raw}")
        return
    st.markdown(
        f"**Recomputed**: {len(own)} numbers can be computed from others"
        f"{printed_before}; {len(odd) or 'none'} of them deviate by more than rounding explains."
        + raw
    )
    key = f"{audit.paper.id}_{number}"
    only = switch(
        bool(odd),
        label="Only what deviates",
        key="only_odd",
        of=key,
        disabled=not odd,
        help="Off: every recomputed number of this table.",
    )
    shown = odd if only and odd else found
    places = max(digits(one) for one in shown)
    rows = filled([_line(audit, one) | _as_shown(one, places) for one in shown])
    text = st.column_config.TextColumn
    table_panel(
        rows,
        key=f"recomputed_{key}_{only}",
        file=f"{audit.paper.id}-recomputed-{number or 'text'}",
        columns={x: text(width=room(rows, x)) for x in rows[0] if x in UNCUT}
        | {"": text(width=35)}
        | {"Deviation": st.column_config.NumberColumn(format=f"%+.{places}f")},
        written=filled([_line(audit, one) for one in shown]),
        digits=places,
    )
    scroll_hint(rows)


def _as_shown(one: Recomputation, places: int) -> dict[str, Any]:
    """The numbers as the screen has them: written like the printed one, and no minus zero."""
    return {"Recomputed": given(one), "Deviation": round(one.deviation, places) + 0.0}


def _line(audit: Audit, one: Recomputation) -> dict[str, Any]:
    text = one.table == TEXT
    scored = {} if text else note_of(audit.paper.table(one.table), one.place.measure)
    column = f"{one.column} ({one.place.part})" if one.place.part == "change" else one.column
    return {
        "": ODD if one.deviates else "=",
        **_where(audit, one),
        "Column": column,
        "Printed": f"{BOUNDS[one.bound]}{one.text}",
        "Recomputed": one.recomputed,
        "Deviation": one.deviation,
        "Explained by": one.explained_by or ("–" if one.deviates else ""),
        "Rule": one.rule,
        **scored,
    }


def _where(audit: Audit, one: Recomputation) -> dict[str, str]:
    """The row as the table above has it."""
    if one.table == TEXT:
        return {"Row": audit.paper.statement(one.row).about}
    table = audit.paper.table(one.table)
    return head(table.row(one.row)) | measure_of(table, one.place.measure)
