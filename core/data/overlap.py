"""Do two datasets share items? By id, and by text: a copy under another name is found too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from core.data.parallel import Fields, ParallelDataset

T = TypeVar("T")


def item_hashes(dataset: ParallelDataset) -> tuple[str, ...]:
    """SHA-256 of ``name:id`` of every item (12 hex digits)."""
    return hashed(dataset.name, dataset.item_ids)


def hashed(name: str, ids: Iterable[str]) -> tuple[str, ...]:
    """SHA-256 of ``name:id`` of items of a dataset (12 hex digits)."""
    return tuple(hashlib.sha256(f"{name}:{item}".encode()).hexdigest()[:12] for item in ids)


def shared_items(one: ParallelDataset, other: ParallelDataset) -> list[int]:
    """Positions in `one` of the items that `other` has too.

    An item is shared if its name and id are, or if all its text fields stand together in the
    other dataset in any language both have (white space at the ends aside).
    """
    shared: set[int] = set()
    if one.name == other.name:
        shared.update(_standing_in(one.item_ids, other.item_ids, str))
    for language in set(one.texts) & set(other.texts):
        shared.update(_standing_in(one.texts[language], other.texts[language], _stripped))
    return sorted(shared)


def _standing_in(mine: Sequence[T], theirs: Sequence[T], key: Callable[[T], Hashable]) -> list[int]:
    """Places of those of mine that are among theirs; only the fewer are all held at once."""
    few, many = sorted((mine, theirs), key=len)
    some = set(map(key, few))
    both = {value for value in map(key, many) if value in some}
    return [i for i, value in enumerate(mine) if key(value) in both] if both else []


def _stripped(fields: Fields) -> Fields:
    return tuple(text.strip() for text in fields)
