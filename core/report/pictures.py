"""Figures inside a web page: SVG for a light and for a dark page, with caption and numbers."""

from __future__ import annotations

import re
from itertools import count

from core.errors import UserError
from core.figures.caption import sentences
from core.figures.data_table import table as data_of
from core.figures.export import Builder, to_svg
from core.figures.style import FONTS
from core.report.html import element, folded, table, text

WIDTH = 680
"""Pixels of a figure; a page of A4 in print."""
_NUMBER = count(1)
_ID = re.compile(r'\bid="([^"]+)"')


def picture(name: str, draw: Builder) -> str:
    """A figure, its caption and its numbers.

    Args:
        name: of the figure.
        draw: draws it.

    Raises:
        UserError: the runs lack the data.
    """
    light, dark = (draw(paper=False, width=WIDTH, dark=shade) for shade in (False, True))
    specs = [chart.to_dict() for chart in (light, dark)]
    said = " ".join(sentences(specs[0])) or name
    drawn = []
    for spec, shade in zip(specs, ("light", "dark"), strict=True):
        spec["config"]["font"] = FONTS["sans"]
        drawn.append(
            element("div", _own_ids(to_svg(spec)), class_=shade, role="img", aria_label=said)
        )
    rows = data_of(light).to_dict("records")
    numbers = folded(
        f"Numbers of this figure ({len(rows):,} rows)",
        table([{str(key): x for key, x in row.items()} for row in rows], digits=3),
    )
    caption = element("figcaption", element("b", text(name)), " · ", text(said))
    return element("figure", *drawn, caption, numbers)


def picture_or_none(name: str, draw: Builder) -> str:
    """The same; nothing where the data for it are missing."""
    try:
        return picture(name, draw)
    except UserError:
        return ""


def _own_ids(svg: str) -> str:
    """An SVG whose ids no other one of the page has."""
    mark = f"f{next(_NUMBER)}_"
    for name in set(_ID.findall(svg)):
        svg = svg.replace(f'id="{name}"', f'id="{mark}{name}"')
        svg = svg.replace(f"url(#{name})", f"url(#{mark}{name})")
        svg = svg.replace(f'href="#{name}"', f'href="#{mark}{name}"')
    return svg
