"""What ALSACE's running text states in numbers, and what its tables give for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from core.published.alsace.paper import table
from core.published.alsace.scores import BEFORE, accuracies
from core.published.computed import Computed, number_of, stated
from core.published.paper import Statement
from core.published.rounding import Rounded, exact, mean
from core.published.tables import AVERAGE

BACKBONES = {
    "XLM-R-base": ("xlm-r-base", "alsace-base"),
    "XLM-R-large": (BEFORE, "alsace-large"),
    "mT5-large": ("mt5-large", "alsace-mt5"),
}
"""The rows of Table 2 before and after ALSACE."""
COUNTED = {"XNLI": 2, "XCOPA": 9, "PAWS-X": 6, "GeoMLAMA": 12}
"""A table with every language of each task."""
LARGE = "XLM-R-large"


def languages_of(task: str) -> int:
    """How many languages the tables have of a task."""
    found = table(COUNTED[task])
    return len(found.rows) if task == "GeoMLAMA" else len(found.columns) - 1


def _gains(model: str) -> dict[str, Rounded]:
    """Gain of every language by ALSACE in Table 2."""
    before, after = (accuracies(table(2).row(name)) for name in BACKBONES[model])
    return {language: after[language] - before[language] for language in before}


def _apart(statement: Statement) -> Iterator[Computed]:
    others = {}
    for model, (name, _) in BACKBONES.items():
        scores = accuracies(table(2).row(name))
        others[f"{model} of Table 2"] = scores["en"] - scores["sw"]
    rule = f"Table 2, {LARGE}: en minus sw"
    note = "said to be approximate; no model of Table 2 is as close as 15"
    yield stated(statement, LARGE, others[f"{LARGE} of Table 2"], rule, others=others, note=note)


def _language_counts(statement: Statement) -> Iterator[Computed]:
    for task in statement.labels:
        rule = f"languages of Table {COUNTED[task]}"
        note = f"Table {COUNTED[task]} has one more"
        yield stated(statement, task, exact(languages_of(task)), rule, note=note)


def _average_gains(statement: Statement) -> Iterator[Computed]:
    for model in statement.labels:
        rule = "Table 2, ALSACE's average minus its model's"
        yield stated(statement, model, mean(_gains(model).values()), rule)


def _low_resource(statement: Statement) -> Iterator[Computed]:
    gains = {model: _gains(model) for model in BACKBONES}
    for language in statement.labels:
        others = {f"{model} of Table 2": found[language] for model, found in gains.items()}
        others["mean of the three models"] = mean(found[language] for found in gains.values())
        rule = f"Table 2, ALSACE-large minus {LARGE}"
        yield stated(statement, language, gains[LARGE][language], rule, others=others)


def _range(statement: Statement, column: str) -> Iterator[Computed]:
    """The least and the most by which ALSACE's gap is below another strategy's, in Table 3."""
    rows = [row for row in table(3).rows if row.method != "alsace"]
    found = {row.name: _loss(row.id, column) for row in rows}
    ends = (min, "least"), (max, "most")
    for end, label in ends:
        name = end(found, key=lambda name: found[name].value)
        yield stated(statement, label, found[name], f"Table 3, {column}: {name} minus ALSACE")


def _losses(statement: Statement) -> Iterator[Computed]:
    """How much worse than ALSACE a strategy of Table 3 is."""
    for column in statement.labels:
        rule = f"Table 3, {column}: ALSACE against the strategy"
        others = {"No Selection's loss over all languages": _loss("no-selection", "avg(A)")}
        yield stated(statement, column, _loss(statement.id, column), rule, others=others)


def _loss(row: str, column: str) -> Rounded:
    """What a strategy loses against ALSACE: accuracy it lacks, or gap it adds."""
    theirs, ours = (number_of(table(3).row(x), "scores", column) for x in (row, "alsace"))
    return ours - theirs if column.startswith(AVERAGE) else theirs - ours


def _thresholds(statement: Statement) -> Iterator[Computed]:
    for task in statement.labels:
        count = languages_of(task)
        rule = f"mean of {count} scores that sum to 1"
        yield stated(statement, task, exact(1 / count), rule)


RULES: Mapping[str, Callable[[Statement], Iterator[Computed]]] = {
    "english-swahili": _apart,
    "task-languages": _language_counts,
    "average-gains": _average_gains,
    "low-resource-gains": _low_resource,
    "student-gaps": partial(_range, column="gap(S)"),
    "teacher-gaps": partial(_range, column="gap(T)"),
    "no-selection": _losses,
    "random-selection": _losses,
    "excluding-weak-stu": _losses,
    "excluding-weak-tea": _losses,
    "thresholds": _thresholds,
}
