"""Bibles aligned by book, chapter and verse: ``de.GerElb1905.tsv.xz``, several per language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from core.data.corpora.corpus import Corpus, Passage
from core.data.problems import Problems, check_folder, read_lines, shown
from core.languages import match_codes

NAME = "bible"
COLUMNS = 4
REMEDY = (
    "Expected: files CODE.TRANSLATION.tsv or .tsv.xz without a header; columns book, chapter, "
    "verse, text."
)


def load(data_dir: Path, languages: Sequence[str] | None = None) -> Corpus:
    """Read a folder of translations.

    A section is a chapter, an item a verse; the same keys in every language and translation.

    Args:
        data_dir: the folder.
        languages: which ones, by any code; all by default.

    Raises:
        DataError: all problems of all files, with line numbers.
        UserError: a language is not there.
    """
    check_folder(data_dir, REMEDY)
    problems = Problems(shown(data_dir), REMEDY)
    files: dict[str, list[Path]] = defaultdict(list)
    for path in sorted([*data_dir.glob("*.tsv"), *data_dir.glob("*.tsv.xz")]):
        files[path.name.split(".", 1)[0]].append(path)
    if not files:
        problems.add("no .tsv or .tsv.xz file")
        problems.raise_if_any()
    codes = match_codes(files, languages, shown(data_dir))
    passages = {
        key: tuple(verse for path in files[code] for verse in _verses(path, problems))
        for key, code in codes.items()
    }
    problems.raise_if_any()
    return Corpus(NAME, passages)


def _verses(path: Path, problems: Problems) -> list[Passage]:
    """The verses of one translation; wrong lines are added to the problems."""
    found: list[Passage] = []
    wrong: list[str] = []
    seen: set[str] = set()
    for number, line in enumerate(read_lines(path, problems), start=1):
        cells = line.split("\t")
        if len(cells) != COLUMNS:
            wrong.append(f"{path.name} line {number}: {len(cells)} columns, expected {COLUMNS}")
            continue
        book, chapter, verse, text = (cell.strip() for cell in cells)
        item = f"{book} {chapter}:{verse}"
        if not (book and chapter and verse and text):
            wrong.append(f"{path.name} line {number}: an empty column")
        elif item in seen:
            wrong.append(f"{path.name} line {number}: {item} stands there twice")
        else:
            found.append(Passage(f"{book} {chapter}", item, text))
        seen.add(item)
    problems.add_kind(wrong, f"wrong lines in {path.name}")
    return found
