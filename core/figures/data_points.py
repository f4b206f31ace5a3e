"""Every example as a point on the map of agreement and confidence, for the screen (Plotly, WebGL).

The same map as `core.figures.data_map`, which counts it for paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from core.figures import theme
from core.figures.data_map import AXES, TITLE
from core.figures.text import wrap
from core.metrics.data_map import EXAMPLES, RIGHT, SPLIT, WRONG, DataMap
from core.quoting import quote

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure, Scattergl

HALF = 0.36
"""Points lie within so much of their number of languages."""
HEIGHT = 460
COLOURS = {RIGHT: theme.BLUE, WRONG: theme.VERMILLION, SPLIT: theme.PURPLE, EXAMPLES: theme.BLUE}
SYMBOLS = ("circle", "x", "diamond", "square", "triangle-up", "cross")
"""By outcome: colour alone tells nothing."""


def data_points(
    found: DataMap,
    examples: Sequence[str],
    *,
    badges: Sequence[str] = (),
    width: int | None = None,
    dark: bool = False,
) -> Figure:
    """A scatter with a point an example, whose place in the map is its ``customdata``.

    Args:
        found: where every example lies.
        examples: their ids, in the same order.
        badges: shown below the title.
        width: about what it gets on the screen, in pixels.
        dark: draw for a dark page.
    """
    from plotly.graph_objects import Figure

    x = (found.agreeing + _sideways(found, examples)).astype(np.float32)
    y = found.confidence.astype(np.float32)
    names = np.array([escape(quote(example)) for example in examples], dtype=object)
    groups = [(kept, look) for kept, look in _groups(found) if kept.any()]
    traces = [
        _trace(np.flatnonzero(kept), x, y, names, look, found.languages) for kept, look in groups
    ]
    keys = [_key(look) for _, look in groups]
    return Figure([*traces, *keys], _layout(found, badges, width, dark, len(groups) > 1))


def scattered(examples: Sequence[str]) -> NDArray[np.float64]:
    """[examples]: 0 to 1, evenly spread, and the same for the same id."""
    hashes = np.fromiter(
        (crc32(example.encode("utf-8", "replace")) for example in examples),
        np.uint32,
        len(examples),
    )
    mixed = hashes * np.uint32(2654435769)  # neighbours of a numbered list far apart
    return mixed / 2**32


def _sideways(found: DataMap, examples: Sequence[str]) -> NDArray[np.float64]:
    """[examples]: how far points are moved, within `HALF`; outcomes that meet lie side by side."""
    slot, slots = found.outcome.astype(np.float64), np.full(len(examples), len(found.outcomes))
    if found.gold:  # no other outcome than a split vote has so few agreeing languages
        split = found.outcome == found.outcomes.index(SPLIT)
        slot, slots = np.where(split, 0, slot), np.where(split, 1, 2)
    within = 0.04 + 0.92 * scattered(examples)
    return HALF * (2 * (slot + within) / slots - 1)


def points_table(found: DataMap, examples: Sequence[str]) -> pd.DataFrame:
    """The points as a table: a row an example."""
    import pandas as pd

    columns: dict[str, Any] = {
        "example": list(examples),
        "agreeing": found.agreeing,
        "confidence": found.confidence,
    }
    if found.outcomes != (EXAMPLES,):
        columns["outcome"] = np.array(found.outcomes, dtype=object)[found.outcome]
    if found.highlighted is not None:
        columns[f"{found.language} differs"] = found.highlighted
    return pd.DataFrame(columns)


def _groups(found: DataMap) -> list[tuple[NDArray[np.bool_], dict[str, Any]]]:
    """The points of each outcome and their look; those that are not highlighted lie below all."""
    marked = found.highlighted
    count = len(found.agreeing) if marked is None else int(marked.sum())
    size, opacity = _weight(count)
    groups: list[tuple[NDArray[np.bool_], dict[str, Any]]] = []
    if marked is not None:
        few, strong = _weight(len(marked))
        behind = {"name": "as the vote", "color": theme.QUIET, "symbol": "circle"}
        groups.append((~marked, behind | {"size": few - 1, "opacity": 0.5 * strong}))
    for place, name in enumerate(found.outcomes):
        kept = found.outcome == place
        look = {
            "name": escape(_named(found, name)),
            "color": COLOURS.get(name, theme.OKABE_ITO[place % len(theme.OKABE_ITO)]),
            "symbol": SYMBOLS[place],
            "size": size,
            "opacity": opacity,
        }
        groups.append((kept if marked is None else kept & marked, look))
    return groups


def _named(found: DataMap, outcome: str) -> str:
    """What the legend calls an outcome."""
    if found.gold:
        return outcome
    if found.outcomes == (EXAMPLES,):
        return outcome if found.highlighted is None else "differs"
    return f"vote: {quote(outcome)}"


def _weight(count: int) -> tuple[float, float]:
    """Size in pixels and opacity of points: the more there are, the smaller and fainter."""
    steps = ((500, 7, 0.8), (3000, 5, 0.65), (20_000, 4, 0.55))
    return next(((size, opacity) for most, size, opacity in steps if count <= most), (3, 0.4))


def _trace(
    places: NDArray[np.int64],
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    names: NDArray[np.object_],
    look: dict[str, Any],
    languages: int,
) -> Scattergl:
    from plotly.graph_objects import Scattergl

    return Scattergl(
        x=x[places],
        y=y[places],
        text=names[places],
        meta=look["name"],
        customdata=places.astype(np.int32),
        mode="markers",
        legendgroup=look["name"],
        showlegend=False,
        marker={name: look[name] for name in ("color", "symbol", "size", "opacity")},
        hovertemplate="<b>%{text}</b><br>%{x:.0f} of "
        f"{languages} answer as the vote<br>confidence %{{y:.3f}}<br>%{{meta}}<extra></extra>",
    )


def _key(look: dict[str, Any]) -> Scattergl:
    """The entry in the legend: as strong as the points are faint."""
    from plotly.graph_objects import Scattergl

    marker = {"color": look["color"], "symbol": look["symbol"], "size": 8}
    name = look["name"]
    return Scattergl(x=[None], y=[None], mode="markers", name=name, legendgroup=name, marker=marker)


def _layout(
    found: DataMap, badges: Sequence[str], width: int | None, dark: bool, legend: bool
) -> dict[str, Any]:
    """Title, axes and legend as the other figures have them."""
    size, total = theme.font_size(False), theme.total_width(False, width)
    low = int(found.agreeing.min())
    step = max(1, -(-(found.languages - low + 1) * 24 // total))
    lines = [line for part in _notes(found, badges) for line in wrap(part, total - 20, size)]
    title = wrap(TITLE, total - 20, size + 2, bold=True)
    return {
        "title": {
            "text": "<br>".join(title),
            "subtitle": {"text": "<br>".join(map(escape, lines)), "font": {"size": size}},
            "font": {"size": size + 2, "weight": 600},
            **{"x": 0, "xref": "container", "xanchor": "left"},
            **{"y": 1, "yref": "container", "yanchor": "top"},
            "pad": {"t": 6, "l": 4},
        },
        "template": "none",
        "font": {"family": theme.SCREEN_FONT, "size": size, "color": theme.ink(False, dark)},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "height": HEIGHT,
        "margin": {"l": 8, "r": 8, "b": 8, "t": 34 + 16 * len(lines), "pad": 0},
        "xaxis": {
            **_axis(f"{AXES[0]} (of {found.languages})", size),
            "range": [low - 0.6, found.languages + 0.6],
            "tickvals": list(range(found.languages, low - 1, -step)),
            "showgrid": False,
        },
        "yaxis": {
            **_axis(AXES[1], size),
            "range": [max(0.0, float(found.confidence.min()) - 0.02), 1.02],
            "nticks": theme.TICKS + 2,
            "tickformat": ".1f",
        },
        "showlegend": legend,
        "legend": {
            "orientation": "h",
            "font": {"size": size},
            "itemsizing": "constant",
            **{"x": 0, "y": 0, "yref": "container", "yanchor": "bottom"},
        },
        "hoverlabel": {"align": "left", "font": {"family": theme.SCREEN_FONT, "size": size}},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": theme.QUIET, "activecolor": theme.BLUE},
        "dragmode": "zoom",
    }


def _axis(title: str, size: int) -> dict[str, Any]:
    """The look of both axes."""
    return {
        "title": {"text": title, "font": {"size": size}, "standoff": 6},
        "tickfont": {"size": size},
        "gridcolor": "#7a7a7a40",
        "linecolor": theme.QUIET,
        "showline": True,
        "zeroline": False,
        "automargin": True,
    }


def _notes(found: DataMap, badges: Sequence[str]) -> list[str]:
    """What a point is, what is highlighted, and the words of caution."""
    all_of_them = f"{len(found.agreeing):,}"
    parts = [f"a point is one of {all_of_them} examples, moved sideways by its id and colour"]
    if found.highlighted is not None:
        count = int(found.highlighted.sum())
        parts.append(f"in colour: the {count:,} on which {found.language} differs from the vote")
    return [*parts, *(["Badges: " + ", ".join(badges)] if badges else [])]
