"""The rows of one language as read, and their assembly into an aligned dataset."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.data.parallel import Fields, ParallelDataset
from core.data.problems import Problems
from core.quoting import quote, quote_all

MOST_UNTRANSLATED = 0.2
"""A benchmark with a larger share of untranslated items is damaged, not incomplete."""


@dataclass
class Table:
    """One language of one split, one entry per row."""

    where: str
    """The file (or hub configuration) the rows came from."""
    ids: list[str] = field(default_factory=list)
    fields: list[Fields] = field(default_factory=list)
    labels: list[str] | None = None
    """Label as written; None for unlabelled text."""
    lines: MutableSequence[int] = field(default_factory=lambda: array("q"))
    """1-based line or row number."""
    clusters: list[str] | None = None

    def at(self, row: int) -> str:
        """Where a row stands, for a message."""
        return f"{self.where} line {self.lines[row]}"


@dataclass(frozen=True)
class Shape:
    """What every item of a benchmark must look like."""

    name: str
    """Name of the resulting dataset."""
    field_names: tuple[str, ...]
    """Names of the text fields, for the messages."""
    class_names: tuple[str, ...] = ()
    """Labels as the files write them, in index order; empty for unlabelled text."""
    shown_names: tuple[str, ...] = ()
    """Class names for the dataset where they differ from the files' labels."""
    untranslated: frozenset[str] = frozenset()
    """Texts that mean "not translated": such items are dropped in every language and counted."""
    minimum_languages: int = 2
    choices: int = 0
    """Multiple choice: so many of the last text fields are the classes."""


def assemble(
    tables: Mapping[str, Table], shape: Shape, problems: Problems, source: Mapping[str, str]
) -> ParallelDataset | None:
    """Check the tables against each other and build the dataset.

    Args:
        tables: language -> its rows, in any order; the first language sets the order.
        shape: what is expected.
        problems: everything wrong is added here.
        source: metadata to keep with the dataset.

    Returns:
        The dataset, or None when a problem was found (here or before).
    """
    before = len(problems.found)
    if len(tables) < shape.minimum_languages:
        only = ", ".join(tables) or "none"
        problems.add(f"{shape.minimum_languages} languages or more are needed, found: {only}")
    for table in tables.values():
        _check_rows(table, shape, problems)
    if not tables or len(problems.found) > before:
        return None
    first = next(iter(tables.values()))
    orders = {lang: _aligned(table, first, problems) for lang, table in tables.items()}
    if len(problems.found) > before:
        return None
    return _build(tables, orders, shape, problems, source)


def _check_rows(table: Table, shape: Shape, problems: Problems) -> None:
    """Problems one language has by itself."""
    if not table.ids:
        problems.add(f"{table.where} holds no examples")
    if len(set(table.ids)) != len(table.ids):
        seen: dict[str, int] = {}
        twice = []
        for row, item in enumerate(table.ids):
            if item in seen:
                twice.append(
                    f"{table.at(row)}: id '{quote(item)}' was on line {seen[item]} already"
                )
            seen.setdefault(item, table.lines[row])
        problems.add_kind(twice)
    problems.add_kind(f"{table.at(row)}: empty id" for row, i in enumerate(table.ids) if not i)
    problems.add_kind(
        f"{table.at(row)}: empty {name}"
        for row, fields in enumerate(table.fields)
        for name, text in zip(shape.field_names, fields, strict=True)
        if not text.strip() and "" not in shape.untranslated
    )
    if table.labels is not None and not set(table.labels) <= set(shape.class_names):
        problems.add_kind(
            f"{table.at(row)}: unknown label '{quote(label)}', expected "
            f"{quote_all(shape.class_names)}"
            for row, label in enumerate(table.labels)
            if label not in shape.class_names
        )


def _aligned(table: Table, first: Table, problems: Problems) -> Sequence[int]:
    """The rows of a table in the first table's order; differences become problems."""
    if table.ids == first.ids:
        order: Sequence[int] = range(len(table.ids))
    else:
        position = {item: row for row, item in enumerate(table.ids)}
        missing = [item for item in first.ids if item not in position]
        extra = sorted(position.keys() - set(first.ids))
        if missing:
            problems.add(f"{table.where} lacks {_some(missing)} that {first.where} has")
        if extra:
            problems.add(
                f"{table.where} has {_some(extra)} that {first.where} lacks "
                f"(first on line {table.lines[position[extra[0]]]})"
            )
        if missing or extra:
            return []
        order = [position[item] for item in first.ids]
    if (table.labels is None) != (first.labels is None):
        problems.add(f"{table.where} and {first.where}: only one of them has labels")
    elif table.labels is not None and first.labels is not None:
        problems.add_kind(
            f"{table.at(row)}: item {quote(item)} is '{quote(table.labels[row])}', but "
            f"'{quote(label)}' in {first.where}"
            for row, item, label in zip(order, first.ids, first.labels, strict=True)
            if table.labels[row] != label
        )
    return order


def _some(items: Collection[str]) -> str:
    """A count and the first ids."""
    few = quote_all(list(items)[:5])
    plural = "item" if len(items) == 1 else "items"
    return f"{len(items):,} {plural} ({few}{', ...' if len(items) > 5 else ''})"


def _build(
    tables: Mapping[str, Table],
    orders: Mapping[str, Sequence[int]],
    shape: Shape,
    problems: Problems,
    source: Mapping[str, str],
) -> ParallelDataset | None:
    """The dataset of checked tables, without the items some language leaves untranslated."""
    first = next(iter(tables.values()))
    rows = {lang: [table.fields[i] for i in orders[lang]] for lang, table in tables.items()}
    keep: Sequence[int] = range(len(first.ids))
    if shape.untranslated:
        gone = shape.untranslated
        for texts in rows.values():
            keep = [i for i in keep if not any(text.strip() in gone for text in texts[i])]
        dropped = len(first.ids) - len(keep)
        if dropped > MOST_UNTRANSLATED * len(first.ids):
            problems.add(
                f"{first.where}: {dropped:,} of {len(first.ids):,} items have an empty or "
                "untranslated text in some language"
            )
            return None
        if dropped:
            source = {**source, "untranslated_dropped": str(dropped)}
    labels = None
    if first.labels is not None:
        index = {name: k for k, name in enumerate(shape.class_names)}
        labels = np.array([index[first.labels[i]] for i in keep], dtype=np.int64)
    return ParallelDataset(
        name=shape.name,
        item_ids=tuple(first.ids[i] for i in keep),
        texts={lang: tuple(texts[i] for i in keep) for lang, texts in rows.items()},
        class_names=() if labels is None else shape.shown_names or shape.class_names,
        labels=labels,
        clusters=tuple(first.clusters[i] for i in keep) if first.clusters else (),
        choices=shape.choices,
        source=source,
    )


def check_ids_across(splits: Mapping[str, ParallelDataset], problems: Problems) -> None:
    """An id names one item in the whole benchmark: the same id in two splits is a problem."""
    seen: dict[str, str] = {}
    shared: dict[tuple[str, str], list[str]] = {}
    for split, dataset in splits.items():
        for item in dataset.item_ids:
            if item in seen:
                shared.setdefault((seen[item], split), []).append(item)
            seen[item] = split
    for (one, other), items in shared.items():
        problems.add(f"{one} and {other} share {_some(items)}")
