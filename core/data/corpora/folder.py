"""A folder with one text file per language, a text on each line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.data.corpora.corpus import Corpus, Passage, check_filled
from core.data.problems import Problems, check_folder, read_lines, shown
from core.languages import match_codes

SECTION_LINES = 10
"""Neighbouring lines are often of one document: they stay in one split."""
REMEDY = "Expected: one UTF-8 file per language, named by its code (en.txt), a text on each line."


def load(data_dir: Path, languages: Sequence[str] | None = None) -> Corpus:
    """Read a folder of ``{code}.txt`` (or ``anything.{code}.txt``); blank lines are skipped.

    A section is ten lines, an item a line. Files may differ in length; where they are aligned, line
    i is held out in every language at once.

    Args:
        data_dir: the folder.
        languages: which ones, by any code; all by default.

    Raises:
        DataError: all problems of all files.
        UserError: a language is not there.
    """
    check_folder(data_dir, REMEDY)
    problems = Problems(shown(data_dir), REMEDY)
    files = {path.stem.rsplit(".", 1)[-1]: path for path in sorted(data_dir.glob("*.txt"))}
    if not files:
        problems.add("no .txt file")
        problems.raise_if_any()
    codes = match_codes(files, languages, shown(data_dir))
    passages = {key: _lines(files[code], problems) for key, code in codes.items()}
    problems.raise_if_any()
    check_filled(shown(data_dir), passages)
    return Corpus(shown(data_dir), passages)


def _lines(path: Path, problems: Problems) -> tuple[Passage, ...]:
    """The lines of one file that are not blank."""
    lines = read_lines(path, problems)
    return tuple(
        Passage(f"{number // SECTION_LINES:08}", str(number), line.strip())
        for number, line in enumerate(lines)
        if line.strip()
    )
