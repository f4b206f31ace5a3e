"""How a figure looks on paper: width, font, size, palette, labels, order and title, for all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.errors import UserError
from core.quoting import quote

WIDTHS: Mapping[str, int] = MappingProxyType(
    {
        "acl-column": 218,
        "acl-page": 454,
        "icml-column": 234,
        "icml-page": 486,
        "neurips": 397,
    }
)
"""Total widths in points (7.7 cm, 16 cm, 3.25 in, 6.75 in, 5.5 in)."""
NARROWEST, WIDEST = 120, 2000
FONTS: Mapping[str, str] = MappingProxyType(
    {
        "sans": "Liberation Sans, Arial, Helvetica, sans-serif",
        "serif": "STIXGeneral, Times New Roman, Times, serif",
    }
)
"""The first is embedded: vl-convert carries Liberation Sans in itself, and matplotlib STIX, which
has the look and the widths of Times. A figure is the same on every machine; the others are for
whoever opens the SVG without it."""
SIZES = (6, 7, 8, 9, 10)
"""Points of the text."""
PALETTES = ("okabe-ito", "greyscale")
LABELS = ("codes", "names")
ORDERS = ("score", "resource", "family", "name", "code")
"""Of the languages on an axis; see `core.figures.language_order`."""


@dataclass(frozen=True)
class PaperStyle:
    """The look of a figure on paper, apart from its width."""

    font: str = "sans"
    """One of `FONTS`."""
    size: int = 8
    """Of the text, in points; one of `SIZES`."""
    palette: str = "okabe-ito"
    """One of `PALETTES`."""
    labels: str = "codes"
    """One of `LABELS`: languages by their codes, or by their English names."""
    order: str = "score"
    """One of `ORDERS`: languages as the figure has them, or in another order."""
    title: bool = True
    """Without, only the words of caution are left; the caption has the rest."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Code -> what is written for it; found in the figure's data when it is drawn."""

    def __post_init__(self) -> None:
        """All faults at once.

        Raises:
            UserError: a value that is none of the choices.
        """
        choices = {
            "font": FONTS,
            "size": SIZES,
            "palette": PALETTES,
            "labels": LABELS,
            "order": ORDERS,
        }
        faults = [
            f"unknown {name} {quote(getattr(self, name))!r}; choose one of "
            f"{', '.join(map(str, known))}"
            for name, known in choices.items()
            if getattr(self, name) not in known
        ]
        if faults:
            raise UserError("\n".join(faults))

    def called(self, names: Mapping[str, str]) -> PaperStyle:
        """The same look with these names of languages."""
        return replace(self, names=names)


DEFAULT = PaperStyle()
_CURRENT: ContextVar[PaperStyle] = ContextVar("paper_style", default=DEFAULT)


def current() -> PaperStyle:
    """The look that figures on paper are drawn in now."""
    return _CURRENT.get()


def written(text: str) -> str:
    """A label as it will be written: languages by name where the look says so."""
    names = current().names
    return " ".join(names.get(word, word) for word in text.split(" "))


@contextmanager
def using(style: PaperStyle) -> Iterator[None]:
    """Draw figures on paper in a look."""
    token = _CURRENT.set(style)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def parse_width(text: str | int) -> int:
    """Points of a named width, of ``NNpt`` or of a number.

    Raises:
        UserError: neither; the message lists the choices.
    """
    if isinstance(text, str) and text in WIDTHS:
        return WIDTHS[text]
    match = re.fullmatch(r"(\d+)(pt)?", str(text).strip())
    if match and NARROWEST <= int(match[1]) <= WIDEST:
        return int(match[1])
    raise UserError(
        f"unknown width {str(text)!r}; choose {', '.join(WIDTHS)} or a number of points such "
        f"as 240pt, from {NARROWEST} to {WIDEST}"
    )
