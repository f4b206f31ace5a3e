"""How each number of ALSACE's tables that is not a measurement follows from those that are.

Gaps are averaged over the 14 non-English languages in Tables 2, 4, 8 and 11, and over 15, with
English's own 0, in Tables 3 and 10 (column A); over the 6 non-English teachers or the 8 students
in the columns T and S of Tables 3 and 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise

from core.metrics.accuracy import PIVOT
from core.published.alsace.paper import table
from core.published.alsace.scores import BEFORE, Scores, accuracies, gap
from core.published.computed import Computed, number_of, numbers
from core.published.rounding import Rounded, mean
from core.published.tables import AVERAGE, PublishedRow, PublishedTable

TEACHERS = ("en", "fr", "es", "de", "el", "bg", "ru")
"""Of Tables 3 and 4: the only 7 and 8 languages that give their averages."""
COUNTRIES = ("US", "CN", "IN", "IR", "KE")
TENTH = 0.05
"""Half of the last place of a number known to one decimal."""


def _averages(found: PublishedTable) -> Iterator[Computed]:
    """The average of every row of accuracies."""
    for row in found.rows:
        yield _average(row, "accuracy")


def _average(row: PublishedRow, measure: str) -> Computed:
    """The mean of a row over its languages."""
    scores = numbers(row, measure)
    number = mean(scores.values())
    others = {}
    if _to_one_decimal(row, measure):
        name = "the row is known to one decimal, with a 0 added"
        others[name] = Rounded(number.value, 2 * TENTH)
    rule = f"mean of the row's {len(scores)} languages"
    return Computed(row.id, measure, AVERAGE, number, rule, others=others)


def _to_one_decimal(row: PublishedRow, measure: str) -> bool:
    cells = row.lines[measure].values()
    return all(cell.number is not None and cell.number.text.endswith("0") for cell in cells)


def _by_language(
    found: PublishedTable, *, english_counts: bool = False, twin: int | None = None
) -> Iterator[Computed]:
    """Averages, gaps by language, their average, and its change against another row.

    Args:
        found: the table.
        english_counts: whether the average of the gaps includes English's own 0.
        twin: a table that prints the same measurements.
    """
    yield from _averages(found)
    for row in found.rows:
        shifted = _shifted(row)
        same = {} if twin is None else _same_row(row, twin)
        yield from _gaps(row, shifted, {f"the accuracies of Table {twin}": same})
        scores = accuracies(row)
        others = {_moved(shifted): gap(shifted, english_counts=english_counts)} if shifted else {}
        rule = f"mean gap of {len(scores) - (not english_counts)} languages" + (
            ", English's 0 among them" if english_counts else ""
        )
        number = gap(scores, english_counts=english_counts)
        yield Computed(row.id, "gap", AVERAGE, number, rule, others=others)
        if row.lines["gap"][AVERAGE].change is not None:
            yield _change(found, row)


def _gaps(row: PublishedRow, shifted: Scores, twins: Mapping[str, Scores]) -> Iterator[Computed]:
    """The gap of every language, and how else each may have been made."""
    scores = accuracies(row)
    languages = [language for language in scores if language != PIVOT]
    following = dict(pairwise(languages))
    for language in languages:
        others = {}
        if shifted:
            others[_moved(shifted)] = shifted[PIVOT] - shifted[language]
        for name, same in twins.items():
            if language in same:
                others[name] = same[PIVOT] - same[language]
        if language in following:
            after = following[language]
            others[f"the next column's number ({after}) again"] = scores[PIVOT] - scores[after]
        number = scores[PIVOT] - scores[language]
        yield Computed(row.id, "gap", language, number, "English minus the language", others=others)


def _shifted(row: PublishedRow) -> dict[str, Rounded]:
    """The row with another score of English, if that alone explains all its gaps; else empty."""
    scores, gaps = accuracies(row), numbers(row, "gap")
    off = {lang: gaps[lang].value - (scores[PIVOT] - scores[lang]).value for lang in gaps}
    shift = round(sum(off.values()) / len(off), 2)
    moved = scores | {PIVOT: Rounded(scores[PIVOT].value + shift, scores[PIVOT].error)}
    if shift == 0 or any(abs(value - shift) > scores[PIVOT].error for value in off.values()):
        return {}
    return moved


def _moved(shifted: Scores) -> str:
    return f"English taken as {shifted[PIVOT].value:.2f}"


def _same_row(row: PublishedRow, twin: int) -> dict[str, Rounded]:
    """The accuracies of the row with the same id in another table; empty where it has none."""
    rows = {other.id: other for other in table(twin).rows}
    return accuracies(rows[row.id]) if row.id in rows else {}


def _change(found: PublishedTable, row: PublishedRow) -> Computed:
    """The change in parentheses: the row's average gap minus that of the row beside it."""
    other = found.row(row.compared_with)
    printed = [number_of(x, "gap", AVERAGE) for x in (row, other)]
    return Computed(
        row.id,
        "gap",
        AVERAGE,
        gap(accuracies(row)) - gap(accuracies(other)),
        f"average gap minus that of {other.name}",
        part="change",
        others={f"the printed average gaps, of {other.name} too": printed[0] - printed[1]},
    )


def _groups(found: PublishedTable, *, source: int, english_counts: bool) -> Iterator[Computed]:
    """Averages and gaps of students, teachers and all, from the table with every language."""
    for row in found.rows:
        scores = accuracies(table(source).row(row.id))
        students = {lang: x for lang, x in scores.items() if lang not in TEACHERS}
        teachers = {lang: scores[lang] for lang in TEACHERS}
        groups = (("S", students), ("T", teachers), ("A", scores))
        for letter, group in groups:
            what = f"Table {source}, {len(group)} languages"
            yield Computed(row.id, "scores", f"avg({letter})", mean(group.values()), what)
            counts = english_counts and letter == "A"
            number = gap({PIVOT: scores[PIVOT], **group}, english_counts=counts)
            over = len(group) - (PIVOT in group and not counts)
            rule = f"Table {source}, English minus each of {over} languages"
            others = {}
            if letter == "A":
                name = "without English's own 0" if counts else "with English's own 0"
                others[name] = gap(scores, english_counts=not counts)
            yield Computed(row.id, "scores", f"gap({letter})", number, rule, others=others)


def _gains(found: PublishedTable) -> Iterator[Computed]:
    """Table 7: accuracy of Table 2 minus XLM-R-large's there."""
    before = accuracies(table(2).row(BEFORE))
    for row in found.rows:
        after = accuracies(table(2).row(row.id))
        for language, score in after.items():
            printed = number_of(row, "gain", language)
            implied = score.value - printed.value
            yield Computed(
                row.id,
                "gain",
                language,
                score - before[language],
                "Table 2, minus XLM-R-large there",
                note=f"counted from another XLM-R-large: {implied:.2f} here, where Table 2 has "
                f"{before[language].value:.2f}",
            )
        yield _average(row, "gain")


def _countries(found: PublishedTable) -> Iterator[Computed]:
    """Table 12: the mean of five countries."""
    for row in found.rows:
        for method in ("XLM-R", "ALSACE"):
            cells = [number_of(row, "scores", f"{x} {method}") for x in COUNTRIES]
            column, rule = f"{AVERAGE} {method}", f"mean of the row's {len(cells)} countries"
            yield Computed(row.id, "scores", column, mean(cells), rule)


def _differences(found: PublishedTable) -> Iterator[Computed]:
    """Table 13: what two strategies of Table 10 gain over XLM-R-large, and how they differ."""
    ablation = table(10)
    before, none, alsace = (accuracies(ablation.row(x)) for x in (BEFORE, "no-selection", "alsace"))
    first = accuracies(table(2).row(BEFORE))
    for row in found.rows:
        language = row.id
        if language == AVERAGE:
            yield from _column_means(found, row)
            continue
        own = [number_of(row, "scores", x) for x in ("ALSACE", "Exc. Stu.")]
        for column, number, rule, others in (
            (
                "Exc. Stu.",
                none[language] - before[language],
                "Table 10, No Selection minus XLM-R-large",
                {},
            ),
            (
                "ALSACE",
                alsace[language] - before[language],
                "Table 10, ALSACE minus XLM-R-large",
                {"the XLM-R-large of Table 2": alsace[language] - first[language]},
            ),
            (
                "Change",
                alsace[language] - none[language],
                "Table 10, ALSACE minus No Selection",
                {"the two printed columns, counted from different XLM-R-large": own[0] - own[1]},
            ),
        ):
            yield Computed(row.id, "scores", column, number, rule, others=others)


def _column_means(found: PublishedTable, row: PublishedRow) -> Iterator[Computed]:
    for column in found.columns:
        cells = [number_of(x, "scores", column) for x in found.rows if x.id != AVERAGE]
        rule = f"mean of the column's {len(cells)} languages"
        yield Computed(row.id, "scores", column, mean(cells), rule)


RULES: Mapping[int, Callable[[PublishedTable], Iterator[Computed]]] = {
    2: partial(_by_language, twin=11),
    3: partial(_groups, source=10, english_counts=True),
    4: partial(_groups, source=11, english_counts=False),
    5: _averages,
    6: _averages,
    7: _gains,
    8: _by_language,
    9: _averages,
    10: partial(_by_language, english_counts=True, twin=2),
    11: partial(_by_language, twin=2),
    12: _countries,
    13: _differences,
}
