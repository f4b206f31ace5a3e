"""A predictions file whose columns have other names, written again with the expected ones."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from core.data.predictions_file import PROBABILITY, REMEDY, csv_header
from core.data.problems import Problems, check_file
from core.errors import UserError
from core.quoting import quote

LANGUAGE = ("language", "lang", "locale")
EXAMPLE = ("example", "id", "item", "example_id", "idx", "doc_id", "guid")
LABEL = ("label", "gold", "target", "answer")
"""Names that say what a column is, in the order in which they are looked for."""


@dataclass(frozen=True)
class PredictionColumns:
    """Which column is what."""

    language: str
    example: str
    probabilities: tuple[str, ...]
    """Of each class, in index order."""
    label: str | None = None
    """Of the right class: its index, or the name of its column of probabilities."""

    def __post_init__(self) -> None:
        """Refuse fewer than two classes and a column used twice."""
        used = [self.language, self.example, *self.probabilities, *filter(None, [self.label])]
        if twice := sorted({name for name in used if used.count(name) > 1}):
            raise UserError(f"column {', '.join(map(quote, twice))} is used for two things")
        if len(self.probabilities) < 2:
            raise UserError(
                f"{len(self.probabilities)} columns of probabilities, 2 or more are needed"
            )

    @property
    def expected(self) -> bool:
        """Whether these are the names that are expected anyway."""
        names = tuple(f"p_{k}" for k in range(len(self.probabilities)))
        own = (self.language, self.example, self.label)
        return self.probabilities == names and own in (
            ("language", "example", "label"),
            ("language", "example", None),
        )


def columns_in(path: Path) -> list[str]:
    """Names of the columns of a csv or parquet file.

    Raises:
        DataError: there is no header that can be read.
    """
    problems = Problems(path.name, REMEDY)
    names: list[str] = []
    if check_file(path, problems):
        names = csv_header(path, problems) if path.suffix == ".csv" else _schema(path, problems)
    problems.raise_if_any()
    return names


def first_rows(path: Path, count: int) -> list[dict[str, Any]]:
    """The first rows of a file whose columns can be read, as they are: column -> cell.

    Raises:
        DataError: they can't be read.
    """
    problems = Problems(path.name, REMEDY)
    read = _first_of_csv if path.suffix == ".csv" else _first_of_parquet
    rows = read(path, count, problems)
    problems.raise_if_any()
    return rows


def _first_of_csv(path: Path, count: int, problems: Problems) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as source:
        reader = csv.reader(source)
        try:
            header = [name.strip() for name in next(reader, [])]
            return [dict(zip(header, row, strict=False)) for row in islice(reader, count)]
        except csv.Error as error:
            problems.add(f"line {reader.line_num}: {error}")
    return []


def _first_of_parquet(path: Path, count: int, problems: Problems) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pa_parquet

    try:
        batches = pa_parquet.ParquetFile(path).iter_batches(count)
        return [row for batch in islice(batches, 1) for row in batch.to_pylist()]
    except (pa.ArrowException, OSError) as error:
        problems.add(_no_parquet(error))
    return []


def guess(
    names: Sequence[str], rows: Sequence[Mapping[str, object]] = ()
) -> dict[str, str | tuple[str, ...] | None]:
    """What the names, or else the numbers, say: role -> column.

    Args:
        names: of the columns.
        rows: the first ones; columns of numbers from 0 to 1 are taken for probabilities where no
            name says which are.

    Returns:
        `language`, `example` and `label`, None where it is not known; `probabilities`, perhaps
        none.
    """

    def first(known: Sequence[str]) -> str | None:
        lowered = {name.lower(): name for name in reversed(names)}
        return next((lowered[name] for name in known if name in lowered), None)

    found = {"language": first(LANGUAGE), "example": first(EXAMPLE), "label": first(LABEL)}
    indexed = sorted(
        (int(match[1]), name) for name in names if (match := PROBABILITY.fullmatch(name.lower()))
    )
    listed = [name for _, name in indexed]
    if len(listed) < 2:
        prefixed = [x for x in names if x.lower().startswith(("p_", "prob_", "p(", "prob("))]
        listed = [x for x in prefixed if x not in found.values()]
    if len(listed) < 2 and rows:
        others = [x for x in names if x not in found.values()]
        listed = [x for x in others if all(_is_share(row.get(x)) for row in rows)]
    return {**found, "probabilities": tuple(listed)}


def _is_share(value: object) -> bool:
    """Whether a cell holds a number from 0 to 1."""
    try:
        return 0 <= float(str(value)) <= 1
    except ValueError:
        return False


def rewrite(path: Path, columns: PredictionColumns, target: Path) -> Path:
    """Write the file with the expected names; other columns are left out, lines keep their place.

    A label that is the name of a class's column becomes its index. What else is wrong stays, for
    `core.data.predictions_file.read_predictions` to say where.

    Args:
        path: csv or parquet.
        columns: which is what.
        target: file of the same kind.

    Raises:
        DataError: a column is not there, or the file can't be read at all.
    """
    problems = Problems(path.name, REMEDY)
    names = columns_in(path)
    used = [columns.language, columns.example, *columns.probabilities]
    used += [columns.label] if columns.label else []
    if missing := [name for name in used if name not in names]:
        problems.add(f"no column {', '.join(map(quote, missing))}")
        problems.raise_if_any()
    if path.suffix == ".csv":
        _rewrite_csv(path, columns, used, target, problems)
    else:
        _rewrite_parquet(path, columns, used, target, problems)
    problems.raise_if_any()
    return target


def _header(columns: PredictionColumns) -> list[str]:
    """The expected names, in the order in which the columns are written."""
    names = ["language", "example", *(f"p_{k}" for k in range(len(columns.probabilities)))]
    return [*names, "label"] if columns.label else names


def _index(label: str, columns: PredictionColumns) -> str:
    """The index of a class that is named; anything else as it is."""
    named = label.strip()
    for k, name in enumerate(columns.probabilities):
        if named and named in (name, name.partition("_")[2]):
            return str(k)
    return label


def _rewrite_csv(
    path: Path,
    columns: PredictionColumns,
    used: Sequence[str],
    target: Path,
    problems: Problems,
) -> None:
    """Record by record; one of another length is written as it is, and refused by the reader."""
    with (
        path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as source,
        target.open("w", encoding="utf-8", errors="surrogateescape", newline="") as copy,
    ):
        reader, writer = csv.reader(source), csv.writer(copy, lineterminator="\n")
        header = [name.strip() for name in next(reader)]
        places = [header.index(name) for name in used]
        writer.writerow(_header(columns))
        try:
            for row in reader:
                if len(row) != len(header):
                    writer.writerow(["", *row] if len(row) == len(places) else row)
                    continue
                cells = [row[place] for place in places]
                if columns.label:
                    cells[-1] = _index(cells[-1], columns)
                writer.writerow(cells)
        except csv.Error as error:
            problems.add(f"line {reader.line_num}: {error}")


def _rewrite_parquet(
    path: Path,
    columns: PredictionColumns,
    used: Sequence[str],
    target: Path,
    problems: Problems,
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pa_parquet

    try:
        table = pa_parquet.read_table(path, columns=list(used)).select(list(used))
    except (pa.ArrowException, OSError) as error:
        problems.add(_no_parquet(error))
        return
    table = table.rename_columns(_header(columns))
    if columns.label and pa.types.is_string(table.column("label").type):
        labels = [_index(x or "", columns) or None for x in table.column("label").to_pylist()]
        table = table.set_column(len(used) - 1, "label", pa.array(labels, pa.string()))
    pa_parquet.write_table(table, target)


def _schema(path: Path, problems: Problems) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pa_parquet

    try:
        return list(pa_parquet.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        problems.add(_no_parquet(error))
        return []


def _no_parquet(error: Exception) -> str:
    return f"no readable parquet file: {str(error).splitlines()[0]}"
