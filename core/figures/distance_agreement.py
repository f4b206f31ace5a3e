"""Do languages with a similar grammar answer alike? A point a pair of languages."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np

from core.figures import theme
from core.figures.theme import Chart
from core.languages import OTHER_FAMILY, family
from core.metrics.mantel import Mantel
from core.metrics.teacher_signal_text import p_of
from core.quoting import signed
from core.selection.nearness import Nearness

KINDS = ("same family", "other families")
COLOURS = (theme.VERMILLION, theme.BLUE)
X, Y = "Typological distance (0 to 1)", "Agreement (Cohen's κ)"


def distance_agreement(
    found: Nearness,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A scatter of all pairs, with Spearman's rho and the p of the Mantel test.

    Args:
        found: distance and agreement of every pair.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    rows = pair_rows(found)
    kinds = [kind for kind in KINDS if any(row["families"] == kind for row in rows)]
    colours = [COLOURS[KINDS.index(kind)] for kind in kinds]
    values = np.array([float(row["kappa"]) for row in rows])
    low, high = float(values.min()), float(values.max())
    room = 0.06 * (high - low) or 0.05
    base = alt.Chart().encode(
        alt.X(
            "distance:Q",
            title=X,
            scale=alt.Scale(domain=[-0.02, 1.02], nice=False),
            axis=alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1], format=".1f"),
        ),
        alt.Y(
            "kappa:Q",
            title=Y,
            scale=alt.Scale(domain=[low - room, high + room], nice=False, zero=False),
            axis=alt.Axis(tickCount=theme.TICKS),
        ),
        alt.Color("families:N", title=None, scale=alt.Scale(domain=kinds, range=colours)),
        alt.Shape(
            "families:N",
            title=None,
            scale=alt.Scale(domain=kinds, range=["diamond", "circle"][-len(kinds) :]),
        ),
        tooltip=[
            "language:N",
            "other:N",
            alt.Tooltip("distance:Q", format=".2f"),
            alt.Tooltip("kappa:Q", format=".2f"),
        ],
    )
    mark = base.mark_point(filled=True, size=18 if paper else 50, opacity=0.75)
    chart = theme.layered(mark, data=theme.inline(rows)).properties(
        title=theme.title(
            "Typological distance and agreement", paper, width, badges, note_of(found.test)
        )
    )
    finished = theme.finish(chart, paper, width, 120 if paper else 280, dark)
    finished.usermeta = {"digits": {"distance": 3, "kappa": 3}}
    return finished


def pair_rows(found: Nearness) -> list[dict[str, str | float]]:
    """One record a pair of languages."""
    names = found.languages
    return [
        {
            "language": names[i],
            "other": names[j],
            "distance": float(found.distance[i, j]),
            "kappa": float(found.kappa[i, j]),
            "families": KINDS[not _related(names[i], names[j])],
        }
        for i in range(len(names))
        for j in range(i + 1, len(names))
    ]


def note_of(test: Mantel) -> str:
    """Rho, p and how they were made, in one line."""
    if test.rho is None or test.p is None:
        return "no rank correlation: one of the two is the same for all pairs"
    how = "all" if test.languages <= 8 else f"{test.relabellings:,} random"
    return (
        f"Spearman's ρ {signed(test.rho, 2)} over {test.pairs} pairs; Mantel test {p_of(test.p)} "
        f"({how} relabellings of {test.languages} languages)"
    )


def _related(one: str, other: str) -> bool:
    return family(one) == family(other) != OTHER_FAMILY
