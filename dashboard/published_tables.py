"""A paper's table as printed with what deviates marked, and its averages by our definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from core.published.cells import PublishedCell
from core.published.recompute import Audit, Recomputation
from core.published.reviewed import Reviewed
from core.published.summaries import summaries
from core.published.tables import PublishedTable
from dashboard.labels import escape
from dashboard.published_rows import (
    BOUNDS,
    ODD,
    filled,
    given,
    head,
    is_average,
    measure_of,
    note_of,
    room,
    scroll_hint,
    two_digits,
)
from dashboard.table_panel import table_panel

SIGNS = {"": "", "bold": " *", "underlined": " _", "dagger": " †"}
LEGEND = {"bold": "\\* bold in print", "underlined": "\\_ underlined in print"}
PARTS = ("number", "change", "spread")
LONG = {"Measure", "Scored"}
GAPS = ("Gap (ours)", "Printed gap")

Compared = Mapping[tuple[str, str, str, str], Recomputation]
"""What was recomputed of a table, by row, measure, column and part."""


def as_printed(found: Reviewed, table: PublishedTable) -> None:
    """The table as the paper has it; a number that does not follow is marked.

    Measures with other columns are another table.
    """
    compared = _compared(found.audit, table.number)
    blocks = dict.fromkeys(one.columns for one in table.measures.values())
    for number, columns in enumerate(blocks):
        name = f"{found.paper.id}-table-{table.number}" + (f"-{number + 1}" if number else "")
        _block(table, columns, compared, name)
    st.caption(_how(table, any(one.deviates for one in compared.values())))


def _block(table: PublishedTable, columns: Sequence[str], compared: Compared, name: str) -> None:
    """The lines of a table that have these columns."""
    averages_first = sorted(columns, key=lambda x: not is_average(x))
    rows = []
    for row, measure in table.lines():
        line = row.lines[measure]
        if tuple(line) == columns:
            places = {x: [(row.id, measure, x, part) for part in PARTS] for x in averages_first}
            cells = {x: _cell(line[x], map(compared.get, places[x])) for x in averages_first}
            named = head(row) | measure_of(table, measure)
            rows.append(named | cells | note_of(table, measure))
    text = st.column_config.TextColumn
    wide = {x for x in columns if is_average(x) or any(ODD in row[x] for row in rows)} | LONG
    table_panel(
        filled(rows),
        key=f"printed-{name}",
        file=name,
        columns={"Row": text(pinned=True), "Of": text(width=105)}
        | {x: text(width=room(rows, x)) for x in wide},
    )
    scroll_hint(filled(rows))


def _how(table: PublishedTable, marked: bool) -> str:
    """Section, marks, unit, and what must be known of the columns."""
    marks = {cell.mark for *_, cell in table.cells()}
    signs = [text for mark, text in LEGEND.items() if mark in marks]
    if marked:
        signs.append(
            f"{ODD}: does not follow from the other numbers, with what they give behind it"
        )
    legend = f"{'; '.join(signs)}. " if signs else ""
    return (
        f"Section {escape(table.section)}. {legend}Numbers in {escape(table.unit)}. "
        f"{escape(table.notes)}"
    )


def _compared(audit: Audit, number: int) -> Compared:
    again = [one for one in audit.repeated if one.table == number and one.deviates]
    return {one.place[1:]: one for one in (*again, *audit.recompute(number))}


def _cell(cell: PublishedCell, compared: Iterable[Recomputation | None]) -> str:
    """The cell's text with its mark, and behind it what deviates."""
    odd = [given(one) for one in compared if one is not None and one.deviates]
    return f"{cell.text}{SIGNS[cell.mark]}" + (f" {ODD} {', '.join(odd)}" if odd else "")


def our_definition(found: Reviewed, table: PublishedTable) -> None:
    """Average and gap of accuracies by our definition, beside what is printed."""
    rows = [
        {
            **head(table.row(summary.row)),
            "Languages": summary.languages,
            "Average": summary.average,
            "Printed average": summary.printed_average,
            "Others": None if summary.gap is None else summary.average_non_english,
            "Gap (ours)": summary.gap,
            "Printed gap": summary.printed_gap,
            "Worst language": summary.worst,
            "Worst": summary.worst_accuracy,
        }
        for summary in summaries(found.paper)
        if summary.table == table.number
    ]
    if not rows:
        return
    what = "the gap is over the non-English languages only"
    if all(row["Gap (ours)"] is None for row in rows):
        what = "averages are over the languages measured; without English there is no gap"
    st.markdown(f"**By our definition**: {what}.")
    table_panel(
        filled(rows),
        key=f"ours_{found.paper.id}_{table.number}",
        file=f"{found.paper.id}-table-{table.number}-our-gap",
        columns=two_digits("Average", "Printed average", "Others", *GAPS, "Worst"),
        digits=2,
    )


def statements_table(found: Reviewed) -> None:
    """What the text states, each with its section."""
    table_panel(
        [
            {
                "Section": one.section,
                "About": one.about,
                "Numbers": "; ".join(
                    f"{label} {BOUNDS[one.bound]}{number.text}"
                    for label, number in zip(one.labels, one.numbers, strict=True)
                ),
            }
            for one in found.paper.statements()
        ],
        key=f"statements_{found.paper.id}",
        file=f"{found.paper.id}-statements",
        columns={"About": st.column_config.TextColumn(width="large")},
    )
    st.caption(found.figures)
