"""Examples chosen in a chart of all of them: told by the chart, kept in the address, let go."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote as encoded
from urllib.parse import unquote

import streamlit as st

from core.figures.data_points import HALF
from core.metrics.answered import Examples
from core.quoting import quote_all
from dashboard.labels import escape
from dashboard.url_state import Form, NotOffered, linked, name_in_url

IDS, AREA = "ex_ids", "ex_area"
"""Names in the URL: of examples, and of a part of the map of agreement and confidence."""
Area = tuple[int, int, int, int]
"""Least and most agreeing languages, then least and largest confidence in percent."""
NAMED = 5
"""Examples whose ids are listed above their answers."""


def told(
    selection: Mapping[str, Any], examples: Sequence[str], languages: int
) -> dict[str, str | None]:
    """What the address says of a selection on the map: examples by id, or the box around them.

    A box takes all examples of every number of languages it touches: where a point lies within
    its number means nothing.

    Args:
        selection: as Plotly's chart tells it, with ``points`` and ``box``; points have their
            example's place in ``customdata``.
        examples: ids, in the order of the places.
        languages: how many vote.
    """
    boxes = [area for box in selection.get("box") or () if (area := _area(box, languages))]
    if boxes:
        return {IDS: None, AREA: _area_form(languages).write(boxes[-1])}
    places = [_place(point) for point in selection.get("points") or ()]
    named = [examples[x] for x in dict.fromkeys(places) if 0 <= x < len(examples)]
    return {IDS: _ids_form(examples).write(tuple(named)) or None, AREA: None}


def chosen(found: Examples) -> dict[str, Any]:
    """What the address chooses, as fields of a `Filter`, told beside a button that lets it go.

    Args:
        found: the answers to choose from.
    """
    ids = linked(IDS, _ids_form(found.examples), ())
    area = linked(AREA, _area_form(len(found.languages)), None)
    if not ids and area is None:
        return {}
    with st.container(horizontal=True, vertical_alignment="center"):
        said = _ids_said(ids) if ids else _area_said(area or (0, 0, 0, 0), len(found.languages))
        st.caption(f"Chosen in the chart: {escape(said)}.", width="content")
        st.button(
            "All examples",
            key="ex_all",
            icon=":material/close:",
            help="Takes the choice in the chart back.",
            on_click=_let_go,
        )
    if ids:
        return {"examples": ids}
    assert area is not None
    low, high = area[2] / 100, math.inf if area[3] == 100 else area[3] / 100
    return {"agreeing": area[:2], "vote_confidence": (low, high)}


def _let_go() -> None:
    for key in (IDS, AREA):
        name_in_url(key, None)


def _place(point: Mapping[str, Any]) -> int:
    """The place of a point's example, -1 where it has none."""
    value = point.get("customdata")
    value = value[0] if isinstance(value, list) and value else value
    return int(value) if isinstance(value, int | float) else -1


def _area(box: Mapping[str, Any], languages: int) -> Area | None:
    """The numbers of languages that a box touches and its confidences; None beside all points."""
    try:
        (x0, x1), (y0, y1) = (sorted(map(float, box[axis])) for axis in ("x", "y"))
    except (LookupError, TypeError, ValueError):
        return None
    few, many = max(0, math.ceil(x0 - HALF)), min(languages, math.floor(x1 + HALF))
    low, high = (min(100, max(0, x)) for x in (math.floor(100 * y0), math.ceil(100 * y1)))
    return (few, many, low, high) if few <= many and low < high else None


def _ids_form(examples: Sequence[str]) -> Form[tuple[str, ...]]:
    """Ids one after the other, their commas written as %2C."""

    def read(text: str) -> tuple[str, ...]:
        named = [unquote(part) for part in text.split(",") if part]
        known = set(named).intersection(examples)
        if unknown := [name for name in named if name not in known]:
            rest = tuple(name for name in named if name in known)
            raise NotOffered(f"no example {quote_all(unknown)}", rest or None)
        return tuple(named)

    return Form(read, lambda ids: ",".join(encoded(x, safe=" /:|") for x in ids))


def _area_form(languages: int) -> Form[Area | None]:
    """Two ranges, ``5-7,40-62``: of agreeing languages, and of the confidence in percent."""

    def read(text: str) -> Area:
        match = re.fullmatch(r"(\d{1,9})-(\d{1,9}),(\d{1,3})-(\d{1,3})", text)
        few, many, low, high = map(int, match.groups()) if match else (1, 0, 0, 0)
        if not (few <= many <= languages and low <= high <= 100):
            raise NotOffered(f"a part of the map, as 0-{languages},0-100")
        return few, many, low, high

    return Form(read, lambda area: "" if area is None else "{}-{},{}-{}".format(*area))


def _ids_said(ids: Sequence[str]) -> str:
    count = "1 example" if len(ids) == 1 else f"{len(ids)} examples"
    return f"{count}, {quote_all(ids, NAMED)}"


def _area_said(area: Area, languages: int) -> str:
    few, many, low, high = area
    count = f"{few}" if few == many else f"{few} to {many}"
    return (
        f"{count} of {languages} languages answer as the vote, with a confidence from "
        f"{low / 100:.2f} to {high / 100:.2f}"
    )
