"""Line-aligned text such as NTREX-128 (Federmann et al. 2022): line i means the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.data.parallel import ParallelDataset
from core.data.problems import Problems, check_folder, read_lines, shown
from core.data.table import Shape, Table, assemble
from core.errors import UserError
from core.languages import match_codes

REMEDY = "Expected: one file per language, named by its code (eng-US.txt, sw.txt), equally long."


def load(
    data_dir: Path,
    languages: Sequence[str] | None = None,
    *,
    name: str = "ntrex",
    first: int = 1,
    last: int | None = None,
    minimum_languages: int = 2,
) -> dict[str, ParallelDataset]:
    """Read a folder of ``{code}.txt`` (or ``anything.{code}.txt``).

    Args:
        data_dir: the folder.
        languages: which ones, by any code; all by default.
        name: name of the dataset and prefix of the item ids.
        first: first line used, counted from 1.
        last: last line used; the end by default.
        minimum_languages: fewer are refused.

    Returns:
        One split, ``unlabelled``; item ids ``ntrex/1201`` (the line number in the file).

    Raises:
        DataError: all problems of all files.
        UserError: a language is not there, or the lines asked for are not.
    """
    if first < 1 or (last is not None and last < first):
        raise UserError(f"{name}: lines {first} to {last} asked for; they count from 1, in order")
    check_folder(data_dir, REMEDY)
    files = {path.stem.rsplit(".", 1)[-1]: path for path in sorted(data_dir.glob("*.txt"))}
    problems = Problems(shown(data_dir), REMEDY)
    if not files:
        problems.add("no .txt file")
        problems.raise_if_any()
    codes = match_codes(files, languages, shown(data_dir))
    texts = {key: read_lines(files[code], problems) for key, code in codes.items()}
    problems.raise_if_any()
    _check_lengths({key: len(lines) for key, lines in texts.items()}, codes, problems)
    length = len(next(iter(texts.values())))
    if first > length:
        raise UserError(f"{shown(data_dir)} has {length:,} lines; asked for line {first:,} on")
    tables = {
        key: _table(files[codes[key]].name, lines[first - 1 : last], name, first)
        for key, lines in texts.items()
    }
    shape = Shape(name, ("line",), minimum_languages=minimum_languages)
    dataset = assemble(tables, shape, problems, codes)
    problems.raise_if_any()
    return {"unlabelled": dataset} if dataset else {}


def _check_lengths(lengths: dict[str, int], codes: dict[str, str], problems: Problems) -> None:
    """One list of lengths when they differ: no single file is known to be the wrong one."""
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{codes[key]} {count:,}" for key, count in lengths.items())
        problems.add(f"the files differ in length, so they are not aligned: {listed}")
    problems.raise_if_any()


def _table(where: str, lines: list[str], name: str, first: int) -> Table:
    """The chosen lines of one file."""
    numbers = list(range(first, first + len(lines)))
    return Table(
        where=where,
        ids=[f"{name}/{number}" for number in numbers],
        fields=[(line,) for line in lines],
        lines=numbers,
    )
