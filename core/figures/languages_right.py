"""Items answered right in exactly k languages, before and after (ALSACE, Figure 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.text import text_width
from core.figures.theme import Chart
from core.metrics.bootstrap import Interval
from core.metrics.languages_right import LanguagesRight
from core.quoting import signed

WHEN = ("before", "after")
AXES = ("Languages that answer an item right", "Items (%)")
EXPECTED = "expected if independent"

SHORT = "expected"
"""The same where the figure is too narrow for it; the note says the rest."""
SYMBOL = 18
"""Points of a symbol of the legend with the gaps beside it."""


def languages_right(
    before: LanguagesRight,
    after: LanguagesRight | None = None,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Bars by the number of languages; a short line across each where independent ones would be.

    The bars of items right in all languages are framed.

    Args:
        before: the counts of the model as it was.
        after: of the model it became, in the same languages; None draws one series.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: other languages or items after than before.
    """
    if after is not None and (before.languages, before.items) != (after.languages, after.items):
        raise UserError("before and after must count the same items in as many languages")
    moments = WHEN if after is not None else WHEN[:1]
    rows = _rows(before, after)
    top = max(max(row["share"], row["expected"]) for row in rows)
    cell = theme.plot_width(paper, width, ["100"]) / (before.languages + 1)
    x = alt.X(
        "right:O",
        title=AXES[0],
        scale=alt.Scale(padding=0.12),
        axis=_places(before, cell, theme.font_size(paper)),
    )
    scale = alt.Scale(domain=[0, 1.05 * top], nice=False)
    y = alt.Y("share:Q", title=AXES[1], scale=scale, axis=alt.Axis(tickCount=4))
    fits = not paper or legend_width(moments) <= theme.plot_width(paper, width, ["00"])
    label = EXPECTED if fits else SHORT
    layers = [
        *_bars(x, y, moments, paper, dark),
        _expectations(x, moments, 0.35 * cell * (3 - len(moments)), paper, dark, label),
    ]
    chart = theme.layered(*layers, data=theme.inline(rows)).properties(
        title=theme.title(
            f"Items right in exactly k of {before.languages} languages",
            paper,
            width,
            badges,
            theme.note(_notes(before, after), paper, width),
        )
    )
    finished = theme.finish(chart, paper, width, 90 if paper else 220, dark)
    finished.usermeta = {"digits": {"share": 2, "expected": 2}}
    return finished


def legend_width(moments: Sequence[str]) -> float:
    """Points of the legend on paper, its parts side by side."""
    return sum(text_width(name, theme.font_size(True)) + SYMBOL for name in (*moments, EXPECTED))


def in_words(
    before: LanguagesRight, after: LanguagesRight | None = None, change: Interval | None = None
) -> str:
    """How many items are right in every language, and whether that is decidedly more or fewer.

    Args:
        before: the counts of the model as it was.
        after: of the model it became.
        change: of the share of items right in all languages, in points.
    """
    every = f"all {before.languages} languages"
    was = _of(before)
    if after is None:
        return f"Right in {every}: {was}; independent languages would give {_expected(before)}."
    text = (
        f"Right in {every}: {was} before and {_of(after)} after; independent languages would give "
        f"{_expected(before)} and {_expected(after)}."
    )
    if change is None:
        return text
    if change.verdict == "unchanged":
        return f"{text} They are the same items."
    decided = {"up": "decidedly more", "down": "decidedly fewer"}.get(
        change.verdict, "these items do not decide whether it rose or fell"
    )
    return (
        f"{text} Change of the share {signed(change.estimate)} points, 95 % interval "
        f"{signed(change.low)} to {signed(change.high)}: {decided}."
    )


def _of(counted: LanguagesRight) -> str:
    return f"{counted.in_all:,} of {counted.items:,} items ({100 * counted.shares[-1]:.1f} %)"


def _expected(counted: LanguagesRight) -> str:
    return f"{100 * counted.expected[-1]:.1f} %"


def _rows(before: LanguagesRight, after: LanguagesRight | None) -> list[dict[str, Any]]:
    """One record a bar; shares in percent."""
    return [
        {
            "right": k,
            "when": when,
            "items": int(counted.counts[k]),
            "share": 100 * float(counted.shares[k]),
            "expected": 100 * float(counted.expected[k]),
            "in all": k == counted.languages,
        }
        for k in range(before.languages + 1)
        for when, counted in zip(WHEN, (before, after), strict=True)
        if counted is not None
    ]


def _places(before: LanguagesRight, cell: float, font: int) -> alt.Axis:
    """The numbers below the bars, as many as there is room for; that of all is bold."""
    last = before.languages
    least = text_width(str(last), font, bold=True) + 3
    every = next(n for n in (1, 2, 5, 10, 20, 50, 1000) if n * cell >= least)
    shown = [k for k in range(0, last, every) if (last - k) * cell >= least]
    return alt.Axis(
        values=[*shown, last],
        labelAngle=0,
        labelOverlap=False,
        labelFontWeight=alt.condition(
            f"datum.value == {last}", alt.value("bold"), alt.value("normal")
        ),
        ticks=False,
    )


def _bars(x: alt.X, y: alt.Y, moments: Sequence[str], paper: bool, dark: bool) -> list[alt.Chart]:
    """Hollow before and filled after, as in all figures; a frame around those right in all."""
    line, inside = [theme.VERMILLION, theme.BLUE], [f"{theme.VERMILLION}33", f"{theme.BLUE}C0"]
    if len(moments) == 1:
        line, inside = line[1:], inside[1:]
    legend: dict[str, Any] = {"legend": None} if len(moments) == 1 else {}
    domain = list(moments)
    offset = alt.XOffset("when:N", sort=domain)
    tooltip = ["right:O", "when:N", "items:Q", "share:Q", "expected:Q"]
    bars = (
        alt.Chart()
        .mark_bar(strokeWidth=0.8)
        .encode(
            x,
            y,
            offset,
            alt.Fill("when:N", title=None, scale=alt.Scale(domain=domain, range=inside), **legend),
            alt.Stroke("when:N", title=None, scale=alt.Scale(domain=domain, range=line), **legend),
            tooltip=tooltip,
        )
    )
    frame = (
        alt.Chart()
        .transform_filter("datum['in all']")
        .mark_bar(fillOpacity=0, stroke=theme.ink(paper, dark), strokeWidth=1.2 if paper else 2)
    )
    return [bars, frame.encode(x, y, offset)]


def _expectations(
    x: alt.X, moments: Sequence[str], length: float, paper: bool, dark: bool, label: str
) -> alt.Chart:
    """What independent languages would give: a short line across each bar."""
    shape = alt.Shape(
        "expectation:N",
        title=None,
        scale=alt.Scale(domain=[label], range=["stroke"]),
        legend=alt.Legend(symbolStrokeColor=theme.ink(paper, dark)),
    )
    mark = alt.Chart().transform_calculate(expectation=f"'{label}'")
    line = mark.mark_point(
        color=theme.ink(paper, dark), size=length**2, strokeWidth=1.2 if paper else 2, opacity=1
    )
    offset = alt.XOffset("when:N", sort=list(moments))
    return line.encode(x, alt.Y("expected:Q", title=AXES[1]), offset, shape)


def _notes(before: LanguagesRight, after: LanguagesRight | None) -> list[str]:
    """The counts in all languages, and where the expectation comes from."""
    counts = f"{before.in_all:,}" if after is None else f"{before.in_all:,} → {after.in_all:,}"
    return [
        f"framed: right in all, {counts} of {before.items:,} items",
        "expected: Poisson-binomial of the accuracies",
    ]
