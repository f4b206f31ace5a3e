"""How often each language teaches when the choice is repeated on resamples of the examples."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from core.config.strategies import STRATEGIES
from core.figures import theme
from core.figures.theme import Chart
from core.selection.stability import SURE, Stability
from core.selection.stability_text import percent

ROLES = ("teacher here", "student here")
TITLE = "Resamples in which the language teaches (%)"


def stability(
    found: Stability,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Bars of P(teacher), the surest language first, and lines where a role counts as settled.

    Args:
        found: the choice and its resamples.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    rows = stability_rows(found)
    y = alt.Y(
        "language:N",
        sort=[row["language"] for row in rows],
        title="Language",
        axis=alt.Axis(ticks=False, labelOverlap=False),
    )
    x = alt.X(
        "probability:Q",
        title=TITLE,
        scale=alt.Scale(domain=[0, 113], nice=False),
        axis=alt.Axis(values=[0, 25, 50, 75, 100]),
    )
    ends = theme.inline([{"settled": 100 * (1 - SURE)}, {"settled": 100 * SURE}])
    rule = alt.Chart(ends).mark_rule(strokeDash=[4, 2], color=theme.VERMILLION, strokeWidth=1)
    number = alt.Chart().mark_text(align="right")
    layers = [
        _bars(x, y),
        rule.encode(alt.X("settled:Q", title=TITLE)),
        number.encode(x=alt.XValue("width"), y=y, text=alt.Text("probability:Q", format=".0f")),
    ]
    chart = theme.layered(
        *layers,
        data=theme.inline(rows),
        title=theme.title("Stability of the teacher choice", paper, width, badges, _note(found)),
    )
    finished = theme.finish(chart, paper, width, len(rows) * (11 if paper else 20), dark)
    finished.usermeta = {"digits": {"normalized": 4, "low": 4, "high": 4, "probability": 1}}
    return finished


def stability_rows(found: Stability) -> list[dict[str, str | float]]:
    """One record a language, the surest first: P(teacher) in percent, and the interval of ŝ."""
    low, high = found.interval
    rows: list[dict[str, str | float]] = [
        {
            "language": language,
            "role": ROLES[not found.chosen[i]],
            "probability": 100 * float(found.probability[i]),
            "normalized": float(found.selection.normalized[i]),
            "low": float(low[i]),
            "high": float(high[i]),
        }
        for i, language in enumerate(found.selection.languages)
    ]
    return sorted(rows, key=lambda row: -float(row["normalized"]))


def _bars(x: alt.X, y: alt.Y) -> alt.Chart:
    """Filled for those that teach on all examples, hollow for the others."""
    line = alt.Scale(domain=list(ROLES), range=[theme.BLUE, theme.ORANGE])
    fill = alt.Scale(domain=list(ROLES), range=[theme.BLUE, f"{theme.ORANGE}26"])
    tip = theme.tooltip("language:N", "role:N")
    tip.append(alt.Tooltip("probability:Q", format=".1f"))
    tip += [alt.Tooltip(f"{name}:Q", format=".4f") for name in ("normalized", "low", "high")]
    return (
        alt.Chart()
        .mark_bar(strokeWidth=1.2, height={"band": 0.72})
        .encode(
            x,
            y,
            alt.Fill("role:N", title=None, scale=fill),
            alt.Stroke("role:N", title=None, scale=line),
            tooltip=tip,
        )
    )


def _note(found: Stability) -> str:
    """What was drawn, how often the same languages teach, and what decides."""
    known = STRATEGIES[found.selection.strategy]
    theta = f", θ = {found.selection.threshold:.4g}" if known.by_threshold else ""
    name = "ALSACE" if found.selection.strategy == "alsace" else found.selection.strategy
    drawn = f"{found.clusters:,} clusters of {found.examples:,} examples"
    if found.clusters == found.examples:
        drawn = f"{found.examples:,} examples"
    return (
        f"same teachers in {percent(found.same)} of {found.resamples:,} resamples of {drawn}; "
        f"{name}{theta}; dashed: 5 and 95 %"
    )
