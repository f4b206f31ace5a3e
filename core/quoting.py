"""Numbers, pieces of data and other programs' messages, made fit to stand in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 60
"""Characters of one quoted piece of data."""
MOST_NAMES = 20
LONGEST_LINE, MOST_LINES = 500, 40
"""Of a whole message; a list of language codes fits, the content of a file does not."""
# Also what ends a line, turns the direction of writing, or is half a character.
_CONTROL = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)

_HYPHEN_MINUS = re.compile(r"(?<![\w.\-])-(?=[\d.(])|(?<= )-(?= )")


def minus(text: str) -> str:
    """The text with a true minus sign before numbers and between terms, as people read it."""
    return _HYPHEN_MINUS.sub("−", text)


def signed(value: float, digits: int = 1) -> str:
    """A change with its sign and a true minus; what rounds to zero has no sign."""
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0 else minus(text)


def visible(text: str) -> str:
    r"""The text with control characters as escapes (``\x1b``), in one line."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def shortened(text: str, longest: int = LONGEST) -> str:
    """At most so many characters; one that was longer ends in an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def quote(value: object) -> str:
    """A piece of data as a message may show it: one line of 60 characters at most."""
    # Cut first: a cell can be megabytes long.
    return shortened(visible(shortened(str(value))))


def quote_all(values: Iterable[object], most: int = MOST_NAMES) -> str:
    """Names of the data one after the other; the first twenty, then how many more."""
    listed = list(values)
    more = [f"... and {len(listed) - most:,} more"] if len(listed) > most else []
    return ", ".join([*map(quote, listed[:most]), *more])


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean X?`` for a misspelt name, to end a message with; else nothing."""
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def presentable(message: str) -> str:
    """A whole message as a terminal or a page may show it: the last guard before it is shown.

    Control characters are escapes, lines are at most 500 characters and at most forty.
    """
    lines = message.strip("\n").split("\n")
    shown = [shortened(visible(shortened(line, LONGEST_LINE)), LONGEST_LINE) for line in lines]
    if len(shown) > MOST_LINES:
        shown = [*shown[:MOST_LINES], f"... and {len(shown) - MOST_LINES:,} more lines"]
    return "\n".join(shown)
