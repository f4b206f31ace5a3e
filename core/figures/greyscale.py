"""Does a figure survive a printer without colours? Its colours in grey, and which look alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

HEX = re.compile(r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")
ALIKE = 10.0
"""Points of lightness (CIE L*, 0 to 100) below which two greys can't be told apart in print."""
COLOURED = ("color", "fill", "stroke")
TOLD_BY = ("shape", "strokeDash", "xOffset", "yOffset", "x", "y", "row", "column", "facet", "text")
"""Channels that tell the same thing without colour."""


def lightness(colour: str) -> float:
    """CIE L* of a colour ``#rrggbb`` or ``#rrggbbaa`` on white (CIE 15:2004), 0 to 100."""
    opacity = int(colour[7:9], 16) / 255 if len(colour) == 9 else 1.0
    luminance = 0.0
    for place, weight in ((1, 0.2126), (3, 0.7152), (5, 0.0722)):
        value = opacity * int(colour[place : place + 2], 16) / 255 + (1 - opacity)
        linear = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        luminance += weight * linear
    cut = (6 / 29) ** 3
    root = luminance ** (1 / 3) if luminance > cut else luminance / (3 * (6 / 29) ** 2) + 4 / 29
    return 116 * root - 16


def grey(colour: str) -> str:
    """The grey that is as light as a colour ``#rrggbb`` on white; an opacity at its end stays."""
    height = (lightness(colour[:7]) + 16) / 116
    linear = height**3 if height > 6 / 29 else 3 * (6 / 29) ** 2 * (height - 4 / 29)
    value = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return f"#{round(255 * value):02x}" + 2 * f"{round(255 * value):02x}" + colour[7:]


def alike(spec: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names of a figure that have nearly the same grey, and nothing but colour tells them apart.

    Args:
        spec: the figure in Vega-Lite.

    Returns:
        Pairs of names, none twice. A name told by a shape, a dash or a place besides is not here.
    """
    told, colours = set(), []
    for channel, encoding in _encodings(spec):
        name = encoding.get("field")
        if channel in TOLD_BY and name:
            told.add(name)
        if channel in COLOURED and isinstance(encoding.get("scale"), Mapping):
            colours.append((name, encoding["scale"]))
    pairs: dict[tuple[str, str], None] = {}
    for name, scale in colours:
        if name not in told:
            pairs |= dict.fromkeys(_close(scale))
    return list(pairs)


def _close(scale: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The pairs of one scale."""
    known = zip(scale.get("domain") or (), scale.get("range") or (), strict=False)
    greys = [
        (str(name), lightness(colour))
        for name, colour in known
        if isinstance(colour, str) and HEX.fullmatch(colour)
    ]
    for (first, one), (second, other) in combinations(greys, 2):
        if abs(one - other) < ALIKE:
            yield first, second


def _encodings(node: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every channel of every layer."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "encoding" and isinstance(value, Mapping):
                yield from ((name, x) for name, x in value.items() if isinstance(x, Mapping))
            elif key not in ("data", "datasets", "config"):
                yield from _encodings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _encodings(value)
