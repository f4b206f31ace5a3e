"""How many examples lie where on the map of agreement and confidence: a heatmap with its counts."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.text import text_width, wrap
from core.figures.theme import Chart
from core.metrics.data_map import BINS, DataMap, cells

TITLE = "Agreement and confidence of every example"
AXES = ("Languages that answer as the vote", "Confidence (mean probability of the vote)")
LEAST_HEIGHT = (13, 26)
"""Points of a cell, on paper and on the screen."""


def data_map(
    found: DataMap,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A heatmap of counts, darker where more examples lie; of the highlighted ones if there are.

    Args:
        found: where every example lies.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: the highlighted language never differs from the vote.
    """
    rows = data_map_rows(found)
    if not rows:
        raise UserError(
            f"{found.language} answers as the vote on all {len(found.agreeing):,} examples: "
            "choose another language"
        )
    most = max(int(row["examples"]) for row in rows)
    columns = list(range(int(found.agreeing.min()), found.languages + 1))
    room = theme.plot_width(paper, width, ["0.0"])
    font = theme.font_size(paper)
    widest = "888" if most < 1000 else "8.8k"
    sizes = (font, font - 1, font - 2)
    size = next((x for x in sizes if text_width(widest, x) + 3 <= room / len(columns)), None)
    levels = BINS - min(round(BINS * float(row["low"])) for row in rows)
    height = max(66, levels * LEAST_HEIGHT[not paper])
    y_title = wrap(AXES[1], height, font)
    layers = _layers(rows, _x(columns, room), y_title, most, room, size)
    note = "; ".join([*_notes(found), *(["numbers left out: too narrow"] * (size is None))])
    chart = theme.layered(
        *layers, data=theme.inline(rows), title=theme.title(TITLE, paper, width, badges, note)
    )
    finished = theme.finish(chart, paper, width, height, dark)
    finished.usermeta = {"digits": {"low": 1, "high": 1}}
    return finished


def data_map_rows(found: DataMap) -> list[dict[str, int | float]]:
    """One record a cell with examples; with gold also how many of them are right, wrong, split."""
    names = ("right", "wrong", "split")
    return [
        {"agreeing": cell.agreeing, "low": cell.low, "high": cell.high, "examples": cell.examples}
        | (dict(zip(names, cell.outcomes, strict=True)) if found.gold else {})
        for cell in cells(found)
    ]


def _x(columns: Sequence[int], room: float) -> alt.X:
    """A column a number of languages, with as many labels as there is room for."""
    step = max(1, -(-len(columns) * 20 // max(1, int(room))))
    return alt.X(
        "agreeing:O",
        title=AXES[0],
        scale=alt.Scale(domain=columns, paddingInner=0.06, paddingOuter=0.03),
        axis=alt.Axis(labelAngle=0, ticks=False, values=columns[::-step]),
    )


def _layers(
    rows: Sequence[dict[str, int | float]],
    x: alt.X,
    y_title: list[str],
    most: int,
    room: float,
    size: float | None,
) -> list[alt.Chart]:
    """The cells on a logarithmic scale, and their counts where they fit."""
    low = min(float(row["low"]) for row in rows)
    scale = alt.Scale(domain=[low, 1], nice=False, zero=False)
    y = alt.Y("low:Q", title=y_title, scale=scale, axis=alt.Axis(tickCount=5, format=".1f"))
    top = max(most, 10)
    ticks = [10**k for k in range(7) if 10**k <= top]
    color = alt.Color(
        "examples:Q",
        title="Examples",
        scale=alt.Scale(type="log", scheme="cividis", reverse=True, domain=[1, top]),
        legend=alt.Legend(gradientLength=0.6 * room, titleOrient="top", values=ticks, format="~s"),
    )
    tooltip = theme.tooltip(*(f"{name}:Q" for name in rows[0]))
    base = alt.Chart().encode(x)
    boxes = base.mark_rect(strokeWidth=0).encode(y, alt.Y2("high:Q"), color, tooltip=tooltip)
    if size is None:
        return [boxes]
    short = "datum.examples < 1000 ? format(datum.examples, 'd') : format(datum.examples, '.2s')"
    numbers = (
        base.transform_calculate(middle="(datum.low + datum.high) / 2", count=short)
        .mark_text(fontSize=size)
        .encode(
            alt.Y("middle:Q", title=y_title, scale=scale),
            text="count:N",
            color=theme.number_ink("examples"),
        )
    )
    return [boxes, numbers]


def _notes(found: DataMap) -> list[str]:
    """Which examples are counted, of how many languages."""
    total, languages = len(found.agreeing), found.languages
    voters = "1 language" if languages == 1 else f"{languages} languages"
    if found.highlighted is None:
        return [f"counts of {total:,} examples in {voters}"]
    count = int(found.highlighted.sum())
    return [
        f"counts of the {count:,} of {total:,} examples on which {found.language} answers "
        f"otherwise than the vote of {voters}"
    ]
