"""What a figure looks like, in a short key: the same for the same builder and arguments.

Streamlit makes such keys too; of dataclasses full of numbers that takes as long as drawing them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel

from dashboard.kept_chart import Later

if TYPE_CHECKING:
    from core.figures.theme import Chart

PLAIN = (str, bytes, int, float, np.generic, type(None))


def figure_key(draw: partial[Chart] | Later) -> str:
    """The key of a figure.

    Args:
        draw: a builder with all it is given: plain values, arrays, collections, dataclasses and
            models, in each other.

    Raises:
        TypeError: it is given something else.
    """
    if isinstance(draw, Later):
        given: tuple[Any, ...] = ((draw.module, draw.name), (), draw.given)
    else:
        name = (draw.func.__module__, draw.func.__qualname__)
        given = (name, draw.args, draw.keywords)
    found = hashlib.blake2b(digest_size=16)
    for part in _parts(given):
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.hexdigest()


def _parts(value: Any) -> Iterator[bytes]:
    """The value in pieces: a collection begins with its kind and its size, then its members."""
    if isinstance(value, PLAIN):
        yield f"{type(value).__name__} {value!r}".encode()
    elif isinstance(value, np.ndarray) and not value.dtype.hasobject:
        yield f"array {value.dtype} {value.shape}".encode()
        yield value.tobytes()
    else:
        kind, members = _members(value)
        yield f"{kind} {len(members)}".encode()
        for member in members:
            yield from _parts(member)


def _members(value: Any) -> tuple[str, Sequence[Any]]:
    """The kind of a collection, and what is in it."""
    kind = type(value).__qualname__
    if is_dataclass(value) and not isinstance(value, type):
        return kind, [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, BaseModel):
        return kind, [x for pair in value for x in pair]
    if isinstance(value, Mapping):
        return kind, [x for pair in value.items() for x in pair]
    if isinstance(value, Set):
        return kind, sorted(value, key=repr)
    if isinstance(value, list | tuple | np.ndarray):
        return kind, list(value)
    raise TypeError(f"a figure is given a {kind}, which has no key")
