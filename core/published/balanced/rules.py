"""How the group scores of the balanced-training paper follow from its other numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from core.published.balanced.groups import group
from core.published.balanced.paper import table
from core.published.computed import Computed, number_of
from core.published.rounding import Rounded, mean
from core.published.tables import PublishedRow, PublishedTable

DETAILS = {"pos": 6, "ner": 7}
"""A measure of Table 3 -> the table with its languages."""


def _all(found: PublishedTable) -> Iterator[Computed]:
    """Table 2: the average over all languages from those of the two groups."""
    for row in found.rows:
        script, name = row.id.split("-")
        if name != "all":
            continue
        sizes = {x: len(group(script, x)) for x in ("low", "high")}
        rule = f"{sizes['low']} low- and {sizes['high']} high-resource languages"
        for column in found.columns:
            parts = [
                number_of(found.row(f"{script}-{x}"), "difference", column) * size
                for x, size in sizes.items()
            ]
            number = (parts[0] + parts[1]) * (1 / sum(sizes.values()))
            yield Computed(row.id, "difference", column, number, rule)


def _groups(found: PublishedTable) -> Iterator[Computed]:
    """Table 3: the mean of each group's languages."""
    for row in found.rows:
        for measure, number in DETAILS.items():
            for column in found.columns:
                yield _group(found, row, measure, column, table(number))


def _group(
    found: PublishedTable, row: PublishedRow, measure: str, column: str, detail: PublishedTable
) -> Computed:
    script, name = row.id.split("-")
    languages = group(script, name)
    scores = {x: number_of(detail.row(f"{script}-{x}"), measure, column) for x in languages}
    rule = f"Table {detail.number}, mean of {', '.join(languages)}"
    others = _others(found, row, measure, column)
    return Computed(row.id, measure, column, mean(scores.values()), rule, others=others)


def _others(
    found: PublishedTable, row: PublishedRow, measure: str, column: str
) -> dict[str, Rounded]:
    """The number of another row of the block, in case it was copied."""
    same = [x for x in found.rows if x.setting == row.setting and x.id != row.id]
    return {f"the number of {x.name} again": number_of(x, measure, column) for x in same}


RULES: Mapping[int, Callable[[PublishedTable], Iterator[Computed]]] = {2: _all, 3: _groups}
"""The other tables are measurements and sizes."""
