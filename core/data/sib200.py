"""SIB-200: topics of FLORES sentences in 200 languages (Adelani et al. 2024)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.data.formats import read_separated
from core.data.parallel import ParallelDataset
from core.data.problems import Problems, check_folder, shown
from core.data.table import Shape, Table, assemble, check_ids_across
from core.languages import match_codes

NAME = "sib200"
CLASS_NAMES = (
    "entertainment",
    "geography",
    "health",
    "politics",
    "science/technology",
    "sports",
    "travel",
)
COLUMNS = ("index_id", "category", "text")
FILES = {"train": "train.tsv", "validation": "dev.tsv", "test": "test.tsv"}
REMEDY = "Expected: one folder per language (eng_Latn) with train.tsv, dev.tsv and test.tsv."


def shape(minimum_languages: int = 2) -> Shape:
    """What an item must look like."""
    return Shape(NAME, ("text",), CLASS_NAMES, minimum_languages=minimum_languages)


def load(
    data_dir: Path, languages: Sequence[str] | None = None, *, minimum_languages: int = 2
) -> dict[str, ParallelDataset]:
    """Read the public files.

    Args:
        data_dir: folder with one folder per FLORES code.
        languages: which ones, by any code; all by default.
        minimum_languages: 1 where the caller only trains or predicts in one language.

    Returns:
        ``train``, ``validation`` and ``test``; item id = ``index_id``, unique over the splits.

    Raises:
        DataError: all problems of all files.
        UserError: a language is not there.
    """
    check_folder(data_dir, REMEDY)
    found = [path.name for path in data_dir.iterdir() if (path / FILES["train"]).is_file()]
    if languages is None and not found:
        found = [path.name for path in data_dir.iterdir() if path.is_dir()]
    codes = match_codes(found, languages, shown(data_dir))
    problems = Problems(shown(data_dir), REMEDY)
    splits: dict[str, ParallelDataset] = {}
    for split, file in FILES.items():
        before = len(problems.found)
        tables = {key: _read(data_dir / code / file, problems) for key, code in codes.items()}
        if len(problems.found) == before:
            dataset = assemble(tables, shape(minimum_languages), problems, codes)
            splits |= {split: dataset} if dataset else {}
    check_ids_across(splits, problems)
    problems.raise_if_any()
    return splits


def _read(path: Path, problems: Problems) -> Table:
    """One file; fields are quoted as csv writers do."""
    name = shown(path, 2)
    header, rows, lines = read_separated(path, COLUMNS, problems, name=name)
    if not set(COLUMNS) <= set(header):
        return Table(name)
    index, category, text = (header.index(column) for column in COLUMNS)
    return Table(
        where=name,
        ids=[row[index] for row in rows],
        fields=[(row[text],) for row in rows],
        labels=[row[category] for row in rows],
        lines=lines,
    )
