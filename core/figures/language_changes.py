"""What every language gained or lost: a dot with its interval, filled where the data decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.text import text_width
from core.figures.theme import Chart
from core.metrics.bootstrap import Interval
from core.metrics.paired_bootstrap import PairedBootstrap
from core.metrics.significance import ALPHA, PairedTests

VERDICTS = ("up", "undetermined", "down")
COLOURS = (theme.BLUE, theme.QUIET, theme.VERMILLION)
SHAPES = ("triangle-up", "circle", "triangle-down")
FILLS = (theme.BLUE, "transparent", theme.VERMILLION)
SMALLEST = 1.0
"""Points; changes that span less are drawn on an axis this long each way."""


@dataclass(frozen=True)
class LanguageLine:
    """One language of the figure."""

    language: str
    change: float
    """In points; the mean over the seeds, where there are several."""
    interval: Interval | None = None
    """Over the evaluation items."""
    verdict: str = "undetermined"
    seeds: tuple[float, ...] = ()
    """The change at every seed, where there are several."""


def language_lines(
    before: Mapping[str, float],
    after: Mapping[str, float],
    intervals: PairedBootstrap | None = None,
    tests: PairedTests | None = None,
) -> list[LanguageLine]:
    """The lines of one run: the tests' verdicts, else those of the intervals alone.

    Args:
        before: percent per language.
        after: the same languages.
        intervals: of the same two.
        tests: of the same two.
    """
    lines = []
    for language in before:
        interval = intervals.languages.get(language) if intervals else None
        tested = tests.languages.get(language) if tests else None
        verdict = tested.verdict if tested else interval.verdict if interval else "undetermined"
        change = after[language] - before[language]
        lines.append(LanguageLine(language, change, interval, verdict))
    return lines


def how_tested(tests: PairedTests | None) -> str:
    """What a filled mark means."""
    if tests is None:
        return "filled: the interval excludes 0"
    return f"filled: {tests.method} test, p < {ALPHA:g} after Holm, and the interval excludes 0"


def language_changes(
    lines: Sequence[LanguageLine],
    *,
    heading: str = "Change by language",
    x_title: str = "Change of accuracy (points)",
    note: str = "",
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A forest plot, the greatest gain on top.

    Args:
        lines: one a language.
        heading: the title.
        x_title: of the axis.
        note: below the title.
        badges: shown below it.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: there is no language.
    """
    if not lines:
        raise UserError("no language to show: the two have none in common")
    ordered = sorted(lines, key=lambda line: -line.change)
    rows = [_record(line) for line in ordered]
    order = [line.language for line in ordered]
    room = theme.plot_width(paper, width, order)
    domain = _domain(rows, text_width("+00.0", theme.font_size(paper)) + 8, room)
    scale = alt.Scale(domain=domain, nice=False)
    x = alt.X("change:Q", title=x_title, scale=scale, axis=alt.Axis(tickCount=theme.TICKS))
    y = alt.Y("language:N", sort=order, title="Language", axis=alt.Axis(grid=True, ticks=False))
    tip = [
        "language:N",
        "verdict:N",
        *(alt.Tooltip(f"{name}:Q", format="+.2f") for name in ("change", "low", "high")),
    ]
    base = alt.Chart().encode(y, tooltip=tip)
    colour = _scaled(alt.Color, COLOURS)
    span = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1 if paper else 1.8)
    dots = base.mark_point(size=28 if paper else 70, opacity=1, strokeWidth=1.2)
    numbers = base.transform_calculate(
        end="max(datum.change, datum.high || datum.change, datum.greatest || datum.change)"
    ).mark_text(align="left", dx=4)
    zero = alt.Chart(theme.inline([{"zero": 0}])).mark_rule(strokeDash=[3, 2])
    marks = [
        zero.encode(x=alt.X("zero:Q", title=x_title, scale=scale)),
        span.encode(alt.X("low:Q", title=x_title), alt.X2("high:Q"), colour),
        *_seeds(ordered, y, x_title, paper, dark),
        dots.encode(x, _scaled(alt.Stroke, COLOURS), _scaled(alt.Shape, SHAPES), _filled()),
        numbers.encode(alt.X("end:Q", title=x_title), alt.Text("change:Q", format="+.1f")),
    ]
    chart = theme.layered(*marks, data=theme.inline(rows)).properties(
        title=theme.title(heading, paper, width, badges, note)
    )
    return theme.finish(chart, paper, width, len(rows) * (12 if paper else 24), dark)


def _record(line: LanguageLine) -> dict[str, Any]:
    known = line.interval is not None and line.interval.low == line.interval.low  # not NaN
    return {
        "language": line.language,
        "change": float(line.change),
        "low": line.interval.low if known and line.interval else None,
        "high": line.interval.high if known and line.interval else None,
        "verdict": line.verdict if line.verdict in VERDICTS else "undetermined",
        "seeds": len(line.seeds) or None,
        "least": min(line.seeds) if line.seeds else None,
        "greatest": max(line.seeds) if line.seeds else None,
    }


def _seeds(
    lines: Sequence[LanguageLine], y: alt.Y, x_title: str, paper: bool, dark: bool
) -> list[alt.Chart]:
    """A small mark for each seed, where there are several."""
    marks = [{"language": x.language, "seed": value} for x in lines for value in x.seeds]
    if not marks:
        return []
    tick = alt.Chart(theme.inline(marks)).mark_tick(
        size=6 if paper else 11, thickness=0.8 if paper else 1.4, color=theme.ink(paper, dark)
    )
    return [tick.encode(y, alt.X("seed:Q", title=x_title), tooltip=["language:N", "seed:Q"])]


def _scaled(channel: Any, values: Sequence[str]) -> Any:
    scale = alt.Scale(domain=list(VERDICTS), range=list(values))
    return channel("verdict:N", title=None, scale=scale)


def _filled() -> alt.Fill:
    return _scaled(alt.Fill, FILLS)


def _domain(rows: Sequence[Mapping[str, Any]], label: float, room: float) -> list[float]:
    """Ends of the axis: all marks and 0, and room for a number on the right."""
    names = ("change", "low", "high", "least", "greatest")
    ends = [0.0, *(row[name] for row in rows for name in names if row[name] is not None)]
    low, high = min(ends), max(ends)
    if high - low < SMALLEST:
        low, high = low - SMALLEST, high + SMALLEST
    share = min(0.4, label / room)
    reach = (high - low) / (1 - share - 0.03)
    return [low - 0.03 * reach, high + share * reach]
