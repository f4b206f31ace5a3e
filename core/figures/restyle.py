"""Change a finished figure: another palette, and languages by name instead of by code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from core.figures.greyscale import HEX, grey
from core.figures.style import PaperStyle
from core.languages import LANGUAGES, english_name

GREYS = {
    "#0072B2": "#000000",
    "#D55E00": "#505050",
    "#009E73": "#747474",
    "#CC79A7": "#8F8F8F",
    "#E69F00": "#ABABAB",
    "#56B4E9": "#C8C8C8",
}
"""Okabe-Ito -> greys, ten points of lightness or more apart, in the same order of lightness."""
GREY_SCHEMES: Mapping[str, Sequence[str]] = {
    "cividis": ("#1c1c1c", "#f4f4f4"),
    "oranges": ("#fafafa", "#2e2e2e"),
    "blueorange": ("#2e2e2e", "#ffffff", "#2e2e2e"),
}
"""As light and as dark where the colours are, so that the numbers in the cells stay readable. A
diverging scale shows how large; the number's sign says which way."""
CODE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
_LEADING = re.compile(rf"^({CODE.pattern})(?= (\(|accuracy|alone|before|after))")
_JOINED = re.compile(rf"(?<![^|#])({CODE.pattern})(?=$|\|)")
_NON = re.compile(rf"(?<=non-)({CODE.pattern})$")
_QUOTED = re.compile(r"(['\"])(.*?)\1")
_LISTS = ("sort", "domain", "oneOf", "values", "equal", "datum")
"""Keys whose values are values of the data."""
_EXPRESSIONS = ("labelExpr", "expr", "calculate", "filter", "test")


def restyled(spec: dict[str, Any], style: PaperStyle) -> dict[str, Any]:
    """The figure in a palette and with the names of languages that a style says.

    Args:
        spec: the figure in Vega-Lite; not changed.
        style: its ``palette`` and ``names``.
    """
    changed = _renamed(spec, style.names) if style.names else spec
    found = _greyed(changed) if style.palette == "greyscale" else changed
    return dict(found)


def language_names(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Code -> English name of every language in the data of a figure.

    A column holds languages if at least half of its different texts are codes of the built-in
    table or two letters that CLDR knows; there, longer codes count too.
    """
    columns: dict[str, dict[str, None]] = {}
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str) and value:
                columns.setdefault(name, {})[_LEADING.sub(r"\1", value).split(" (")[0]] = None
    found: dict[str, str] = {}
    for texts in columns.values():
        sure = [text for text in texts if is_code(text)]
        if 2 * len(sure) >= len(texts):
            found |= {text: _name(text) for text in texts if CODE.fullmatch(text) and _known(text)}
    return found


def renamed_rows(
    rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The records with the names of languages in place of their codes."""
    return [{key: _text(value, names) for key, value in row.items()} for row in rows]


def is_code(text: str) -> bool:
    """Whether a text is surely a language: of the built-in table, or two letters CLDR knows."""
    return text in LANGUAGES or (_short(text) and _known(text))


def _short(text: str) -> bool:
    return CODE.fullmatch(text) is not None and len(text.split("-", maxsplit=1)[0]) == 2


def _known(text: str) -> bool:
    return _name(text) != text


@cache
def _name(code: str) -> str:
    return english_name(code)


def _text(value: Any, names: Mapping[str, str]) -> Any:
    """A text: a code, several joined by ``|``, one before a bracket or after ``non-``."""
    if not isinstance(value, str):
        return value
    for pattern in (_JOINED, _LEADING, _NON):
        value = pattern.sub(lambda found: names.get(found[1], found[1]), value)
    return value


def _quoted(text: str, names: Mapping[str, str]) -> str:
    """An expression with the texts between its quotes replaced."""
    return _QUOTED.sub(lambda x: f"{x[1]}{_text(x[2], names)}{x[1]}", text)


def _renamed(node: Any, names: Mapping[str, str], key: str = "") -> Any:
    if isinstance(node, dict) and key == "datasets":
        return {name: renamed_rows(rows, names) for name, rows in node.items()}
    if isinstance(node, dict):
        return {name: _renamed(value, names, name) for name, value in node.items()}
    if isinstance(node, list):
        if key == "values" and node and isinstance(node[0], dict):
            return renamed_rows(node, names)
        return [_renamed(value, names, key) for value in node]
    if isinstance(node, str) and key in _EXPRESSIONS:
        return _quoted(node, names)
    return _text(node, names) if key in _LISTS else node


def _greyed(node: Any) -> Any:
    if isinstance(node, dict):
        found = {name: _greyed(value) for name, value in node.items()}
        if isinstance(node.get("scheme"), str) and node["scheme"] in GREY_SCHEMES:
            del found["scheme"]
            found["range"] = list(GREY_SCHEMES[node["scheme"]])
        return found
    if isinstance(node, list):
        return [_greyed(value) for value in node]
    if isinstance(node, str) and HEX.fullmatch(node):
        named = GREYS.get(node[:7].upper())
        return grey(node) if named is None else named + node[7:]
    return node
