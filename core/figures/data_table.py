"""The numbers of a figure: as records, as a table, and as a booktabs table for LaTeX."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.figures.restyle import renamed_rows
from core.figures.tex_letters import for_latex

if TYPE_CHECKING:
    import pandas as pd

    from core.figures.theme import Chart


def table(chart: Chart, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The records a figure was drawn from, with these names of languages."""
    import pandas as pd

    return pd.DataFrame(renamed_rows(records(chart), names or {}))


def records(chart: Chart) -> Sequence[Mapping[str, Any]]:
    """The records of a chart as it was drawn."""
    import altair as alt  # is there, as the chart is; a table needs none of it

    data = chart.data
    return data.values if isinstance(data, alt.InlineData) else []


def latex(chart: Chart, names: Mapping[str, str] | None = None) -> str:
    """The figure's data as a booktabs table (one row an index where the figure names one)."""
    frame = table(chart, names)
    meta = chart.usermeta if isinstance(chart.usermeta, dict) else {}
    shape = meta.get("table")
    if shape:
        rows, columns = (frame[shape[key]].drop_duplicates() for key in ("index", "columns"))
        frame = frame.pivot(**shape).reindex(index=rows, columns=columns)
        frame = frame.rename_axis(columns=None).reset_index()
    return table_latex(frame, meta.get("digits", {}))


def table_latex(frame: pd.DataFrame, digits: Mapping[str, int] | None = None) -> str:
    """A table as booktabs LaTeX, a line a row; columns not named in ``digits`` have two digits."""
    frame = frame.map(_in_one_line).rename(columns=_in_one_line)
    buffer = io.StringIO()
    forms: dict[Any, Any] = {name: f"{{:.{count}f}}" for name, count in (digits or {}).items()}
    frame.style.format(forms, escape="latex", precision=2, na_rep="--").format_index(
        escape="latex", axis=1
    ).hide(axis="index").to_latex(buffer, hrules=True)
    return for_latex(buffer.getvalue())


def _in_one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value
