"""Numbers on coloured cells: black or white, what can be read there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import altair as alt
import numpy as np
import pytest
import vl_convert

from core.figures import theme
from core.figures.accuracy_map import accuracy_map
from core.figures.differences import difference_map
from core.figures.g_xlt import g_xlt_map
from core.figures.gain_matrix import gain_matrix
from core.figures.pair_scores import AFTER, BEFORE, CHANGE, PairScores
from core.figures.registry import builder
from core.figures.restyle import restyled
from core.figures.style import PaperStyle
from core.figures.transfer_gap import transfer_gap_map
from tests.figures.test_figures import run_for
from tests.figures.test_teacher_signal_figures import some_matrix

LEAST = 4.5
"""Contrast of a text that can be read (WCAG 2, AA)."""
GREY = PaperStyle(palette="greyscale")
HEATMAPS = (
    "agreement", "data-map", "probing", "probe-transfer", "regional-teachers", "stability-size",
)  # fmt: skip
LOOKS = ({}, {"dark": True}, {"paper": True, "width": 454})
EVENLY = {f"x{value}": float(value) for value in range(101)}


def luminance(colour: str) -> float:
    """Relative luminance of ``rgb(r, g, b)``, ``black`` or ``white``."""
    named = {"black": "0,0,0", "white": "255,255,255"}
    parts = (int(x) / 255 for x in re.findall(r"\d+", named.get(colour, colour)))
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return float(np.dot((0.2126, 0.7152, 0.0722), linear))


def contrasts(spec: Mapping[str, Any]) -> list[float]:
    """Of every black or white text to the coloured cell it stands on."""
    items = list(_items(vl_convert.vegalite_to_scenegraph(dict(spec))["scenegraph"]))
    cells = [x for x in items if "width" in x and str(x.get("fill")).startswith("rgb")]
    found = []
    for text in (x for x in items if x.get("text") and x.get("fill") in ("black", "white")):
        for cell in cells:
            across, down = text["x"] - cell["x"], text["y"] - cell["y"]
            if 0 < across < cell["width"] and 0 < down < cell["height"]:
                low, high = sorted(luminance(x["fill"]) for x in (text, cell))
                found.append((high + 0.05) / (low + 0.05))
    return found


def _items(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the marks of the data are made of."""
    for child in node.get("items", []):
        if node.get("role") == "mark":
            yield child
        elif not str(child.get("role")).startswith(("axis", "legend", "title")):
            yield from _items(child)


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize(
    "scale",
    [
        alt.Scale(scheme="cividis", domain=[0, 100]),
        alt.Scale(scheme="cividis", type="log", reverse=True, domain=[1, 100]),
        alt.Scale(scheme="oranges", domain=[0, 100]),
        alt.Scale(scheme="blueorange", domain=[0, 100], domainMid=50),
        alt.Scale(scheme="blueorange", domain=[10, 90], domainMid=50, reverse=True, clamp=True),
    ],
)
def test_every_number_of_a_scale_can_be_read(scale: alt.Scale, grey: bool) -> None:
    rows = theme.inline({"value": value} for value in range(1, 101))
    base = alt.Chart().encode(x="value:O")
    cells = base.mark_rect().encode(alt.Color("value:Q", scale=scale))
    numbers = base.mark_text(text="8").encode(color=theme.number_ink("value"))
    spec = theme.layered(cells, numbers, data=rows).to_dict()
    found = contrasts(restyled(spec, GREY) if grey else spec)
    assert len(found) == 100 and min(found) >= LEAST


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", HEATMAPS)
def test_every_number_of_a_runs_heatmaps_can_be_read(name: str, look: dict[str, Any]) -> None:
    spec = builder(name, run_for(name))(**look).to_dict()
    for drawn in (spec, restyled(spec, GREY)):
        found = contrasts(drawn)
        assert found and min(found) >= LEAST


def test_every_number_of_the_other_heatmaps_can_be_read() -> None:
    scores = np.arange(121, dtype=float).reshape(11, 11) % 101
    around = {x: value - 50 for x, value in EVENLY.items()}
    names = tuple(f"x{i}" for i in range(11))
    panels = {BEFORE: scores, AFTER: scores, CHANGE: scores - 50}
    wide = replace(some_matrix(), gains=np.linspace(-30, 30, 144).reshape(12, 12))
    charts = [
        (gain_matrix(wide), 12 * 13),
        (accuracy_map({"a run": EVENLY}), 101),
        (transfer_gap_map({"a run": EVENLY | {"en": 100.0}}), 101),
        (transfer_gap_map({"a run": EVENLY | {"en": 50.0}}), 101),
        (difference_map({"a run": around}, heading="Differences"), 102),
        (g_xlt_map(PairScores(names, names, panels, "F1")), 3 * 12 * 12),
        (g_xlt_map(PairScores(names, names, {CHANGE: scores - 50}, "F1")), 12 * 12),
    ]
    for chart, cells in charts:
        for spec in (chart.to_dict(), restyled(chart.to_dict(), GREY)):
            found = contrasts(spec)
            assert len(found) == cells and min(found) >= LEAST
