"""The papers' tables: choose one, as printed and recomputed; and where a paper disagrees."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.published.finding import Finding
from core.published.papers import PAPERS
from core.published.recompute import TEXT
from core.published.reviewed import Reviewed
from core.quoting import minus
from dashboard.choice import pick
from dashboard.labels import escape
from dashboard.published_recomputed import recomputed
from dashboard.published_tables import as_printed, our_definition, statements_table
from dashboard.shell import anchor
from dashboard.table_panel import table_files

PUBLISHED, DISAGREEMENTS = "Published results", "What the paper's tables disagree about"
PAPER, TABLE = "published_paper", "published_table"
RUNNING_TEXT = "Running text"


def published_section() -> None:
    """Choose a paper and a table; see it as printed, recomputed, and by our definition."""
    st.subheader(PUBLISHED, anchor=anchor(PUBLISHED))
    paper, table = st.columns(2)
    with paper:
        chosen = pick(
            {name: one.paper.name for name, one in PAPERS.items()},
            key=PAPER,
            label="Paper",
            help="One of the three papers that this dashboard follows.",
        )
    found = PAPERS[chosen]
    with table:
        number = _number(found)
    url = found.paper.url
    st.markdown(
        f":small[{found.paper.name}, [{url}]({url}): numbers as printed, captions in our words.]"
    )
    if number == TEXT:
        statements_table(found)
    else:
        shown = found.paper.table(number)
        st.markdown(f"**{escape(shown.title)}**")
        as_printed(found, shown)
        our_definition(found, shown)
    recomputed(found.audit, number)


def _number(found: Reviewed) -> int:
    """The chosen table; `TEXT` for what the running text states."""
    choices = {f"Table {number}": number for number in found.paper.numbers} | {RUNNING_TEXT: TEXT}
    name = pick(
        {name: name for name in choices},
        key=TABLE,
        label="Table",
        help="One of the paper's tables, or the numbers that its running text states.",
    )
    return choices[name]


def disagreements_section() -> None:
    """Every inconsistency of the chosen paper in plain words."""
    st.subheader(DISAGREEMENTS, anchor=anchor(DISAGREEMENTS))
    found = PAPERS[st.session_state.get(PAPER) or next(iter(PAPERS))]
    st.markdown(
        f"{escape(found.paper.name)}: numbers that do not follow from the others, and numbers that "
        "hold and are easily misread. Choose another paper above."
    )
    _list(
        "Numbers that do not follow from the others",
        found.disagreements(),
        f"{found.paper.id}-disagreements",
        "Recomputed",
    )
    _list(
        "Numbers that are easily misread",
        found.cautions(),
        f"{found.paper.id}-cautions",
        "Compared with",
    )


def _list(title: str, found: Sequence[Finding], key: str, beside: str) -> None:
    """The findings, one a line, and their files; ``beside`` says what the other numbers are."""
    st.markdown(f"**{title}** ({len(found)})")
    st.markdown(
        "\n".join(
            f"- **{escape(x.where)}** · {escape(x.cell)}: printed {escape(minus(x.printed))}; "
            f"{beside.lower()} {escape(minus(x.recomputed))}. {escape(minus(x.effect))}"
            for x in found
        )
    )
    rows = [
        {"Where": x.where, "Cell": x.cell, "Printed": x.printed}
        | {beside: x.recomputed, "Effect": x.effect}
        for x in found
    ]
    table_files(rows, key=key, file=key)
