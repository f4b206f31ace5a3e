"""Generated values as a careless or hostile program writes them, and damage to bytes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

hostile = settings(
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=list(HealthCheck),
)
ODD = ["", "\ud800", "\x00", "../../x", "/etc", "c:\\x", "x" * 5000, "\u2028", "-", "NaN", "é"]
NUMBERS = [0, -1, 1e308, float("nan"), float("inf"), 10**400, True, None]
texts = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=()), max_size=12)
json_values = st.recursive(
    st.sampled_from(NUMBERS) | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
DEEP = [b'{"config":' * 3000, b"[" * 200 + b"]" * 200, b'{"a":' * 150 + b"1" + b"}" * 150]
raw_bytes = st.binary(max_size=40) | st.sampled_from(
    [b"", b"{", b"null", b"[]", b"\xff\xfe{}", b"\xef\xbb\xbf{}", b'{"id": 1e999}', *DEEP]
)


def as_bytes(value: Any) -> bytes:
    """JSON as a careless or hostile program writes it."""
    return json.dumps(value, ensure_ascii=True).encode()


edits = st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=4)


def edited(raw: bytes, changes: list[tuple[float, bytes]], cut: float) -> bytes:
    """Some bytes replaced, and the rest after a place left out."""
    found = bytearray(raw)
    for place, other in changes:
        at = int(place * len(found))
        found[at : at + len(other)] = other
    return bytes(found[: int(cut * len(found))])
