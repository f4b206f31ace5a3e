"""How the averages and counts of the cross-lingual QA paper follow from its other numbers.

G-XLT F1 is the mean over the seven languages of the context in Table 3, XLT EM the mean of the
other half of its cells, XLT in Table 4 the mean over its languages; every average is unweighted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from core.published.computed import Computed, number_of, numbers
from core.published.gxlt.paper import table
from core.published.rounding import Rounded, exact, mean
from core.published.tables import PublishedRow, PublishedTable

XLT, G_XLT = "XLT", "G-XLT"
SEEDS = 1190
"""Questions of XQuAD (section 5.1)."""
CODES = {"in": "id"}
"""Languages that the paper calls otherwise."""
BY_LANGUAGE = {
    "dev_f1": G_XLT, "dev_em": XLT, "test_f1": G_XLT, "test_em": XLT,
}  # fmt: skip
"""A measure of Table 3 -> the column of Table 2 that its seven languages average to."""


def examples(targets: float) -> int:
    """Eq. 3: every pair of 1 + ntl languages, of every seed question."""
    return round(SEEDS * (1 + targets) ** 2)


def languages(row: PublishedRow, measure: str) -> dict[str, Rounded]:
    """The languages a row prints of a measure of Table 4, without their average."""
    return {x: score for x, score in numbers(row, measure).items() if x != XLT}


def _averages(found: PublishedTable) -> Iterator[Computed]:
    """Table 2: the training examples from ntl, two of the four averages from Table 3."""
    by_language = {row.id: row for row in table(3).rows}
    for row in found.rows:
        if row.lines["training"]["ntl"].number is not None:
            number = exact(examples(number_of(row, "training", "ntl").value))
            yield Computed(row.id, "training", "N", number, f"{SEEDS} x (1 + ntl)²")
        for measure, column in BY_LANGUAGE.items():
            if measure in by_language[row.id].lines:
                yield _average(row, measure, column, by_language[row.id])


def _average(row: PublishedRow, measure: str, column: str, detail: PublishedRow) -> Computed:
    scores = numbers(detail, measure)
    rule = f"mean of the {len(scores)} languages of Table 3"
    others = {}
    if column == XLT:
        others["the same row's G-XLT EM again"] = number_of(row, measure, G_XLT)
    return Computed(row.id, measure, column, mean(scores.values()), rule, others=others)


def _by_language(found: PublishedTable) -> Iterator[Computed]:
    """Table 4: the average of every line without a gap in our copy."""
    for row in found.rows:
        for measure, line in row.lines.items():
            scores = languages(row, measure)
            if len(scores) == len(line) - 1 and line[XLT].number is not None:
                rule = f"mean of the row's {len(scores)} languages"
                others = _others(row, measure)
                number = mean(scores.values())
                yield Computed(row.id, measure, XLT, number, rule, others=others)


def _others(row: PublishedRow, measure: str) -> dict[str, Rounded]:
    """The same row's average of another benchmark, in case it was copied."""
    same = {other.id: other for other in table(2).rows}
    if measure != "tydiqa_f1" or row.id not in same:
        return {}
    name = "the G-XLT F1 on MLQA-test of Table 2"
    return {name: number_of(same[row.id], "test_f1", G_XLT)}


RULES: Mapping[int, Callable[[PublishedTable], Iterator[Computed]]] = {
    2: _averages,
    4: _by_language,
}
"""Nothing printed gives the numbers of Tables 1, 3 and 5; Table 5 repeats one row."""
