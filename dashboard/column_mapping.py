"""A preview of a brought table, and which of its columns is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.data.predictions_columns import PredictionColumns, guess
from core.errors import UserError

NONE = "(none)"
ROWS_SHOWN = 5


def mapped_columns(
    names: list[str], rows: Sequence[Mapping[str, Any]], key: str
) -> PredictionColumns | None:
    """Which column is what: as named, else as the user says.

    Args:
        names: of the columns.
        rows: the first ones, as they are.
        key: another one for another file.

    Returns:
        None where the columns have the names that are expected.

    Raises:
        UserError: a column is missing, or chosen for two things, or there are too few.
    """
    known = guess(names, rows)
    try:
        usual = PredictionColumns(**known)  # type: ignore[arg-type]
        expected = usual.expected
    except (TypeError, UserError):
        expected = False
    with st.expander("Preview and columns", expanded=not expected, icon=":material/table_chart:"):
        st.dataframe(rows, hide_index=True, key="brought_preview", height="content")
        chosen = _mapping(names, known, key)
    return None if chosen.expected else chosen


def _mapping(names: list[str], known: Mapping[str, Any], key: str) -> PredictionColumns:
    """Draw a list a role; nothing is chosen in one that no name speaks for."""

    def one(role: str, label: str, help: str, options: list[str]) -> str | None:
        usual = known[role] or NONE
        return st.selectbox(
            label,
            options,
            index=options.index(usual) if usual in options else None,
            key=f"column_{role}_{key}",
            placeholder="Choose a column",
            help=help,
        )

    left, middle, right = st.columns(3)
    with left:
        language = one("language", "Language", "Column with the language of each row.", names)
    with middle:
        example = one(
            "example", "Example", "Column with the id that an example has in every language.", names
        )
    with right:
        label = one(
            "label",
            "Right class",
            "Column with the index of the right class, or the name of its column of "
            "probabilities; none if it is not known.",
            [NONE, *names],
        )
    probabilities = st.multiselect(
        "Probabilities of the classes, in order",
        names,
        default=list(known["probabilities"]),
        key=f"column_probabilities_{key}",
        help="One column a class; the first one is class 0.",
    )
    if language is None or example is None:
        missing = [role for role, x in (("language", language), ("example", example)) if x is None]
        raise UserError(f"no column for the {' or the '.join(missing)}; choose one above")
    try:
        return PredictionColumns(
            language, example, tuple(probabilities), None if label == NONE else label
        )
    except UserError as error:
        raise UserError(f"{error}: say above which column is what") from error
