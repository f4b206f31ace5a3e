"""Answers made comparable: the normalisations of MLQA (Lewis et al. 2020) and of SQuAD v1.1.

Both lower the case, delete punctuation without leaving a space and replace articles by one space.
MLQA's knows seven languages and all of Unicode's punctuation; SQuAD's is English for everything.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Literal

from core.languages import base

Normalization = Literal["mlqa", "squad"]
NORMALIZATIONS: tuple[Normalization, ...] = ("mlqa", "squad")

_ARTICLES = {
    "en": r"\b(?:an?|the)\b",
    "es": r"\b(?:un|una|unos|unas|el|la|los|las)\b",
    "de": r"\b(?:ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b",
    "vi": r"\b(?:của|là|cái|chiếc|những)\b",
    "ar": "ال",  # the article is a prefix; MLQA cuts it out wherever it stands in a word
}
"""MLQA: language -> its articles; the others have none."""
_IDEOGRAPHS = range(0x4E00, 0x9FA5 + 1)
"""Each of these is a token of Chinese; rarer characters are not."""


class _Characters(dict[int, int | str | None]):
    """Code point -> what becomes of it; each is looked up in Unicode once."""

    def __init__(self, splits: bool) -> None:
        self.splits = splits

    def __missing__(self, code: int) -> int | str | None:
        character = chr(code)
        if character in string.punctuation or unicodedata.category(character)[0] == "P":
            self[code] = None
        else:
            self[code] = f" {character} " if self.splits and code in _IDEOGRAPHS else code
        return self[code]


_UNICODE, _CHINESE = _Characters(splits=False), _Characters(splits=True)
_ASCII = str.maketrans("", "", string.punctuation)


def normalize(text: str, language: str, normalization: Normalization = "mlqa") -> str:
    """The text as it is compared: tokens with single spaces between them.

    Args:
        text: an answer.
        language: BCP-47 key, of the context; a script or region of its own is ignored.
        normalization: ``mlqa``, by language; ``squad``, English for all.
    """
    return normalizer(language, normalization)(text)


def tokens(text: str, language: str, normalization: Normalization = "mlqa") -> list[str]:
    """The tokens of the normalised text; none for a text of punctuation and articles."""
    return normalize(text, language, normalization).split()


def normalizer(language: str, normalization: Normalization = "mlqa") -> Callable[[str], str]:
    """The function that normalises texts of one language, for many of them."""
    return _normalizer("en" if normalization == "squad" else base(language), normalization)


@cache
def _normalizer(language: str, normalization: Normalization) -> Callable[[str], str]:
    if normalization == "squad":
        characters: Mapping[int, int | str | None] = _ASCII
    else:
        characters = _CHINESE if language == "zh" else _UNICODE
    articles = re.compile(_ARTICLES[language]) if language in _ARTICLES else None

    def normalized(text: str) -> str:
        text = text.lower().translate(characters)
        if articles is not None:
            text = articles.sub(" ", text)
        return " ".join(text.split())

    return normalized
