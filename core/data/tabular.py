"""A user's own csv, tsv or jsonl: one row per item and language, or one file per language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.data.columns import Columns
from core.data.formats import read_jsonl, read_separated
from core.data.parallel import ParallelDataset
from core.data.problems import Problems, check_file
from core.data.table import Shape, Table, assemble
from core.errors import UserError
from core.languages import canonical, match_codes
from core.quoting import quote, quote_all

SUFFIXES = {".csv": ",", ".tsv": "\t", ".jsonl": ""}
SPLITS = {
    "train": "train",
    "dev": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "unlabelled": "unlabelled",
}
"""What a split column or a file name may say."""
ALL = "all"
"""The one split of data that names none."""
REMEDY = (
    "Expected: columns id, language, text (or premise and hypothesis) and, if labelled, label; "
    "name other columns once. A folder holds name.en.csv, name.sw.csv, ... without a language "
    "column."
)
Rows = list[tuple[dict[str, str], int]]
"""Rows by column, each with its line number."""
Tables = dict[str, dict[str, Table]]
"""split -> language -> rows."""


def load(
    path: Path,
    languages: Sequence[str] | None = None,
    columns: Columns | None = None,
    *,
    class_names: Sequence[str] = (),
    minimum_languages: int = 2,
) -> dict[str, ParallelDataset]:
    """Read a file, or a folder with one file per language.

    Args:
        path: the file or folder.
        languages: which ones, by any code; all by default.
        columns: names of the columns; unset ones are looked for under their usual names.
        class_names: labels in index order; the sorted labels by default.
        minimum_languages: fewer are refused.

    Returns:
        split -> dataset, or ``all`` -> dataset where no split is named. Item ids are the file's,
        with the split before them where there is one.

    Raises:
        DataError: all problems of all files.
        UserError: a language is not there.
    """
    problems = Problems(path.name, REMEDY)
    read = _read_folder if path.is_dir() else _read_long
    tables = read(path, languages, columns or Columns(), problems)
    problems.raise_if_any()
    every = [table for by_language in tables.values() for table in by_language.values()]
    names = tuple(class_names) or _sorted_labels(
        {name for t in every for name in t.labels or () if name}
    )
    widths = {len(fields) for table in every for fields in table.fields}
    field_names = ("text",) if widths == {1} else ("first text", "second text")
    if len(widths) > 1:
        problems.add("some files have one text column, others two")
        problems.raise_if_any()
    splits: dict[str, ParallelDataset] = {}
    for split, by_language in tables.items():
        shape = Shape(path.stem, field_names, names, minimum_languages=minimum_languages)
        source = {key: key for key in by_language}
        if dataset := assemble(by_language, shape, problems, source):
            splits[split] = replace(dataset, clusters=_own_clusters(dataset))
    problems.raise_if_any()
    return splits


def _own_clusters(dataset: ParallelDataset) -> tuple[str, ...]:
    """The file's clusters; an item without one is its own."""
    pairs = zip(dataset.clusters, dataset.item_ids, strict=True)
    return tuple(cluster or item for cluster, item in pairs)


def _sorted_labels(labels: set[str]) -> tuple[str, ...]:
    """Numbers in numeric order, anything else alphabetically."""
    if labels and all(re.fullmatch(r"-?\d+", label) for label in labels):
        return tuple(sorted(labels, key=lambda label: (int(label), label)))
    return tuple(sorted(labels))


def _read_rows(path: Path, problems: Problems) -> Rows:
    """The rows of one file in any of the formats."""
    if not check_file(path, problems):
        return []
    if path.suffix not in SUFFIXES:
        problems.add(f"{path.name} is none of {', '.join(SUFFIXES)}")
        return []
    before = len(problems.found)
    if path.suffix == ".jsonl":
        rows, numbers = read_jsonl(path, (), problems)
    else:
        separator = SUFFIXES[path.suffix]
        header, cells, numbers = read_separated(path, None, problems, separator=separator)
        rows = [dict(zip(header, row, strict=True)) for row in cells]
    if not rows and len(problems.found) == before:
        problems.add(f"{path.name} holds no examples")
    return list(zip(rows, numbers, strict=True))


def _columns_of(
    rows: Rows, columns: Columns, needed: Sequence[str], where: str, problems: Problems
) -> Columns | None:
    """The columns of a file, or None with a problem when one is not there."""
    header = list(dict.fromkeys(key for row, _ in rows for key in row))
    used = columns.resolve(header)
    named = (used.id, used.language, *used.text, used.label, used.split, used.cluster)
    gone = [f"'{quote(column)}'" for column in named if column and column not in header]
    gone += [f"for the {role}" for role in needed if not getattr(used, role)]
    if gone:
        problems.add(f"{where}: no column {', '.join(gone[:5])}; there are {quote_all(header)}")
        return None
    return used


def _read_long(
    path: Path, languages: Sequence[str] | None, columns: Columns, problems: Problems
) -> Tables:
    """A file with a language column."""
    rows = _read_rows(path, problems)
    used = _columns_of(rows, columns, ("id", "language", "text"), path.name, problems)
    if not rows or used is None or used.language is None:
        return {}
    by_code: dict[str, Rows] = {}
    for row, number in rows:
        by_code.setdefault(row.get(used.language, "").strip(), []).append((row, number))
    for code in list(by_code):
        try:
            canonical(code)
        except UserError as error:
            problems.add(f"{path.name} line {by_code.pop(code)[0][1]}: {error}")
    tables: Tables = {}
    for key, code in match_codes(by_code, languages, path.name).items():
        _add_rows(tables, key, by_code[code], used, path.name, None, problems)
    return tables


def _read_folder(
    path: Path, languages: Sequence[str] | None, columns: Columns, problems: Problems
) -> Tables:
    """A folder of ``name.{language}.csv``; the name may be a split."""
    files: dict[str, list[Path]] = {}
    for file in sorted(path.iterdir()):
        if file.suffix in SUFFIXES and "." in file.stem:
            files.setdefault(file.stem.rsplit(".", 1)[1], []).append(file)
    if not files:
        problems.add(f"no file such as name.en.csv ({', '.join(SUFFIXES)})")
        return {}
    names = {file.stem.rsplit(".", 1)[0] for group in files.values() for file in group}
    if len(names) > 1 and not names <= SPLITS.keys():
        problems.add(f"files of several datasets: {quote_all(sorted(names))}; keep one a folder")
        return {}
    tables: Tables = {}
    for key, code in match_codes(files, languages, path.name).items():
        for file in files[code]:
            rows = _read_rows(file, problems)
            used = _columns_of(rows, columns, ("id", "text"), file.name, problems) if rows else None
            if used is not None:
                split = SPLITS.get(file.stem.rsplit(".", 1)[0])
                _add_rows(tables, key, rows, used, file.name, split, problems)
    return tables


def _add_rows(
    tables: Tables,
    key: str,
    rows: Rows,
    used: Columns,
    where: str,
    split: str | None,
    problems: Problems,
) -> None:
    """Put the rows of one language into their splits' tables."""
    unknown: list[str] = []
    for row, number in rows:
        part = split or ALL
        if split is None and used.split:
            written = row.get(used.split, "").strip()
            if written not in SPLITS:
                unknown.append(
                    f"{where} line {number}: unknown split '{quote(written)}', expected "
                    f"{', '.join(SPLITS)}"
                )
                continue
            part = SPLITS[written]
        table = tables.setdefault(part, {}).setdefault(key, Table(where, labels=[], clusters=[]))
        item = row.get(used.id or "", "").strip()
        table.ids.append(f"{part}/{item}" if item and part != ALL else item)
        table.fields.append(tuple(row.get(column, "") for column in used.text))
        table.lines.append(number)
        if table.labels is not None:
            table.labels.append(row.get(used.label or "", "").strip())
        if table.clusters is not None:
            table.clusters.append(row.get(used.cluster or "", "").strip())
    problems.add_kind(unknown)
    for by_language in tables.values():
        if key in by_language and not any(by_language[key].labels or ()):
            by_language[key].labels = None
