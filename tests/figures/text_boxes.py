"""Where the texts of an SVG are, from the widths of its font."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.figures.text import text_width

SVG = "{http://www.w3.org/2000/svg}"
ASCENT, DESCENT = 0.68, 0.08
"""Ems above and below the baseline that figures and most letters take."""


@dataclass(frozen=True)
class Box:
    """A text and the rectangle around it, in points of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0.3 and down > 0.3


def page(svg: str) -> tuple[float, float]:
    """Width and height."""
    box = ET.fromstring(svg).attrib["viewBox"].split()
    return float(box[2]), float(box[3])


def text_boxes(svg: str) -> list[Box]:
    """Every line of text that can be seen."""
    return list(_walk(ET.fromstring(svg), np.eye(3)))


def _walk(node: ET.Element, matrix: NDArray[np.float64]) -> Iterator[Box]:
    if node.tag in (f"{SVG}defs", f"{SVG}clipPath") or node.get("opacity") == "0":
        return
    matrix = matrix @ _transform(node.get("transform", ""))
    if node.tag == f"{SVG}text":
        yield from _lines(node, matrix)
    for child in node:
        if child.tag != f"{SVG}tspan":
            yield from _walk(child, matrix)


def _transform(text: str) -> NDArray[np.float64]:
    matrix = np.eye(3)
    for name, inside in re.findall(r"(\w+)\(([^)]*)\)", text):
        values = [float(x) for x in re.split(r"[ ,]+", inside.strip())]
        if name == "translate":
            step = np.array([[1, 0, values[0]], [0, 1, [*values, 0][1]], [0, 0, 1]])
        else:
            assert name == "rotate" and len(values) == 1, name
            c, s = np.cos(np.radians(values[0])), np.sin(np.radians(values[0]))
            step = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        matrix = matrix @ step
    return matrix


def _lines(node: ET.Element, matrix: NDArray[np.float64]) -> Iterator[Box]:
    size = float(node.get("font-size", "0").removesuffix("px"))
    spans = [x for x in node if x.tag == f"{SVG}tspan"]
    down = 0.0
    for part in spans or [node]:
        down += float(part.get("dy", 0)) if spans else 0
        text = (part.text or "").strip()
        if not text:
            continue
        long = text_width(text, size, bold=node.get("font-weight") == "bold")
        left = {"middle": -long / 2, "end": -long}.get(node.get("text-anchor", ""), 0.0)
        corners = np.array(
            [
                [x, down + y, 1]
                for x in (left, left + long)
                for y in (-ASCENT * size, DESCENT * size)
            ]
        )
        placed = corners @ matrix.T
        (x0, y0), (x1, y1) = placed[:, :2].min(0), placed[:, :2].max(0)
        yield Box(text, float(x0), float(y0), float(x1), float(y1))
