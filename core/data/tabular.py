"""A user's own csv, tsv or jsonl: one row per item and language, or one file per language."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.data.columns import Columns
from core.data.formats import each_object, separated
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
Row = dict[str, str]
"""A row by column."""
Rows = Iterator[tuple[Row, int]]
"""Rows, each with its line number."""
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


def _rows_of(path: Path, problems: Problems) -> tuple[list[str], Rows]:
    """The columns of one file in any of the formats, and its rows one by one.

    What is wrong with rows is added to the problems behind the last one.
    """
    if not check_file(path, problems):
        return [], iter(())
    if path.suffix not in SUFFIXES:
        problems.add(f"{path.name} is none of {', '.join(SUFFIXES)}")
        return [], iter(())
    if path.suffix == ".jsonl":  # read twice: any line may have further columns
        once = each_object(path, (), Problems(path.name))
        header = list(dict.fromkeys(key for row, _ in once for key in row))
        return header, _some(path, each_object(path, (), problems), problems)
    header, cells = separated(path, None, problems, separator=SUFFIXES[path.suffix])
    rows = ((dict(zip(header, row, strict=True)), number) for row, number in cells)
    return header, _some(path, rows, problems)


def _some(path: Path, rows: Rows, problems: Problems) -> Rows:
    """The rows; to have none, and no other problem, is one."""
    before, number = len(problems.found), 0
    for row, number in rows:
        yield row, number
    if not number and len(problems.found) == before:
        problems.add(f"{path.name} holds no examples")


def _columns_of(
    read: tuple[list[str], Rows],
    columns: Columns,
    needed: Sequence[str],
    where: str,
    problems: Problems,
) -> Columns | None:
    """The columns of a file, or None with a problem when one is not there."""
    header, rows = read
    if not header:
        deque(rows, maxlen=0)  # for their problems
        if problems:
            return None
    used = columns.resolve(header)
    named = (used.id, used.language, *used.text, used.label, used.split, used.cluster)
    gone = [f"'{quote(column)}'" for column in named if column and column not in header]
    gone += [f"for the {role}" for role in needed if not getattr(used, role)]
    if not gone:
        return used
    problems.add(f"{where}: no column {', '.join(gone[:5])}; there are {quote_all(header)}")
    deque(rows, maxlen=0)
    return None


def _read_long(
    path: Path, languages: Sequence[str] | None, columns: Columns, problems: Problems
) -> Tables:
    """A file with a language column."""
    read = _rows_of(path, problems)
    used = _columns_of(read, columns, ("id", "language", "text"), path.name, problems)
    if used is None or used.language is None:
        return {}
    by_code: dict[str, _Language] = {}
    lines: dict[str, int] = {}
    for row, number in read[1]:
        code = row.get(used.language, "").strip()
        if code not in by_code:
            by_code[code], lines[code] = _Language(), number
        by_code[code].add(row, number, used, path.name)
    for code in list(by_code):
        try:
            canonical(code)
        except UserError as error:
            del by_code[code]
            problems.add(f"{path.name} line {lines[code]}: {error}")
    codes = match_codes(by_code, languages, path.name)
    return _tables({key: by_code[code] for key, code in codes.items()}, problems)


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
    found: dict[str, _Language] = {}
    for key, code in match_codes(files, languages, path.name).items():
        found[key] = _Language()
        for file in files[code]:
            read = _rows_of(file, problems)
            used = _columns_of(read, columns, ("id", "text"), file.name, problems)
            if used is not None:
                split = SPLITS.get(file.stem.rsplit(".", 1)[0])
                for row, number in read[1]:
                    found[key].add(row, number, used, file.name, split)
    return _tables(found, problems)


@dataclass
class _Language:
    """The rows of one language, put into their splits' tables one by one."""

    parts: dict[str, Table] = field(default_factory=dict)
    """split -> rows."""
    unknown: list[str] = field(default_factory=list)
    """Problems with names of splits."""
    labels: dict[str, str] = field(default_factory=dict)
    """Each kept once."""

    def add(
        self, row: Row, number: int, used: Columns, where: str, split: str | None = None
    ) -> None:
        """Put a row of a file into the table of this split, or of that which it names."""
        part = split or ALL
        if split is None and used.split:
            written = row.get(used.split, "").strip()
            if written not in SPLITS:
                self.unknown.append(
                    f"{where} line {number}: unknown split '{quote(written)}', expected "
                    f"{', '.join(SPLITS)}"
                )
                return
            part = SPLITS[written]
        if part not in self.parts:
            self.parts[part] = Table(where, labels=[], clusters=[])
        table = self.parts[part]
        item = row.get(used.id or "", "").strip()
        table.ids.append(f"{part}/{item}" if item and part != ALL else item)
        table.fields.append(tuple(row.get(column, "") for column in used.text))
        table.lines.append(number)
        if table.labels is not None:
            label = row.get(used.label or "", "").strip()
            table.labels.append(self.labels.setdefault(label, label))
        if table.clusters is not None:
            table.clusters.append(row.get(used.cluster or "", "").strip())


def _tables(found: Mapping[str, _Language], problems: Problems) -> Tables:
    """The tables of all languages by split; without a label in any row, they have none."""
    tables: Tables = {}
    for key, language in found.items():
        problems.add_kind(language.unknown)
        for part, table in language.parts.items():
            if not any(table.labels or ()):
                table.labels = None
            tables.setdefault(part, {})[key] = table
    return tables
