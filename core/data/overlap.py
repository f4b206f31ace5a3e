"""Do two datasets share items? By id, and by text: a copy under another name is found too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from core.data.parallel import ParallelDataset


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
        ids = set(other.item_ids)
        shared.update(i for i, item in enumerate(one.item_ids) if item in ids)
    for language in set(one.texts) & set(other.texts):
        known = {tuple(text.strip() for text in fields) for fields in other.texts[language]}
        shared.update(
            i
            for i, fields in enumerate(one.texts[language])
            if tuple(text.strip() for text in fields) in known
        )
    return sorted(shared)
