"""Where a language stops to teach as the threshold rises, and how sure that is."""

from __future__ import annotations

import json
from collections.abc import Sequence

import altair as alt
import numpy as np
from numpy.typing import NDArray

from core.config.strategies import STRATEGIES
from core.errors import UserError
from core.figures import theme
from core.figures.theme import Chart
from core.selection.stability import Stability, reaching

POINTS = 49
"""Thresholds the curves are drawn at."""
MARGIN = 0.06
"""Of the range of the resamples, kept free on both sides."""
LEAST = 1e-6
HIGH = 0.85
"""Of a row, where P(teacher) is 1."""


def teacher_threshold(
    found: Stability,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A row a language: P(teacher) over the threshold, from 1 down to 0, and its own confidence.

    Args:
        found: a choice by the threshold, and its resamples.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: the strategy does not let all the languages teach that reach the threshold.
    """
    if not STRATEGIES[found.selection.strategy].by_threshold:
        raise UserError(
            f"with the strategy {found.selection.strategy} it is not the threshold alone that "
            "decides who teaches, so there is no curve over the threshold"
        )
    order = np.argsort(-found.selection.normalized, kind="stable")
    names = [found.selection.languages[i] for i in order]
    cuts = _cuts(found)
    rows = _rows(found, cuts)
    base = alt.Chart().transform_calculate(
        row=f"indexof({json.dumps(names)}, datum.language)",
        top=f"datum.row + 1 - {HIGH} * datum.probability / 100",
        foot="datum.row + 1",
    )
    x = alt.X(
        "threshold:Q",
        title="Threshold θ on the normalised confidence ŝ",
        scale=alt.Scale(domain=[float(cuts[0]), float(cuts[-1])], nice=False, zero=False),
        axis=alt.Axis(tickCount=5, grid=False),
    )
    y = alt.Y("top:Q", title="Language", scale=_rows_scale(len(names)), axis=_rows_axis(names))
    area = base.mark_area(
        color=theme.SKY, fillOpacity=0.5, line={"color": theme.BLUE, "strokeWidth": 1}
    ).encode(
        x,
        y,
        alt.Y2("foot:Q"),
        alt.Detail("language:N"),
        tooltip=theme.tooltip("language:N", "threshold:Q", "probability:Q"),
    )
    chart = theme.layered(
        area,
        *_marks(found, names, (x, y), paper),
        data=theme.inline(rows),
        title=theme.title("Who would teach at which threshold", paper, width, badges, _note(found)),
    )
    finished = theme.finish(chart, paper, width, len(names) * (14 if paper else 26), dark)
    finished.usermeta = {"digits": {"threshold": 5, "probability": 1}}
    return finished


def _cuts(found: Stability) -> NDArray[np.float64]:
    """Thresholds from below all resamples to above them, the selection's own inside."""
    theta = found.selection.threshold
    ends = found.normalized.min(), found.normalized.max()
    inside = [x for x in (theta,) if ends[0] - 0.5 * np.ptp(ends) <= x <= ends[1] + np.ptp(ends)]
    low, high = min([ends[0], *inside]), max([ends[1], *inside])
    room = MARGIN * (high - low) or LEAST
    return np.linspace(low - room, high + room, POINTS)


def _rows(found: Stability, cuts: NDArray[np.float64]) -> list[dict[str, str | float]]:
    """One record a language and threshold, in percent."""
    shares = reaching(found.normalized, cuts)
    return [
        {"language": name, "threshold": float(cut), "probability": 100 * float(share)}
        for i, name in enumerate(found.selection.languages)
        for cut, share in zip(cuts, shares[:, i], strict=True)
    ]


def _rows_scale(count: int) -> alt.Scale:
    """The first row on top."""
    return alt.Scale(domain=[count, 0], nice=False)


def _rows_axis(names: Sequence[str]) -> alt.Axis:
    """A name in the middle of each row, and a line at its foot."""
    return alt.Axis(
        values=[i + 0.5 for i in range(len(names))],
        labelExpr=f"{json.dumps(list(names))}[floor(datum.value)]",
        labelOverlap=False,
        ticks=False,
        grid=False,
    )


def _marks(
    found: Stability, names: Sequence[str], axes: tuple[alt.X, alt.Y], paper: bool
) -> list[alt.Chart]:
    """The languages' own confidences, the feet of the rows and the threshold."""
    own = dict(zip(found.selection.languages, found.selection.normalized.tolist(), strict=True))
    points = theme.inline({"threshold": own[x], "top": i + 0.58} for i, x in enumerate(names))
    feet = theme.inline({"top": i + 1} for i in range(len(names)))
    cut = theme.inline([{"threshold": found.selection.threshold}])
    x, y = axes
    return [
        alt.Chart(feet).mark_rule(strokeWidth=0.4, color=theme.QUIET).encode(y),
        alt.Chart(cut)
        .mark_rule(strokeDash=[4, 2], color=theme.VERMILLION, strokeWidth=1.2, clip=True)
        .encode(x),
        alt.Chart(points)
        .mark_point(filled=True, size=16 if paper else 40, color=theme.ORANGE, opacity=1)
        .encode(x, y),
    ]


def _note(found: Stability) -> str:
    return (
        f"rows: P(teacher), 100 % at the top, over {found.resamples:,} resamples; points: ŝ; "
        f"dashed: θ = {found.selection.threshold:.4g}"
    )
