"""How wide a text is on paper, before it is drawn: the advance widths of the paper's fonts."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

from core.figures.style import current

SANS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[]\\ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckvsxyz",
    556: "#$?_Labdeghnopqu0123456789",
    584: "+<=>~−",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
"""Thousandths of an em in Liberation Sans, which has the metrics of Arial and Helvetica."""
SERIF = {
    180: "'",
    200: "|",
    250: " ,.",
    278: "/:;\\ijlt",
    333: "!()-I[]`fr",
    373: "J",
    389: "s",
    408: '"',
    444: "?acez",
    469: "^",
    480: "{}",
    500: "#$*0123456789_bdghknopquvxy",
    541: "~",
    556: "FSP",
    611: "ELTZ",
    667: "BCR",
    685: "+<=>−",
    722: "ADGHKNOQUVXYw",
    747: "%",
    778: "&m",
    889: "M",
    921: "@",
    944: "W",
}
"""Thousandths of an em in STIX General, which has about the metrics of Times."""
WIDTHS = {
    font: {letter: width / 1000 for width, letters in table.items() for letter in letters}
    for font, table in (("sans", SANS), ("serif", SERIF))
}
OTHER = 0.6
"""Ems of any letter that is not in the table: accented and Greek letters."""
BOLD = 1.07
"""A bold text's width against a regular one's, about."""


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line in points, at a font size in points.

    In the look that is drawn now (`core.figures.style`): its font, and the name of a language
    where it writes names for codes.
    """
    return _measured(current().names.get(text, text), size, bold)


def _measured(text: str, size: float, bold: bool) -> float:
    """Width of a text as it is."""
    widths = WIDTHS[current().font]
    ems = sum(widths.get(letter) or _other(letter) for letter in text)
    return ems * size * (BOLD if bold else 1)


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text between words into lines of at most a width in points.

    A word that is wider than that alone is broken inside.
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _measured(longer, size, bold) <= width:
            lines[-1] = longer
        elif _measured(word, size, bold) <= width:
            lines.append(word)
        else:
            letters = max(1, int(len(word) * width / _measured(word, size, bold)))
            lines += textwrap.wrap(word, letters)
    return lines or [""]


def fitting(parts: Sequence[str], width: float, size: float, lines: int = 2) -> str:
    """The first of a note's parts that fit into so many lines, the most important first."""
    kept = parts[0]
    for part in parts[1:]:
        longer = f"{kept}; {part}"
        if len(wrap(longer, width, size)) <= lines:
            kept = longer
    return kept


def _other(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    return 1 if unicodedata.east_asian_width(letter) in "WF" else OTHER
