"""Text formats read into rows: separated values and JSON lines."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core.data.problems import (
    MAX_LINE_BYTES,
    Problems,
    check_file,
    each_line,
    other_encoding,
    other_separator,
)
from core.quoting import quote, quote_all

_SURROGATE = re.compile("[\\ud800-\\udfff]")
"""What a lone ``\\ud83d`` escape in JSON becomes: text that can't be written as UTF-8."""
Row = tuple[list[str], int]
"""The cells of a row, and the line it starts on."""


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
    header, rows = separated(path, columns, problems, separator=separator, quoted=quoted, name=name)
    pairs = list(rows)
    return header, [row for row, _ in pairs], [number for _, number in pairs]


def separated(
    path: Path,
    columns: Sequence[str] | None,
    problems: Problems,
    *,
    separator: str = "\t",
    quoted: bool = True,
    name: str | None = None,
) -> tuple[list[str], Iterator[Row]]:
    """The same with the rows one by one, for large files; see `read_separated`.

    Returns:
        The header, and the rows with the line each starts on; what is wrong with them is added to
        the problems behind the last one.
    """
    name = name or path.name
    lines = each_line(path, problems, name)
    if quoted:
        records = _quoted(lines, separator, problems, name)
    else:
        records = ((line.split(separator), n) for n, line in enumerate(lines, start=1))
    first = next(records, None)
    if first is None:
        return [], records
    header = [cell.strip() for cell in first[0]]
    if not any(header):
        wrong = "no header"
    elif len(header) == 1 and (other := other_separator(header[0], separator)):
        expected = "tabs" if separator == "\t" else "commas"
        wrong = f"the columns are separated by {other}, expected {expected}"
    else:
        _check_header(header, columns or (), problems, name)
        return header, _fitting(records, len(header), problems, name)
    deque(records, maxlen=0)
    problems.add(f"{name} line 1: {wrong}")
    return [], records


def _fitting(records: Iterator[Row], columns: int, problems: Problems, name: str) -> Iterator[Row]:
    """The records with so many columns; the others become problems, but blank ones."""
    wrong = []
    for record, number in records:
        if len(record) == columns:
            yield record, number
        elif any(cell.strip() for cell in record):
            wrong.append(f"{name} line {number}: {len(record)} columns, expected {columns}")
    problems.add_kind(wrong, f"lines of {name} have a wrong number of columns")


def _quoted(lines: Iterator[str], separator: str, problems: Problems, name: str) -> Iterator[Row]:
    """Records of a quoted file and the line each starts on."""
    limit = csv.field_size_limit(MAX_LINE_BYTES)
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator, strict=True)
    start = 1
    try:
        for record in reader:
            yield record, start
            start = reader.line_num + 1
    except csv.Error as error:
        deque(lines, maxlen=0)
        problems.add(f"{name} line {start}: broken quotes ({error}); a quote inside is doubled")
    finally:
        csv.field_size_limit(limit)


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
    pairs = list(_objects(path, problems, name or path.name))
    return [record for record, _ in pairs], [number for _, number in pairs]


def _objects(path: Path, problems: Problems, name: str) -> Iterator[tuple[dict[str, Any], int]]:
    """The same one by one."""
    broken: list[str] = []
    for number, line in enumerate(each_line(path, problems, name), start=1):
        if not line.strip():
            continue
        record = _json_object(line)
        if isinstance(record, str):
            broken.append(f"{name} line {number}: {record}")
        else:
            yield record, number
    problems.add_kind(broken)


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
    pairs = list(each_object(path, columns, problems, name=name))
    return [row for row, _ in pairs], [number for _, number in pairs]


def each_object(
    path: Path, columns: Sequence[str], problems: Problems, *, name: str | None = None
) -> Iterator[tuple[dict[str, str], int]]:
    """The same one by one, for large files; see `read_jsonl`."""
    name = name or path.name
    broken: list[str] = []
    for record, number in _objects(path, problems, name):
        row = _text_record(record, columns)
        if isinstance(row, str):
            broken.append(f"{name} line {number}: {row}")
        else:
            yield row, number
    problems.add_kind(broken)


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
