"""A predictions csv with something wrong in it, read line by line so that all of it is named."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.data.predictions_rows import Rows, rows_of
from core.data.problems import Problems, read_lines
from core.quoting import quote


def read_csv_slowly(path: Path, classes: Sequence[str], problems: Problems) -> Rows | None:
    """Line by line, for a file with something wrong in it."""
    before = len(problems.found)
    lines = read_lines(path, problems, path.name)
    if len(problems.found) > before:
        return None
    reader = csv.reader(lines)
    cells: list[list[str]] = []
    numbers: list[int] = []
    wrong: list[str] = []
    wanted: list[str] = []
    try:
        header = [name.strip() for name in next(reader)]
        wanted = ["language", "example", *classes, *(["label"] if "label" in header else [])]
        position = {name: header.index(name) for name in wanted}
        for row in reader:
            if len(row) == len(header):
                cells.append([row[position[name]] for name in wanted])
                numbers.append(reader.line_num)
            elif row:
                wrong.append(f"line {reader.line_num}: {len(row)} columns, expected {len(header)}")
    except csv.Error as error:
        wrong.append(f"line {reader.line_num}: {error}")
    problems.add_kind(wrong, "lines have a wrong number of columns")
    problems.add_kind(_not_numbers(cells, numbers, wanted), "cells are no numbers")
    return None if len(problems.found) > before else _from_cells(cells, numbers, classes, wanted)


def _number(text: str) -> float | None:
    """A blank is no number and no problem."""
    return float(text) if text.strip() else None


def _not_numbers(
    cells: Sequence[Sequence[str]], numbers: Sequence[int], wanted: Sequence[str]
) -> Iterable[str]:
    """A sentence for every cell that should be a number."""
    for row, number in zip(cells, numbers, strict=True):
        for name, text in zip(wanted[2:], row[2:], strict=True):
            try:
                _number(text)
            except ValueError:
                yield f"line {number}: {name} is '{quote(text)}', expected a number"


def _from_cells(
    cells: Sequence[Sequence[str]],
    numbers: Sequence[int],
    classes: Sequence[str],
    wanted: Sequence[str],
) -> Rows:
    """What the fast reader would have given, had it not refused (blank lines, open quotes)."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for i, name in enumerate(wanted):
        texts = [row[i] for row in cells]
        if name in ("language", "example"):
            columns[name] = pa.array(texts, type=pa.string())
        else:
            columns[name] = pa.array([_number(text) for text in texts], type=pa.float64())
    rows = rows_of(pa.table(columns), classes, "line", 2)
    return Rows(**{**vars(rows), "line": np.array(numbers, dtype=np.int64)})
