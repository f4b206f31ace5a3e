"""A predictions file: probabilities of any model, brought as csv or parquet in long form.

Columns: ``language``, ``example``, ``p_0``, ``p_1``, ... and optionally ``label`` (class index).
This module is on the path of ``select --predictions``, so it loads pyarrow and not pandas.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.data.predictions import Predictions
from core.data.predictions_rows import Rows, build, rows_of
from core.data.predictions_slow import read_csv_slowly
from core.data.problems import (
    MAX_LINE_BYTES,
    Problems,
    check_file,
    other_encoding,
    other_separator,
)
from core.errors import UserError
from core.quoting import quote_all

REMEDY = (
    "Expected columns: language, example, p_0, p_1, ... and, if known, label; one row per example "
    "and language, every language with every example."
)
PROBABILITY = re.compile(r"p_(0|[1-9]\d*)")


def read_predictions(path: Path) -> Predictions:
    """Read and check a predictions file.

    Rows sum to 1 within 1e-3 and are kept as read (float64), never renormalised. Blank
    probabilities at the end of a row are classes its example does not have. Languages and
    examples keep the order of their first appearance; ids are text, so 007 stays 007.

    Args:
        path: ``.csv`` (comma) or ``.parquet``.

    Raises:
        DataError: all problems, with line numbers (csv) or row numbers (parquet, from 1).
        UserError: neither csv nor parquet.
    """
    problems = Problems(path.name, REMEDY)
    if path.is_dir() or path.suffix.lower() in (".csv", ".parquet"):
        check_file(path, problems)
        problems.raise_if_any()
    else:
        raise UserError(f"{path.name} is neither .csv nor .parquet. {REMEDY}")
    read = _read_csv if path.suffix.lower() == ".csv" else _read_parquet
    rows = read(path, problems)
    predictions = build(rows, problems) if rows else None
    problems.raise_if_any()
    if predictions is None:  # build reports every reason it has
        raise AssertionError("no predictions and no problem")
    return predictions


def write_predictions(predictions: Predictions, path: Path) -> None:
    """Write long-form csv or parquet, by a temporary file and a rename.

    The label is left out where an example has several gold classes.

    Raises:
        UserError: neither csv nor parquet.
    """
    import pyarrow as pa

    languages, examples, classes = predictions.probabilities.shape
    values = predictions.probabilities.astype(np.float64).reshape(-1, classes)
    columns: dict[str, Any] = {
        "language": pa.array(np.repeat(np.array(predictions.languages, dtype=object), examples)),
        "example": pa.array(list(predictions.examples) * languages),
    }
    for k in range(classes):
        absent = None
        if predictions.class_mask is not None:
            absent = np.tile(~predictions.class_mask[:, k], languages)
        columns[f"p_{k}"] = pa.array(values[:, k], mask=absent)
    gold = predictions.gold
    if gold is not None and (gold.sum(axis=1) == 1).all():
        columns["label"] = pa.array(np.tile(gold.argmax(axis=1), languages))
    _write_table(pa.table(columns), path)


def _write_table(table: Any, path: Path) -> None:
    """One of the two formats, whole or not at all."""
    temporary = path.with_name(f".{path.name}.tmp")
    if path.suffix.lower() == ".csv":
        import pyarrow.csv as pa_csv

        pa_csv.write_csv(table, temporary, pa_csv.WriteOptions(quoting_style="needed"))
    elif path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pa_parquet

        pa_parquet.write_table(table, temporary)
    else:
        raise UserError(f"{path.name} is neither .csv nor .parquet")
    temporary.replace(path)


def _class_columns(header: Sequence[str], problems: Problems) -> list[str]:
    """``p_0`` ... in order; what is wrong with the header becomes a problem."""
    listed = quote_all(header, 12)
    if len(header) == 1 and (other := other_separator(header[0], ",")):
        problems.add(f"line 1: the columns are separated by {other}, expected a comma")
        return []
    if missing := [name for name in ("language", "example") if name not in header]:
        problems.add(f"no column {', '.join(missing)}; there are {listed}")
    if twice := sorted({name for name in header if header.count(name) > 1}):
        problems.add(f"column {quote_all(twice)} stands twice")
    indices = sorted(
        int(match[1]) for name in set(header) if (match := PROBABILITY.fullmatch(name))
    )
    if len(indices) < 2:
        problems.add(
            f"{len(indices)} probability columns, 2 or more are needed; there are {listed}"
        )
    gaps = sorted(set(range(indices[-1] + 1 if indices else 0)) - set(indices))
    if gaps and len(indices) >= 2:
        problems.add(f"no column {', '.join(f'p_{k}' for k in gaps[:5])}, but p_{indices[-1]}")
    return [f"p_{k}" for k in indices]


def csv_header(path: Path, problems: Problems) -> list[str]:
    """Names of the columns; a first line that is none becomes a problem."""
    with path.open("rb") as handle:
        first = handle.readline(MAX_LINE_BYTES + 1)
    if encoding := other_encoding(first):
        problems.add(f"not UTF-8; it looks like {encoding}: save it as UTF-8")
    elif len(first) > MAX_LINE_BYTES:
        problems.add(f"line 1: no line break in the first {MAX_LINE_BYTES:,} bytes")
    elif b"\0" in first:
        problems.add("line 1: a NUL byte, so this is no text but a binary file")
    else:
        header = first.removeprefix(b"\xef\xbb\xbf")
        try:
            return [name.strip() for name in next(csv.reader([header.decode("utf-8")]), [])]
        except UnicodeDecodeError as error:
            found = f"no UTF-8 at byte {error.start + 1} (0x{header[error.start]:02x})"
            problems.add(f"line 1: {found}: save it as csv in UTF-8")
        except csv.Error as error:
            problems.add(f"line 1: {error}")
    return []


def _read_csv(path: Path, problems: Problems) -> Rows | None:
    """Fast by pyarrow; a file it refuses is read again line by line, to name every problem."""
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    names = csv_header(path, problems)
    classes = [] if problems else _class_columns(names, problems)
    if problems:
        return None
    types = {"language": pa.string(), "example": pa.string()}
    types |= dict.fromkeys([*classes, *(["label"] if "label" in names else [])], pa.float64())
    try:
        table = pa_csv.read_csv(
            path,
            read_options=pa_csv.ReadOptions(
                column_names=names, skip_rows=1, block_size=1 << 24, use_threads=True
            ),
            parse_options=pa_csv.ParseOptions(ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=types, include_columns=list(types), null_values=[""]
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError, ValueError):
        return read_csv_slowly(path, classes, problems)
    rows = rows_of(table, classes, "line", 2)
    # A blank line comes as a row of blanks; the slow reader skips it and keeps the line numbers.
    return read_csv_slowly(path, classes, problems) if "" in rows.languages else rows


def _read_parquet(path: Path, problems: Problems) -> Rows | None:
    """All columns it needs, in one go."""
    import pyarrow as pa
    import pyarrow.parquet as pa_parquet

    try:
        file = pa_parquet.ParquetFile(path)
        names = list(file.schema_arrow.names)
        classes = _class_columns(names, problems)
        if problems:
            return None
        wanted = ["language", "example", *classes, *(["label"] if "label" in names else [])]
        table = file.read(columns=wanted)
    except (pa.ArrowException, OSError) as error:
        problems.add(f"no readable parquet file: {str(error).splitlines()[0]}")
        return None
    for i, name in enumerate(wanted):
        target = pa.string() if name in ("language", "example") else pa.float64()
        try:
            table = table.set_column(i, name, table.column(name).cast(target))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # the latter: no such cast
            kind = "text" if name in ("language", "example") else "a number"
            problems.add(f"column {name} is {table.column(name).type}, expected {kind}")
    return None if problems else rows_of(table, classes, "row", 1)
