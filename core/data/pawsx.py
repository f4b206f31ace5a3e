"""PAWS-X: paraphrase or not, in seven languages (Yang et al. 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.data.formats import read_separated
from core.data.parallel import ParallelDataset
from core.data.problems import Problems, check_folder, shown
from core.data.table import Shape, Table, assemble
from core.languages import match_codes

NAME = "paws-x"
LABELS = ("0", "1")
CLASS_NAMES = ("different", "paraphrase")
COLUMNS = ("id", "sentence1", "sentence2", "label")
FILES = {
    "train": ("translated_train.tsv", "train.tsv"),
    "validation": ("dev_2k.tsv",),
    "test": ("test_2k.tsv",),
}
REMEDY = (
    "Expected: one folder per language with train.tsv (en) or translated_train.tsv, dev_2k.tsv "
    "and test_2k.tsv."
)


def shape(minimum_languages: int = 2) -> Shape:
    """What an item must look like; the public files mark a missing translation with NS."""
    return Shape(
        NAME,
        ("sentence1", "sentence2"),
        LABELS,
        shown_names=CLASS_NAMES,
        untranslated=frozenset({"", "NS"}),
        minimum_languages=minimum_languages,
    )


def load(
    data_dir: Path, languages: Sequence[str] | None = None, *, minimum_languages: int = 2
) -> dict[str, ParallelDataset]:
    """Read the public folder.

    Items that some language leaves untranslated are dropped in all of them and counted in the
    dataset's ``source``.

    Returns:
        ``train``, ``validation``, ``test`` where any language has files; item ids ``train/1``.

    Raises:
        DataError: all problems of all files.
        UserError: a language is not there.
    """
    check_folder(data_dir, REMEDY)
    found = [path.name for path in data_dir.iterdir() if any(path.glob("*.tsv"))]
    if not found and languages is None:
        problems = Problems(shown(data_dir), REMEDY)
        problems.add("no language folder with .tsv files")
        problems.raise_if_any()
    codes = match_codes(found, languages, shown(data_dir))
    problems = Problems(shown(data_dir), REMEDY)
    splits: dict[str, ParallelDataset] = {}
    for split, names in FILES.items():
        files = {key: _file(data_dir / code, names) for key, code in codes.items()}
        if not any(path.is_file() for path in files.values()):
            continue
        before = len(problems.found)
        tables = {key: _read(path, split, problems) for key, path in files.items()}
        if len(problems.found) == before:
            dataset = assemble(tables, shape(minimum_languages), problems, codes)
            splits |= {split: dataset} if dataset else {}
    problems.raise_if_any()
    return splits


def _file(folder: Path, names: Sequence[str]) -> Path:
    """The first of these files that is there, else the first."""
    return next((folder / name for name in names if (folder / name).is_file()), folder / names[0])


def _read(path: Path, split: str, problems: Problems) -> Table:
    """One file; the public ones are not quoted."""
    name = shown(path, 2)
    header, rows, lines = read_separated(path, COLUMNS, problems, quoted=False, name=name)
    if not set(COLUMNS) <= set(header):
        return Table(name)
    index, one, two, label = (header.index(column) for column in COLUMNS)
    return Table(
        where=name,
        ids=[f"{split}/{row[index]}" for row in rows],
        fields=[(row[one], row[two]) for row in rows],
        labels=[row[label] for row in rows],
        lines=lines,
    )
