"""The rows of a predictions file: checked all at once, then put into one array."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.data.problems import EACH_KIND, Problems
from core.languages import same_language
from core.quoting import quote, quote_all, visible

LONGEST_NAME = 100
"""Characters of the name of a language."""
TOLERANCE = 1e-3
"""How far a row's sum may be from 1."""
# A row exactly at the edge (0.999) must not hang on the last bit of its sum.
_SLACK = 1e-9


@dataclass(frozen=True)
class Rows:
    """A long-form file as arrays."""

    languages: tuple[str, ...]
    """In order of first appearance."""
    examples: tuple[str, ...]
    language: NDArray[np.int64]
    """[rows] index into `languages`."""
    example: NDArray[np.int64]
    """[rows] index into `examples`."""
    values: NDArray[np.float64]
    """[rows, classes]; 0 where blank."""
    blank: NDArray[np.bool_]
    """[rows, classes]."""
    label: NDArray[np.float64] | None
    """[rows] class index as read, or None without such a column."""
    no_label: NDArray[np.bool_] | None
    line: NDArray[np.int64]
    """[rows] line in a csv, row in a parquet file."""
    unit: str
    """``line`` or ``row``."""
    unread: NDArray[np.bool_] | np.bool_ = np.False_
    """[rows] whether a cell, 0 here, is no number; reading has told that already."""
    partial: bool = False
    """Whether there are lines that could not be read at all, which is told as well."""

    def at(self, row: int) -> str:
        """Where a row stands, for a message."""
        language, example = self.languages[self.language[row]], self.examples[self.example[row]]
        return f"{self.unit} {self.line[row]} ({quote(language)}, example {quote(example)})"


def rows_of(table: Any, classes: Sequence[str], unit: str, first: int) -> Rows:
    """A pyarrow table as plain arrays."""

    def codes(name: str) -> tuple[NDArray[np.int64], list[str]]:
        column = table.column(name).combine_chunks().fill_null("").dictionary_encode()
        return column.indices.to_numpy().astype(np.int64), column.dictionary.to_pylist()

    def numbers(name: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        column = table.column(name).combine_chunks()
        blank = column.is_null().to_numpy(zero_copy_only=False)
        return column.fill_null(0.0).to_numpy(), blank

    parts = [numbers(name) for name in classes]
    labels, no_label = numbers("label") if "label" in table.column_names else (None, None)
    language_codes, languages = codes("language")
    example_codes, examples = codes("example")
    return Rows(
        languages=tuple(languages),
        examples=tuple(examples),
        language=language_codes,
        example=example_codes,
        values=np.column_stack([values for values, _ in parts]),
        blank=np.column_stack([blank for _, blank in parts]).astype(bool),
        label=labels,
        no_label=no_label,
        line=np.arange(first, first + len(table)),
        unit=unit,
    )


def build(rows: Rows, problems: Problems) -> Predictions | None:
    """Check everything, then arrange.

    Returns:
        The predictions, or None with everything wrong added to the problems.
    """
    if not len(rows.line):
        problems.add("holds no rows below the header")
        return None
    _check_names(rows, problems)
    _check_values(rows, problems)
    complete = _check_grid(rows, problems)
    if complete:
        _check_masks(rows, problems)
    labelled = _check_labels(rows, problems)
    if problems or not complete:
        return None
    shape = (len(rows.languages), len(rows.examples), rows.values.shape[1])
    probabilities = np.zeros(shape)
    probabilities[rows.language, rows.example] = rows.values
    first = _first_rows(rows)
    mask = ~rows.blank[first]
    gold = None
    if labelled and rows.label is not None:
        gold = np.zeros(shape[1:], dtype=bool)
        gold[np.arange(shape[1]), rows.label[first].astype(np.int64)] = True
    return Predictions(
        languages=rows.languages,
        examples=rows.examples,
        probabilities=probabilities,
        gold=gold,
        class_mask=None if mask.all() else mask,
    )


def _report(
    rows: Rows,
    problems: Problems,
    wrong: NDArray[np.bool_] | np.bool_,
    say: Callable[[int], str],
) -> None:
    """The first rows of one kind of problem in full, the rest as a count."""
    where = np.flatnonzero(wrong)
    for row in where[:EACH_KIND]:
        problems.add(f"{rows.at(int(row))}: {say(int(row))}")
    if len(where) > EACH_KIND:
        last = f"{rows.unit} {rows.line[where[-1]]}"
        problems.add(f"{len(where) - EACH_KIND:,} more like these, the last on {last}")


def _first_rows(rows: Rows) -> NDArray[np.int64]:
    """[examples] the first row of each example."""
    first: NDArray[np.int64] = np.unique(rows.example, return_index=True)[1]
    return first


def _check_names(rows: Rows, problems: Problems) -> None:
    """Languages and examples need names, and there must be two languages."""
    named = np.array([bool(name.strip()) for name in rows.languages])
    _report(rows, problems, ~named[rows.language], lambda row: "empty language")
    named = np.array([bool(name.strip()) for name in rows.examples])
    _report(rows, problems, ~named[rows.example], lambda row: "empty example")
    odd = np.array([visible(name) != name or len(name) > LONGEST_NAME for name in rows.languages])
    _report(
        rows,
        problems,
        odd[rows.language],
        lambda row: f"a language is {LONGEST_NAME} plain characters at most",
    )
    problems.add_kind(
        f"{quote(one)} and {quote(other)} are the same language; keep one"
        for one, other in same_language(rows.languages)
    )
    if len(rows.languages) < 2 and not rows.partial:
        problems.add(f"only one language ({quote(rows.languages[0])}); 2 or more are needed")


def _check_values(rows: Rows, problems: Problems) -> None:
    """Each row is a distribution over its classes."""
    values, blank = rows.values, rows.blank
    # Not `values < 0 | values > 1`: a NaN must fail too.
    outside = ~((values >= 0) & (values <= 1)).all(axis=1)

    def culprit(row: int) -> str:
        k = int(np.flatnonzero(~((values[row] >= 0) & (values[row] <= 1)))[0])
        return f"p_{k} is {values[row, k]:g}, expected 0 to 1"

    _report(rows, problems, outside, culprit)
    holes = (blank[:, :-1] & ~blank[:, 1:]).any(axis=1)
    _report(
        rows,
        problems,
        holes,
        lambda row: (
            f"p_{int(np.argmax(blank[row]))} is blank between others; only the last ones may be"
        ),
    )
    empty = blank.all(axis=1)
    _report(rows, problems, empty, lambda row: "no probabilities")
    sums = values.sum(axis=1)
    off = (np.abs(sums - 1) > TOLERANCE + _SLACK) & ~(outside | holes | empty | rows.unread)
    _report(
        rows,
        problems,
        off,
        lambda row: f"probabilities sum to {sums[row]:.6g}, expected 1 within {TOLERANCE}",
    )


def _check_grid(rows: Rows, problems: Problems) -> bool:
    """Every language has every example exactly once."""
    shape = (len(rows.languages), len(rows.examples))
    cells = rows.language * shape[1] + rows.example
    counts = np.bincount(cells, minlength=shape[0] * shape[1])
    repeated = np.zeros(len(cells), dtype=bool)
    if counts.max() > 1:
        repeated[:] = True
        repeated[np.unique(cells, return_index=True)[1]] = False
        _report(rows, problems, repeated, lambda row: "this example was there already")
    missing = np.flatnonzero(counts == 0)
    if not rows.partial:  # else they may be on the lines that could not be read
        problems.add_kind(_lacking(rows, missing), "languages lack some as well")
    return not repeated.any() and not len(missing)


def _lacking(rows: Rows, missing: NDArray[np.int64]) -> Iterator[str]:
    """A sentence for every language that lacks examples."""
    count = len(rows.examples)
    by_language = np.bincount(missing // count, minlength=len(rows.languages))
    for k in np.flatnonzero(by_language):
        some = missing[missing // count == k][:EACH_KIND] % count
        names = quote_all(rows.examples[i] for i in some)
        more = ", ..." if by_language[k] > EACH_KIND else ""
        lacks = f"{quote(rows.languages[k])} lacks {by_language[k]:,} of {count:,} examples"
        yield f"{lacks} ({names}{more})"


def _check_masks(rows: Rows, problems: Problems) -> None:
    """An example has the same classes in every language."""
    first = _first_rows(rows)[rows.example]
    differs = (rows.blank != rows.blank[first]).any(axis=1)
    count = (~rows.blank).sum(axis=1)
    _report(
        rows,
        problems,
        differs,
        lambda row: (
            f"{count[row]} classes, but {count[first[row]]} on "
            f"{rows.unit} {rows.line[first[row]]} for the same example"
        ),
    )


def _check_labels(rows: Rows, problems: Problems) -> bool:
    """Whether there are labels: class indices, on every row, the same in every language."""
    label, missing = rows.label, rows.no_label
    if label is None or missing is None or missing.all():
        return False
    _report(rows, problems, missing, lambda row: "no label, but other rows have one")
    classes = rows.values.shape[1]
    # A NaN fails the comparison with its own rounding; a huge number would overflow as an index.
    invalid = ~((label == np.round(label)) & (label >= 0) & (label < classes)) & ~missing
    _report(
        rows,
        problems,
        invalid,
        lambda row: f"label {label[row]:g} is no class index (0 to {classes - 1})",
    )
    usable = ~invalid & ~missing & ~rows.unread
    index = np.where(usable, label, 0).astype(np.int64)
    absent = rows.blank[np.arange(len(label)), index] & usable
    _report(rows, problems, absent, lambda row: f"label {index[row]} is a class it does not have")
    first = _first_rows(rows)[rows.example]
    differs = (index != index[first]) & usable & usable[first]
    _report(
        rows,
        problems,
        differs,
        lambda row: (
            f"label {index[row]}, but {index[first[row]]} on "
            f"{rows.unit} {rows.line[first[row]]} for the same example"
        ),
    )
    return True
