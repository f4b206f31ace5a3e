"""A click on a bar or a cell of a chart, told to the page."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.labels import escape
from dashboard.shell import anchor
from dashboard.url_state import MOVED

PICK = "pick"
"""Name of the selection in the chart."""
CLICKABLE = ("bar", "rect", "point", "circle", "square")
Clicked = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True)
class Link:
    """What a click on a chart does."""

    fields: tuple[str, ...]
    """Fields of the chart's data that are told, e.g. run and language."""
    clicked: Clicked
    """Gets their values; nothing where the click took the selection back."""
    section: str = ""
    """Heading of the part of the page that shows what was clicked."""

    def options(self, spec: Mapping[str, Any], key: str) -> dict[str, Any]:
        """The arguments with which Streamlit draws the chart.

        Args:
            spec: of the chart; it is not changed.
            key: of the chart.
        """
        return {
            "spec": clickable(spec, self.fields),
            "on_select": lambda: self._selected(key),
            "selection_mode": PICK,
        }

    def _selected(self, key: str) -> None:
        st.session_state[MOVED] = True
        self.clicked(_picked(key))

    def told(self, key: str) -> str:
        """What was clicked and where it is shown, in Markdown; empty where nothing is selected.

        Args:
            key: of the chart.
        """
        values = [escape(str(value)) for value in _picked(key).values() if value is not None]
        if not values or not self.section:
            return ""
        return f"Chosen: {', '.join(values)}. See [{self.section}](#{anchor(self.section)}) below."


def clickable(spec: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """A copy of a Vega-Lite chart whose first bars, cells or points can be clicked.

    A click on a text in front of a cell counts too: it has the cell's data.
    """
    made: dict[str, Any] = copy.deepcopy(dict(spec))
    unit = _first_unit(made)
    if unit is not None:
        select = {"type": "point", "fields": list(fields), "toggle": False, "clear": "dblclick"}
        unit["params"] = [*unit.get("params", []), {"name": PICK, "select": select}]
        for layer in _units(made):
            mark = layer["mark"]
            named = {"type": mark} if isinstance(mark, str) else mark
            layer["mark"] = {**named, "cursor": "pointer"}
    return made


def _first_unit(spec: dict[str, Any]) -> dict[str, Any] | None:
    """The first layer with marks one can click."""
    return next((unit for unit in _units(spec) if _type(unit) in CLICKABLE), None)


def _units(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The single layers of a layered chart, in order."""
    if "mark" in spec:
        return [spec]
    return [unit for layer in spec.get("layer", []) for unit in _units(layer)]


def _type(unit: Mapping[str, Any]) -> str:
    mark = unit["mark"]
    return str(mark["type"] if isinstance(mark, dict) else mark)


def _picked(key: str) -> dict[str, Any]:
    """The values of the mark that was clicked last; none where nothing is selected."""
    event: Any = st.session_state.get(key) or {}
    chosen = (event.get("selection") or {}).get(PICK) or []
    return dict(chosen[-1]) if chosen else {}
