"""Reliability diagrams, one small square a language: accuracy by how sure the model is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

import altair as alt

from core.figures import theme
from core.figures.style import written
from core.figures.text import text_width
from core.figures.theme import Chart
from core.metrics.calibration import Reliability

GAP = 0.3
"""Between two squares, in sides of a square."""
HEAD = 0.34
"""Above a square, for its name."""
SIDE = {True: 44, False: 110}
"""Points of a square's side, about, by whether it is for paper."""


def reliability(
    found: Mapping[str, Reliability],
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Points on the dashed diagonal are calibrated; grey bars tell where the examples are.

    Args:
        found: the bins of each language.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    names = list(found)
    room = theme.plot_width(paper, width, ["100"])
    across = min(len(names), max(2, round(room / (SIDE[paper] * (1 + GAP)))))
    down = math.ceil(len(names) / across)
    grid = {"across": across + (across - 1) * GAP, "down": down * (1 + HEAD)}
    unit = room / grid["across"]
    places = (
        f"{{i: indexof({json.dumps(names)}, datum.language), c: {across}, "
        f"w: {1 + GAP}, h: {1 + HEAD}}}"
    )
    base = (
        alt.Chart()
        .transform_calculate(at=places)
        .transform_calculate(
            left="(datum.at.i % datum.at.c) * datum.at.w",
            foot="(floor(datum.at.i / datum.at.c) + 1) * datum.at.h",
        )
    )
    x, y = _x(across, grid["across"]), _y(down, grid["down"])
    chart = theme.layered(
        *_frames(found, base, (x, y), unit, paper),
        *_bins(base, x, y, paper),
        data=theme.inline(reliability_rows(found)),
    ).properties(
        title=theme.title(
            "Is the model as sure as it is right?", paper, width, badges, _note(found)
        )
    )
    finished = theme.finish(chart, paper, width, round(unit * grid["down"]), dark)
    finished.usermeta = {"digits": dict.fromkeys(("from", "to", "confidence", "accuracy"), 1)}
    return finished


def reliability_rows(found: Mapping[str, Reliability]) -> list[dict[str, str | float]]:
    """One record a language and bin that holds examples, in percent."""
    return [
        {
            "language": language,
            "from": 100 * float(bins.edges[i]),
            "to": 100 * float(bins.edges[i + 1]),
            "confidence": 100 * float(bins.confidence[i]),
            "accuracy": 100 * float(bins.accuracy[i]),
            "examples": int(bins.counts[i]),
            "share": 100 * float(bins.counts[i] / bins.counts.sum()),
        }
        for language, bins in found.items()
        for i in range(len(bins.counts))
        if bins.counts[i]
    ]


def _x(across: int, end: float) -> alt.X:
    """0, 50 and 100 % in each column of squares."""
    step = 1 + GAP
    axis = alt.Axis(
        values=[round(i * step + part, 4) for i in range(across) for part in (0, 1)],
        labelExpr=f"round(100 * (datum.value - {step} * floor(datum.value / {step} + 0.0001)))",
        labelOverlap=False,
        grid=False,
        domain=False,
        labelFlush=True,
    )
    title = "Probability of the answer (%)"
    return alt.X("x:Q", title=title, scale=alt.Scale(domain=[0, end], nice=False), axis=axis)


def _y(down: int, end: float) -> alt.Y:
    """0 and 100 % in each row of squares, the first row on top."""
    step = 1 + HEAD
    axis = alt.Axis(
        values=[round((i + 1) * step - part, 4) for i in range(down) for part in (0, 1)],
        labelExpr=f"round(100 * (ceil(datum.value / {step} - 0.0001) * {step} - datum.value))",
        labelOverlap=False,
        grid=False,
        domain=False,
    )
    title = "Right answers (%)"
    return alt.Y("y:Q", title=title, scale=alt.Scale(domain=[end, 0], nice=False), axis=axis)


def _frames(
    found: Mapping[str, Reliability],
    base: alt.Chart,
    axes: tuple[alt.X, alt.Y],
    unit: float,
    paper: bool,
) -> list[alt.Chart]:
    """A square, its diagonal and its name with the calibration error, for every language."""
    font = theme.font_size(paper)
    names = {
        language: _named(language, f"ECE {100 * bins.error:.0f}", unit, font)
        for language, bins in found.items()
    }
    squares = base.properties(
        data=theme.inline({"language": x, "name": name} for x, name in names.items())
    ).transform_calculate(x="datum.left", right="datum.left + 1", y="datum.foot - 1")
    quiet = {"color": theme.QUIET, "strokeWidth": 0.6}
    x, y = axes
    return [
        squares.mark_rect(fillOpacity=0, stroke=theme.QUIET, strokeWidth=0.5).encode(
            x, alt.X2("right:Q"), y, alt.Y2("foot:Q")
        ),
        squares.transform_calculate(x="datum.left", y="datum.foot")
        .transform_calculate(top="datum.foot - 1")
        .mark_rule(strokeDash=[3, 2], **quiet)
        .encode(x, alt.X2("right:Q"), y, alt.Y2("top:Q")),
        squares.mark_text(align="left", baseline="bottom", dy=-2).encode(x, y, text="name:N"),
    ]


def _named(language: str, error: str, unit: float, font: int) -> str:
    """The language and its error, or the language alone where there is no room for both."""
    both = f"{language} ({error})"
    return both if text_width(written(both), font) <= unit else language


def _bins(base: alt.Chart, x: alt.X, y: alt.Y, paper: bool) -> list[alt.Chart]:
    """A grey bar for the share of the examples, and a line of points for the accuracy."""
    bars = base.transform_calculate(
        x="datum.left + datum.from / 100",
        right="datum.left + datum.to / 100",
        y="datum.foot - datum.share / 100",
    )
    points = base.transform_calculate(
        x="datum.left + datum.confidence / 100", y="datum.foot - datum.accuracy / 100"
    )
    tip = [
        "language:N",
        *(alt.Tooltip(f"{name}:Q", format=".1f") for name in ("confidence", "accuracy")),
        "examples:Q",
    ]
    line = points.mark_line(color=theme.BLUE, strokeWidth=0.5, opacity=0.6)
    area = alt.Size(
        "share:Q",
        legend=None,
        scale=alt.Scale(domain=[0, 100], range=[3, 90] if paper else [8, 300]),
    )
    return [
        bars.mark_rect(color=theme.QUIET, fillOpacity=0.3, strokeWidth=0).encode(
            x, alt.X2("right:Q"), y, alt.Y2("foot:Q"), tooltip=tip
        ),
        line.encode(x, y, detail="language:N", order="confidence:Q"),
        points.mark_point(filled=True, color=theme.BLUE, opacity=1).encode(x, y, area, tooltip=tip),
    ]


def _note(found: Mapping[str, Reliability]) -> str:
    first = next(iter(found.values()))
    return (
        f"points: right answers by probability, larger with more of the "
        f"{int(first.counts.sum()):,} examples, whose shares are the bars; dashed: as sure as "
        "right; ECE: expected calibration error (points)"
    )
