"""Names of rows beside a figure: long ones in lines, centred on their row."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from core.figures import theme
from core.figures.text import text_width, wrap

LABEL = (86, 190)
"""Points of a row's name before it is broken into lines, on paper and on the screen."""


def row_lines(names: Iterable[str], paper: bool, most: float = math.inf) -> dict[str, list[str]]:
    """Name -> its lines, of at most so many points if that is less than usual."""
    width = min(LABEL[not paper], most)
    return {name: wrap(name, width, theme.font_size(paper)) for name in names}


def row_axis(lines: Mapping[str, Sequence[str]], **look: Any) -> alt.Axis:
    """An axis with these names; the first of two lines stands above the middle of the row."""
    broken = json.dumps([name for name, parts in lines.items() if len(parts) > 1])
    return alt.Axis(
        labelExpr=f"{json.dumps(lines)}[datum.value]",
        labelBaseline=alt.condition(
            f"indexof({broken}, datum.value) >= 0", alt.value("bottom"), alt.value("middle")
        ),
        labelLimit=0,
        labelOverlap=False,
        ticks=False,
        **look,
    )


def legend_columns(entries: Sequence[str], room: float, paper: bool) -> int:
    """How many entries of a legend below the plot fit beside one another, at least one."""
    symbol = 22 if paper else 34
    widest = max(text_width(entry, theme.font_size(paper)) + symbol for entry in entries)
    return max(1, min(len(entries), int(room / widest)))
