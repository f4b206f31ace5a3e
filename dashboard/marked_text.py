"""A text with spans marked by rank, as HTML in which nothing of the text is interpreted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from core.languages import script

RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand", "Samr"})
"""Scripts written from right to left (ISO 15924)."""
FIRST, LATER, GOLD = "0,114,178", "230,159,0", "0,158,115"
"""Blue of rank 1, orange of later ones, green of the right answer, as red, green, blue."""


@dataclass(frozen=True)
class Marked:
    """A span to mark."""

    start: int
    """Its first character."""
    end: int
    """The character after its last."""
    rank: int
    """From 1."""


def direction(language: str) -> str:
    """``rtl`` or ``ltr``: how a language is written."""
    return "rtl" if script(language) in RIGHT_TO_LEFT else "ltr"


def plain(text: str, language: str) -> str:
    """A text as a large paragraph of its language, escaped."""
    return _paragraph(escape(text), language, "font-size:1.15em;margin:0")


def marked(
    text: str, language: str, spans: Sequence[Marked], gold: Sequence[tuple[int, int]] = ()
) -> str:
    """A paragraph with spans shaded by their best rank, numbered, and right answers underlined.

    Args:
        text: any text; it is escaped.
        language: BCP-47 key, which decides the direction of writing.
        spans: to shade; ends outside the text are cut.
        gold: (first character, the one after the last) of right answers.
    """
    kept = [
        Marked(max(0, x.start), min(len(text), x.end), x.rank)
        for x in spans
        if x.start < len(text) and x.end > max(0, x.start)
    ]
    edges = {0, len(text), *(edge for x in kept for edge in (x.start, x.end))}
    edges |= {min(len(text), max(0, edge)) for pair in gold for edge in pair}
    places = sorted(edges)
    parts = []
    for begin, end in pairwise(places):
        ranks = [x.rank for x in kept if x.start <= begin and end <= x.end]
        right = any(a <= begin and end <= b for a, b in gold)
        here = sorted(x.rank for x in kept if x.start == begin)
        parts.append(_numbers(here) + _piece(text[begin:end], min(ranks, default=None), right))
    body = "".join(parts) or escape(text)
    return _paragraph(body, language, "line-height:2;overflow-wrap:anywhere;margin:0")


def _paragraph(body: str, language: str, style: str) -> str:
    """A paragraph that is written in the direction of its language."""
    opening = f'<p lang="{escape(language)}" dir="{direction(language)}" style="{style}">'
    return f"{opening}{body}</p>"


def _numbers(ranks: Sequence[int]) -> str:
    """The ranks of the spans that begin here."""
    if not ranks:
        return ""
    told = ",".join(map(str, ranks))
    return f'<sup style="font-size:0.65em;opacity:0.75;user-select:none">{told}</sup>'


def _piece(text: str, rank: int | None, right: bool) -> str:
    """A part of the text that is inside the same spans."""
    styles = []
    if rank is not None:
        colour = FIRST if rank == 1 else LATER
        shade = 0.5 if rank == 1 else max(0.12, 0.55 - 0.05 * rank)
        styles.append(f"background:rgba({colour},{shade:.2f})")
    if right:
        styles.append(f"border-bottom:3px solid rgb({GOLD})")
    if not styles:
        return escape(text)
    return f'<span style="{";".join(styles)}">{escape(text)}</span>'
