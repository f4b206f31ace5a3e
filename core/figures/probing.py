"""What is known about each region in each language: before, after and the difference, by chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.text import text_width
from core.figures.theme import Chart
from core.metrics.probing import ProbingScores
from core.quoting import minus

AVERAGE = "AVERAGE"
CHANCE = "chance"
TITLE = "Knowledge by region and language"
BEFORE, AFTER, DIFFERENCE = "before", "after", "difference"
PANELS = (BEFORE, AFTER, DIFFERENCE)
LEVELS, CHANGES = "levels", "changes"
"""Names of the layers of cells: each has its own colours."""
HEADINGS = {BEFORE: "Before", AFTER: "After", DIFFERENCE: "After minus before (points)"}
LIMIT = 30.0
"""Points at the ends of the scale of differences; larger ones have the colour of its end."""
SMALLEST = 4.0
"""Points of a cell's width; below it nothing can be read."""
SMALLEST_NUMBER = 5.0
"""Points of a number on paper; smaller ones are left out."""
EM_A_LETTER = 0.57
"""Width of a digit or sign, in ems."""
LONGEST_REGION = 200
"""Points of a region's name; the rest is cut."""


@dataclass(frozen=True)
class Grid:
    """Where the cells are: the panels side by side, or one above the other in a narrow figure."""

    columns: Sequence[str]
    """Keys of the columns, gaps between the panels among them."""
    rows: Sequence[str]
    labels: dict[str, str]
    """What is written at a key."""
    stacked: bool
    cell: float
    """Width of a column in points."""
    decimals: int
    """Digits after the point of the numbers."""
    sizes: dict[str, Any]
    """Font size of the numbers of a panel, in points or as an expression of the width; a panel
    whose numbers don't fit is not in it."""


def probing_map(
    before: ProbingScores,
    after: ProbingScores | None = None,
    *,
    panels: Sequence[str] = PANELS,
    note: str = "",
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Heatmaps of accuracy (%), the number in every cell; at or below chance in italics, dotted.

    Accuracies have one scale in every figure, 0 to 100 %, differences one that is symmetric. The
    chance of each region stands in a column of its own.

    Args:
        before: the scores of the model as it was.
        after: of the model it became, on the same prompts; None draws one panel.
        panels: those to draw of `PANELS`.
        note: added below it.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: too many languages for the width on paper.
    """
    shown = [x for x in PANELS if x in panels] if after is not None else [BEFORE]
    rows = _rows(before, after, shown or [BEFORE])
    regions, languages = [*before.total, AVERAGE], list(before.average)
    grid = _grid(rows, regions, languages, paper, width)
    column, row = "datum.column", "datum.region"
    if grid.stacked:
        panel = f"(datum.panel == '{CHANCE}' ? '{_panels(rows)[0]}' : datum.panel)"
        column, row = "datum.language", f"{panel} + '|' + datum.region"
    told = theme.percent_or_points("value", f"datum.panel == '{DIFFERENCE}'")
    cell = theme.tooltip("panel:N", "region:N", "language:N")
    base = (
        alt.Chart()
        .transform_calculate(x=column, y=row, told=told)
        .encode(*_axes(grid, paper), tooltip=[*cell, alt.Tooltip("told:N", title="Accuracy")])
    )
    room = grid.cell * len(grid.columns)
    layers = [
        *_cells(base, rows, room, theme.ink(paper, dark)),
        *_numbers(base, rows, grid, paper),
    ]
    if len(_panels(rows)) > 1:
        layers.append(_headings(grid, rows, languages, paper))
    said = [note, "• and italics: at or below chance"]
    if set(_panels(rows)) - set(grid.sizes):
        said.append("numbers left out where the cells are too small")
    chart = (
        theme.layered(*layers, data=theme.inline(rows))
        .resolve_scale(color="independent")
        .properties(title=theme.title(TITLE, paper, width, badges, "; ".join(x for x in said if x)))
    )
    height = len(grid.rows) * (11 if paper else 24)
    finished = theme.finish(chart, paper, width, height, dark)
    finished.usermeta = {
        "table": {"index": "region", "columns": "column", "values": "value"},
        "digits": {},
    }
    return finished


def _rows(
    before: ProbingScores, after: ProbingScores | None, panels: Sequence[str]
) -> list[dict[str, Any]]:
    """One record a cell, in percent and points."""
    chance = {**before.chance, AVERAGE: before.mean_chance}
    rows = [_cell(CHANCE, region, CHANCE, value, False) for region, value in chance.items()]
    for panel in panels:
        for language in before.average:
            was = {**before.accuracy[language], AVERAGE: before.average[language]}
            if after is None or panel == BEFORE:
                values = was
            else:
                now = {**after.accuracy[language], AVERAGE: after.average[language]}
                values = now if panel == AFTER else {x: now[x] - was[x] for x in chance}
            for region, guess in chance.items():
                low = panel != DIFFERENCE and values[region] <= guess + 1e-9
                rows.append(_cell(panel, region, language, values[region], low))
    return rows


def _cell(panel: str, region: str, language: str, share: float, low: bool) -> dict[str, Any]:
    return {
        "region": region,
        "panel": panel,
        "language": language,
        "value": 100 * share,
        "at_chance": low,
        "column": panel if panel == CHANCE else f"{language} {panel}",
    }


def _panels(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The panels with languages."""
    return list(dict.fromkeys(str(row["panel"]) for row in rows if row["panel"] != CHANCE))


def _grid(
    rows: Sequence[dict[str, Any]],
    regions: Sequence[str],
    languages: Sequence[str],
    paper: bool,
    width: int | None,
) -> Grid:
    """Side by side where every difference can be read, else one above the other."""
    shown = _panels(rows)
    names = [region[:40] for region in regions]
    font = theme.font_size(paper)
    room = theme.plot_width(paper, width, names, titled=False)
    beside = [CHANCE]
    for number, panel in enumerate(shown):
        gap = [" " * (number + 1)] if len(shown) > 1 else []
        beside += [*gap, *(f"{language} {panel}" for language in languages)]
    least = text_width("+00", SMALLEST_NUMBER + 0.5) + 1.5
    stacked = paper and len(shown) > 1 and room / len(beside) < least
    if stacked:
        columns = [CHANCE, *languages]
        keys = [[f"#{panel}", *(f"{panel}|{region}" for region in regions)] for panel in shown]
        places = [key for part in keys for key in part]
        labels = {f"{panel}|{region}": region for panel in shown for region in regions}
        labels |= {x: x for x in languages}
    else:
        columns, places = beside, list(regions)
        labels = {f"{language} {panel}": language for panel in shown for language in languages}
        labels |= {region: region for region in regions}
    cell = room / len(columns)
    if paper and cell < SMALLEST:
        fitting = max(1, int(room / SMALLEST) - 2)
        raise UserError(
            f"{len(languages)} languages don't fit into this width: "
            "choose a wider one, such as acl-page, "
            f"or show at most {fitting} of them"
        )
    decimals = int(max(_ems(rows, 1).values()) * (font - 2 * (not paper)) + 2 <= cell)
    sizes: dict[str, Any] = {}
    for panel, em in _ems(rows, decimals).items():
        size = min(font, (cell - 1.5) / em)
        if not paper:
            own = f"{EM_A_LETTER} * max(2, length(datum.written))"
            sizes[panel] = alt.ExprRef(f"min({font}, (width / {len(columns)} - 1) / ({own}))")
        elif size >= SMALLEST_NUMBER:
            sizes[panel] = size
    labels |= {CHANCE: CHANCE}
    return Grid(columns, places, labels, stacked, cell, decimals, sizes)


def _ems(rows: Sequence[dict[str, Any]], decimals: int) -> dict[str, float]:
    """Width of the widest number of each panel, in ems."""
    found: dict[str, float] = {}
    for row in rows:
        panel = row["panel"]
        sign = "+" if panel == DIFFERENCE else ""
        text = minus(f"{row['value']:{sign}.{decimals}f}")
        found[panel] = max(found.get(panel, 0), 1.03 * text_width(text, 1))
    return found


def _axes(grid: Grid, paper: bool) -> tuple[alt.X, alt.Y]:
    font = theme.font_size(paper)
    written = f"{json.dumps(grid.labels)}[datum.value] || ''"
    small = min(font, grid.cell)
    flat = all(text_width(grid.labels.get(x, ""), small) + 2 <= grid.cell for x in grid.columns[1:])
    widest = max(text_width(grid.labels.get(x, ""), small) for x in grid.columns[1:])
    gap = 2 if grid.columns[1] not in grid.labels else 1
    long_chance = (text_width(CHANCE, small) + widest) / 2 + 3 > gap * grid.cell
    x = alt.X(
        "x:N",
        title="Language",
        scale=alt.Scale(domain=list(grid.columns), paddingInner=0, paddingOuter=0),
        axis=alt.Axis(
            labelAngle=0 if flat and not long_chance else -90,
            labelExpr=written,
            labelFontSize=small,
            labelOverlap=False,
            ticks=False,
            domain=False,
        ),
    )
    y = alt.Y(
        "y:N",
        title=None,
        scale=alt.Scale(domain=list(grid.rows), paddingInner=0, paddingOuter=0),
        axis=alt.Axis(
            labelExpr=written,
            labelLimit=LONGEST_REGION,
            labelOverlap=False,
            ticks=False,
            domain=False,
        ),
    )
    return x, y


def _cells(
    base: alt.Chart, rows: Sequence[dict[str, Any]], room: float, ink: str
) -> list[alt.Chart]:
    """Accuracies in cividis, differences in a diverging scheme, chance in outlined cells."""
    kept = base.transform_filter(
        f"datum.panel != '{CHANCE}' && datum.panel != '{DIFFERENCE}'"
    ).mark_rect()
    moved = base.transform_filter(f"datum.panel == '{DIFFERENCE}'").mark_rect()
    chance = base.transform_filter(f"datum.panel == '{CHANCE}'").mark_rect(
        fillOpacity=0, stroke=ink, strokeWidth=0.5
    )
    length = 0.36 * room
    accuracy = alt.Color(
        "value:Q",
        scale=alt.Scale(scheme="cividis", domain=[0, 100]),
        legend=alt.Legend(
            title="Accuracy (%)",
            titleOrient="top",
            gradientLength=length,
            values=[0, 50, 100],
        ),
    )
    change = alt.Color(
        "value:Q",
        scale=alt.Scale(
            scheme="blueorange", reverse=True, domain=[-LIMIT, LIMIT], domainMid=0, clamp=True
        ),
        legend=alt.Legend(
            title="Change (points)",
            titleOrient="top",
            gradientLength=length,
            values=[-LIMIT, 0, LIMIT],
        ),
    )
    shown = _panels(rows)
    layers = [chance]
    if shown != [DIFFERENCE]:
        layers.append(kept.encode(accuracy).properties(name=LEVELS))
    if DIFFERENCE in shown:
        layers.append(moved.encode(change).properties(name=CHANGES))
    return layers


def _numbers(
    base: alt.Chart, rows: Sequence[dict[str, Any]], grid: Grid, paper: bool
) -> list[alt.Chart]:
    """The number of each cell, and a dot in the corner of those at or below chance."""
    signed = f"format(datum.value, '+.{grid.decimals}f')"
    plain = f"format(datum.value, '.{grid.decimals}f')"
    base = base.transform_calculate(
        written=f"datum.panel == '{DIFFERENCE}' ? "
        f"(test(/[1-9]/, {signed}) ? {signed} : {plain.replace('datum.value', '0')}) : {plain}"
    )
    edge = 2 if paper else 4
    corner = {
        "xOffset": alt.ExprRef(f"bandwidth('x') / 2 - min({edge}, bandwidth('x') / 6)"),
        "yOffset": alt.ExprRef(f"min({edge}, bandwidth('y') / 6) - bandwidth('y') / 2"),
    }
    layers = []
    for panel in (CHANCE, *_panels(rows)):
        own = base.transform_filter(f"datum.panel == '{panel}'")
        layer = CHANGES if panel == DIFFERENCE else LEVELS
        ink = theme.number_ink("value", f"{layer}_color")
        color = {} if panel == CHANCE else {"color": ink}
        low = own.transform_filter("datum.at_chance")
        dot = low.mark_circle(size=4 if paper else 12, opacity=1, aria=False, **corner)
        layers.append(dot.encode(**color))
        if panel in grid.sizes:
            mark = {"fontSize": grid.sizes[panel]}
            text = alt.Text("written:N")
            above = own.transform_filter("!datum.at_chance").mark_text(**mark)
            layers.append(above.encode(text, **color))
            layers.append(low.mark_text(**mark, fontStyle="italic").encode(text, **color))
    return layers


def _headings(
    grid: Grid, rows: Sequence[dict[str, Any]], languages: Sequence[str], paper: bool
) -> alt.Chart:
    """The name of each panel above its first cell."""
    shown, font = _panels(rows), theme.font_size(paper)
    long = text_width(HEADINGS[DIFFERENCE], font, bold=True)
    narrow = grid.cell * len(languages) < 1.1 * long
    words = {**HEADINGS, DIFFERENCE: "Difference"} if narrow and not grid.stacked else HEADINGS
    marks = [
        {
            "x": CHANCE if grid.stacked else f"{languages[0]} {panel}",
            "y": f"#{panel}" if grid.stacked else "",
            "panel": words[panel],
        }
        for panel in shown
    ]
    base = alt.Chart(theme.inline(marks)).mark_text(
        align="left",
        baseline="middle" if grid.stacked else "bottom",
        dy=0 if grid.stacked else -4,
        fontWeight="bold",
    )
    return base.encode(
        x=alt.X("x:N", bandPosition=0),
        y=alt.Y("y:N") if grid.stacked else alt.value(0),
        text="panel:N",
    )
