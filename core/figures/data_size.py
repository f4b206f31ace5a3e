"""How much text each language has, and how much of it is in the balanced data (Table 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.balance_names import legend_of
from core.figures.theme import Chart

WHOLE, BALANCED = "all data", "balanced data"
UNITS = ((1e6, "million characters"), (1e3, "thousand characters"))


def data_size(
    whole: Mapping[str, int],
    balanced: Mapping[str, int],
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A bar a language, the part of it that is balanced inside.

    Args:
        whole: characters trained on by teachers and HL, by language.
        balanced: those of the balanced data; empty where not known.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: the sizes are not known.
    """
    if not whole:
        raise UserError("the run does not tell how much text each language has")
    scale, unit = next((x for x in UNITS if max(whole.values()) >= x[0]), UNITS[-1])
    order = sorted(whole, key=lambda language: -whole[language])
    rows = [
        {"language": x, "data": name, "size": sizes[x] / scale}
        for x in order
        for name, sizes in ((WHOLE, whole), (BALANCED, balanced))
        if x in sizes
    ]
    y = alt.Y(
        "language:N",
        sort=order,
        title="Language" if len(order) > 2 else None,
        axis=alt.Axis(labelOverlap=False, ticks=False),
        scale=alt.Scale(paddingInner=0.25),
    )
    x = alt.X("size:Q", title=f"Text to train on ({unit})", axis=alt.Axis(tickCount=theme.TICKS))
    colour = alt.Color(
        "data:N",
        title=None,
        scale=alt.Scale(domain=[WHOLE, BALANCED], range=[theme.BLUE, theme.ORANGE]),
        legend=legend_of([WHOLE, BALANCED], paper, theme.plot_width(paper, width, order)),
    )
    base = alt.Chart().encode(
        y, x, colour, tooltip=["language:N", "data:N", alt.Tooltip("size:Q", format=".3f")]
    )
    step = 10 if paper else 22
    layers = [
        base.transform_filter(alt.datum.data == name).mark_bar(size=share * step)
        for name, share in ((WHOLE, 0.75), (BALANCED, 0.4))
    ]
    note = "teachers and HL read all data, HL balanced and the student the balanced data"
    chart = theme.layered(*layers, data=theme.inline(rows)).properties(
        title=theme.title("Training text by language", paper, width, badges, note)
    )
    finished = theme.finish(chart, paper, width, len(order) * step, dark)
    return theme.pivoted(finished, "language", "data", "size")
