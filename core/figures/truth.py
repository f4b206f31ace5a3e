"""How often the teachers that a strategy chooses for a region truly know it, beside chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from core.figures import theme
from core.figures.theme import Chart
from core.selection.truth import BY_REGION, SCOPES, TOGETHER, TruthCheck

WORDS = {BY_REGION: "chosen region by region", TOGETHER: "chosen once for all regions"}
COLORS = {BY_REGION: theme.BLUE, TOGETHER: theme.VERMILLION}
CHANCE = "chance"
TITLES = {
    "all": "Regions whose teachers all truly know them",
    "precision": "Teachers that truly know the region",
    "recall": "Languages that truly know the region, and teach",
}
AXES = {
    "all": "Share of the regions (%)",
    "precision": "Share of the teachers (%)",
    "recall": "Of those who know (%)",
}


def truth(
    found: TruthCheck,
    *,
    measure: str = "all",
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Two points a strategy with the range of the seeds, and a tick for random teachers.

    Strategies that choose alike share a row (see `core.selection.truth.TruthCheck.rows`).

    Args:
        found: the check.
        measure: one of `core.selection.truth.MEASURES`.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    rows = _rows(found, measure)
    y = alt.Y("strategy:N", sort=list(found.rows), title=None, axis=alt.Axis(ticks=False))
    offset = alt.YOffset("scope:N", sort=list(WORDS.values()), scale=alt.Scale(paddingOuter=0.35))
    x = alt.X(
        "share:Q",
        title=AXES[measure],
        scale=alt.Scale(domain=[0, 100], nice=False, padding=4),
        axis=alt.Axis(values=[0, 25, 50, 75, 100]),
    )
    base = alt.Chart().encode(
        x, y, offset, tooltip=["strategy:N", "scope:N", "share:Q", "low:Q", "high:Q", "chance:Q"]
    )
    color = alt.Color(
        "scope:N",
        title=None,
        scale=alt.Scale(domain=list(WORDS.values()), range=list(COLORS.values())),
        legend=alt.Legend(columns=1 if paper and theme.total_width(paper, width) < 300 else 2),
    )
    shape = alt.Shape(
        "scope:N",
        title=None,
        scale=alt.Scale(domain=list(WORDS.values()), range=["circle", "diamond"]),
    )
    tick = base.mark_tick(
        thickness=1.2, size=7 if paper else 13, color=theme.ink(paper, dark), opacity=1
    )
    span = base.mark_rule(strokeWidth=1.2 if paper else 2).encode(
        alt.X("low:Q", title=AXES[measure]), alt.X2("high:Q"), color
    )
    point = base.mark_point(filled=True, size=24 if paper else 60, opacity=1).encode(color, shape)
    layers = [tick.encode(alt.X("chance:Q", title=AXES[measure])), span, point]
    chart = theme.layered(*layers, data=theme.inline(rows)).properties(
        title=theme.title(TITLES[measure], paper, width, badges, _note(found))
    )
    return theme.finish(chart, paper, width, len(found.rows) * (17 if paper else 34), dark)


def _rows(found: TruthCheck, measure: str) -> list[dict[str, Any]]:
    """One record a strategy and scope, in percent."""
    rows = []
    for strategy, (first, *_) in found.rows.items():
        scopes = found.strategies[first]
        for scope in SCOPES:
            part = scopes[scope].measures[measure]
            rows.append(
                {
                    "strategy": strategy,
                    "scope": WORDS[scope],
                    "share": 100 * part.mean,
                    "low": 100 * part.low,
                    "high": 100 * part.high,
                    "chance": 100 * part.chance,
                    "teachers": scopes[scope].teachers,
                }
            )
    return rows


def _note(found: TruthCheck) -> str:
    left_out = f"; left out: {', '.join(found.left_out)}" if found.left_out else ""
    alike = "; ".join(", ".join(names[1:]) for names in found.rows.values() if names[1:])
    left_out += f"; alike: {alike}" if alike else ""
    return (
        f"mean of {len(found.knowing)} regions and {found.seeds} random halves of the questions; "
        f"lines: worst to best half; |: as many teachers at random{left_out}"
    )
