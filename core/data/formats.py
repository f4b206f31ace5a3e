"""Text formats read into rows: separated values and JSON lines."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.data.problems import (
    MAX_LINE_BYTES,
    Problems,
    check_file,
    other_encoding,
    other_separator,
    read_lines,
)
from core.quoting import quote, quote_all

_SURROGATE = re.compile("[\\ud800-\\udfff]")
"""What a lone ``\\ud83d`` escape in JSON becomes: text that can't be written as UTF-8."""


def read_separated(
    path: Path,
    columns: Sequence[str] | None,
    problems: Problems,
    *,
    separator: str = "\t",
    quoted: bool = True,
    name: str | None = None,
) -> tuple[list[str], list[list[str]], list[int]]:
    """A file of separated values with a header.

    Args:
        path: the file.
        columns: the header's columns that must be there; None to accept any header.
        problems: missing columns, wrong column counts and open quotes are added here.
        separator: tab or comma.
        quoted: whether fields may stand in double quotes (then a field may span lines).
        name: how messages call the file.

    Returns:
        The header, the rows of the right length, and the line each starts on.
    """
    name = name or path.name
    lines = read_lines(path, problems, name)
    if not lines:
        return [], [], []
    if quoted:
        records, numbers = _quoted(lines, separator, problems, name)
    else:
        records = [line.split(separator) for line in lines]
        numbers = list(range(1, len(lines) + 1))
    header = [cell.strip() for cell in records[0]] if records else []
    if not any(header):
        problems.add(f"{name} line 1: no header")
        return [], [], []
    if len(header) == 1 and (other := other_separator(header[0], separator)):
        expected = "tabs" if separator == "\t" else "commas"
        problems.add(f"{name} line 1: the columns are separated by {other}, expected {expected}")
        return [], [], []
    _check_header(header, columns or (), problems, name)
    rows, kept = [], []
    wrong = []
    for record, number in zip(records[1:], numbers[1:], strict=True):
        if len(record) == len(header):
            rows.append(record)
            kept.append(number)
        elif any(cell.strip() for cell in record) and lines[number - 1]:
            wrong.append(f"{name} line {number}: {len(record)} columns, expected {len(header)}")
    problems.add_kind(wrong, f"lines of {name} have a wrong number of columns")
    return header, rows, kept


def _quoted(
    lines: list[str], separator: str, problems: Problems, name: str
) -> tuple[list[list[str]], list[int]]:
    """Records of a quoted file and the line each starts on."""
    limit = csv.field_size_limit(MAX_LINE_BYTES)
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator, strict=True)
    records, numbers, start = [], [], 1
    try:
        for record in reader:
            records.append(record)
            numbers.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        problems.add(f"{name} line {start}: broken quotes ({error}); a quote inside is doubled")
    finally:
        csv.field_size_limit(limit)
    return records, numbers


def _check_header(
    header: Sequence[str], columns: Sequence[str], problems: Problems, name: str
) -> None:
    """Columns that are missing or there twice."""
    if missing := [column for column in columns if column not in header]:
        problems.add(
            f"{name} line 1: no column {', '.join(missing)}; there are {quote_all(header)}"
        )
    if twice := sorted({column for column in header if header.count(column) > 1}):
        problems.add(f"{name} line 1: column {quote_all(twice)} stands twice")


def read_json(path: Path, problems: Problems, *, unique: bool = False) -> Any:
    """The content of a UTF-8 json file; None where there is a problem.

    Args:
        path: the file.
        problems: what keeps it from being read is added here.
        unique: whether a key that stands twice in one object is a problem; else the last counts.
    """
    if not check_file(path, problems):
        return None
    twice: list[str] = []

    def checked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        counts = Counter(key for key, _ in pairs)
        twice.extend(f"{quote(key)} stands {n} times" for key, n in counts.items() if n > 1)
        return dict(pairs)

    try:
        raw = path.read_bytes()
        content = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=checked if unique else None)
    except UnicodeDecodeError:
        guess = other_encoding(raw)
        problems.add(f"{path.name} is not UTF-8" + (f"; it looks like {guess}" if guess else ""))
        return None
    except OSError as error:
        problems.add(f"{path.name} can't be read: {error.strerror}")
        return None
    except (ValueError, RecursionError) as error:
        problems.add(f"{path.name} is no JSON ({quote(error)})")
        return None
    problems.add_kind(twice)
    return None if twice else content


def read_objects(
    path: Path, problems: Problems, *, name: str | None = None
) -> tuple[list[dict[str, Any]], list[int]]:
    """A file of one JSON object a line, with its values as they are.

    Args:
        path: the file.
        problems: broken lines are added here.
        name: how messages call the file.

    Returns:
        The objects and their line numbers.
    """
    name = name or path.name
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    broken: list[str] = []
    for number, line in enumerate(read_lines(path, problems, name), start=1):
        if not line.strip():
            continue
        record = _json_object(line)
        if isinstance(record, str):
            broken.append(f"{name} line {number}: {record}")
        else:
            rows.append(record)
            numbers.append(number)
    problems.add_kind(broken)
    return rows, numbers


def read_jsonl(
    path: Path, columns: Sequence[str], problems: Problems, *, name: str | None = None
) -> tuple[list[dict[str, str]], list[int]]:
    """A file of one JSON object a line; values become text, a missing or null one a problem.

    Args:
        path: the file.
        columns: the keys every object must have.
        problems: broken lines are added here.
        name: how messages call the file.

    Returns:
        The objects (numbers as text; null left out unless asked for) and their line numbers.
    """
    name = name or path.name
    rows: list[dict[str, str]] = []
    kept: list[int] = []
    broken: list[str] = []
    objects, numbers = read_objects(path, problems, name=name)
    for record, number in zip(objects, numbers, strict=True):
        row = _text_record(record, columns)
        if isinstance(row, str):
            broken.append(f"{name} line {number}: {row}")
        else:
            rows.append(row)
            kept.append(number)
    problems.add_kind(broken)
    return rows, kept


def _json_object(line: str) -> dict[str, Any] | str:
    """The object of a line, or what is wrong with it."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"no JSON ({quote(error)})"
    return record if isinstance(record, dict) else "no JSON object"


def _text_record(record: dict[str, Any], columns: Sequence[str]) -> dict[str, str] | str:
    """An object with its values as text, or what is wrong with it."""
    if missing := [column for column in columns if record.get(column) is None]:
        return f"no {', '.join(missing)}"
    if nested := [key for key in columns if isinstance(record[key], dict | list)]:
        return f"{quote_all(nested)} is no text"
    row = {key: str(value) for key, value in record.items() if value is not None}
    if halves := [key for key, value in row.items() if _SURROGATE.search(value)]:
        return f"{quote_all(halves)} holds half a character (a lone surrogate)"
    return row
