"""A table with the buttons that write it for a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.figures.data_table import table_latex
from core.quoting import minus
from dashboard.signed_columns import with_signs

if TYPE_CHECKING:
    import pandas as pd


def table_panel(
    rows: Sequence[Mapping[str, Any]],
    *,
    key: str,
    file: str,
    columns: dict[str, Any] | None = None,
    written: Sequence[Mapping[str, Any]] | None = None,
    digits: int = 1,
) -> None:
    """Show a table, and offer it as csv and as a booktabs table.

    Args:
        rows: what the screen shows, there with a true minus sign in texts.
        key: of the table, unique on the page.
        file: name of the downloaded files, without the ending.
        columns: configuration of the columns on the screen.
        written: what the files hold, if other than what the screen shows.
        digits: after the point of every number in the LaTeX table.
    """
    plain_table(rows, key=key, columns=columns)
    table_files(written or rows, key=key, file=file, digits=digits)


def plain_table(
    rows: Sequence[Mapping[str, Any]], *, key: str, columns: dict[str, Any] | None = None
) -> None:
    """Show a table; arguments as of `table_panel`."""
    data, config = with_signs(
        [{name: minus(x) if isinstance(x, str) else x for name, x in row.items()} for row in rows],
        columns,
    )
    st.dataframe(
        data, hide_index=True, key=key, height="content", column_config=config, placeholder="–"
    )


def table_files(rows: Sequence[Mapping[str, Any]], *, key: str, file: str, digits: int = 1) -> None:
    """The buttons that write a table, as csv and as a booktabs table.

    Args:
        rows: what the files hold.
        key: unique on the page.
        file: name of the downloaded files, without the ending.
        digits: after the point of every number in the LaTeX table.
    """

    def tex() -> bytes:
        frame = _frame(rows)
        numbers = frame.select_dtypes("float").columns
        return table_latex(frame, dict.fromkeys(map(str, numbers), digits)).encode()

    def csv() -> bytes:
        return _frame(rows).to_csv(index=False, lineterminator="\n").encode()

    with st.container(horizontal=True):
        for kind, make, mime, text in (
            ("csv", csv, "text/csv", "The numbers of the table."),
            ("tex", tex, "text/plain", "The table for LaTeX (booktabs)."),
        ):
            st.download_button(
                kind,
                data=make,
                file_name=f"{file}.{kind}",
                mime=mime,
                on_click="ignore",
                key=f"get_{key}_{kind}",
                icon=":material/download:",
                help=text,
            )


def _frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([dict(row) for row in rows])
