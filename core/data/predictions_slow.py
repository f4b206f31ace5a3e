"""A predictions csv with something wrong in it, read line by line so that all of it is named."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.data.predictions_rows import Rows, rows_of
from core.data.problems import Problems, read_lines
from core.quoting import quote


def read_csv_slowly(path: Path, classes: Sequence[str], problems: Problems) -> Rows | None:
    """Line by line, for a file with something wrong in it; what can be read is kept.

    Returns:
        The rows, 0 where a cell is no number; None where no line can be read.
    """
    before = len(problems.found)
    lines = read_lines(path, problems, path.name)
    if not lines:
        return None
    header = [name.strip() for name in next(csv.reader(lines[:1]))]
    wanted = ["language", "example", *classes, *(["label"] if "label" in header else [])]
    position = [header.index(name) for name in wanted]
    cells: list[list[str]] = []
    numbers: list[int] = []
    wrong: list[str] = []
    reader = csv.reader(lines[1:])
    try:
        for row in reader:
            if len(row) == len(header):
                cells.append([row[place] for place in position])
                numbers.append(reader.line_num + 1)
            elif row:
                place = f"line {reader.line_num + 1}"
                wrong.append(f"{place}: {len(row)} columns, expected {len(header)}")
    except csv.Error as error:
        wrong.append(f"line {reader.line_num + 1}: {error}")
    problems.add_kind(wrong, "lines have a wrong number of columns")
    partial = len(problems.found) > before
    if partial and not cells:
        return None
    bad = list(_not_numbers(cells, wanted))
    problems.add_kind(
        (
            f"line {numbers[row]}: {name} is '{quote(text)}', expected a number"
            for row, name, text in bad
        ),
        "cells are no numbers",
    )
    unread = np.isin(np.arange(len(cells)), [row for row, *_ in bad])
    rows = rows_of(_table(cells, wanted), classes, "line", 2)
    line = np.array(numbers, dtype=np.int64)
    return replace(rows, line=line, unread=unread, partial=partial)


def _not_numbers(
    cells: Sequence[Sequence[str]], wanted: Sequence[str]
) -> Iterable[tuple[int, str, str]]:
    """Row, column and text of every cell that should be a number."""
    for row, texts in enumerate(cells):
        for name, text in zip(wanted[2:], texts[2:], strict=True):
            try:
                float(text.strip() or 0)
            except ValueError:
                yield row, name, text


def _number(text: str) -> float | None:
    """None for a blank, 0 for what is no number."""
    try:
        return float(text) if text.strip() else None
    except ValueError:
        return 0.0


def _table(cells: Sequence[Sequence[str]], wanted: Sequence[str]) -> Any:
    """What the fast reader would have given, had it not refused."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for i, name in enumerate(wanted):
        texts = [row[i] for row in cells]
        if name in ("language", "example"):
            columns[name] = pa.array(texts, type=pa.string())
        else:
            columns[name] = pa.array([_number(text) for text in texts], type=pa.float64())
    return pa.table(columns)
