"""Names, colours and shapes of the models of a comparison: the same in all its figures."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from core.config.balance import MULTILINGUAL, parse_model
from core.figures import theme
from core.figures.text import text_width
from core.metrics.balance_scores import TEACHERS

COLOURS = {
    "hl": theme.BLUE,
    "balanced": theme.ORANGE,
    "distilled": theme.VERMILLION,
    "sampled": theme.GREEN,
    "distilled-all": theme.PURPLE,
    "distilled-sampled": theme.SKY,
}
SHAPES = {"hl": "square", "balanced": "triangle-up", "distilled": "circle", "sampled": "cross"}
OTHER_SHAPE, BUDGET_SHAPE, TEACHERS_SHAPE = "triangle-down", "triangle-right", "diamond"
OTHER_HL = theme.SKY
"""HL with a budget of its own; further models with one keep their colour, all have dashed lines."""
SOLID, DASHED = [1, 0], [4, 2]
SYMBOL = 26
"""Points of a legend's entry beside its text."""


def title_of(model: str) -> str:
    """``hl-epochs`` -> ``HL (same epochs)``; a name that is none of a comparison's stays."""
    if model == TEACHERS:
        return "Teachers"
    try:
        way, budget = parse_model(model)
    except ValueError:
        return model
    return MULTILINGUAL[way].title + (f" (same {budget})" if budget else "")


def _look(model: str, place: int) -> tuple[str, str]:
    """Colour and shape."""
    if model == TEACHERS:
        return theme.QUIET, TEACHERS_SHAPE
    try:
        way, budget = parse_model(model)
    except ValueError:
        return theme.OKABE_ITO[place % len(theme.OKABE_ITO)], "circle"
    if not budget:
        return COLOURS[way], SHAPES.get(way, OTHER_SHAPE)
    return OTHER_HL if way == "hl" else COLOURS[way], BUDGET_SHAPE


def dash_channel(models: Sequence[str], legend: alt.Legend | None = None) -> alt.StrokeDash:
    """Dashed lines for models with a budget of their own.

    Args:
        models: as :func:`model_channels` has them.
        legend: that of the colours, to share it; None for none.
    """
    titles = [title_of(model) for model in models]
    dashes = [DASHED if _own_budget(model) else SOLID for model in models]
    scale = alt.Scale(domain=titles, range=dashes)
    return alt.StrokeDash("model:N", title=None, scale=scale, legend=legend)


def _own_budget(model: str) -> bool:
    try:
        return parse_model(model)[1] is not None
    except ValueError:
        return False


def model_channels(models: Sequence[str], paper: bool, room: float) -> tuple[alt.Color, alt.Shape]:
    """Colour and shape by model, with one legend.

    The data's column ``model`` holds titles (:func:`title_of`).

    Args:
        models: in the order of the legend.
        paper: the paper theme.
        room: points that the legend has, which begins where the plot does.
    """
    titles = [title_of(model) for model in models]
    looks = [_look(model, place) for place, model in enumerate(models)]
    legend = legend_of(titles, paper, room)
    colours, shapes = zip(*looks, strict=True)
    return (
        alt.Color(
            "model:N", title=None, scale=alt.Scale(domain=titles, range=colours), legend=legend
        ),
        alt.Shape(
            "model:N", title=None, scale=alt.Scale(domain=titles, range=shapes), legend=legend
        ),
    )


def legend_of(titles: Sequence[str], paper: bool, room: float) -> alt.Legend:
    """A legend in as many columns as there is room for."""
    widest = max(text_width(title, theme.font_size(paper)) for title in titles) + SYMBOL
    columns = max(1, min(len(titles), int(room / widest)))
    return alt.Legend(columns=columns)
