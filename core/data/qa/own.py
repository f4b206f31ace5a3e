"""A user's own questions in SQuAD's format: one file per language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.data.problems import Problems
from core.data.qa import squad_file
from core.data.qa.align import align
from core.data.qa.benchmarks import ALL, needed
from core.data.qa.dataset import QaDataset
from core.errors import UserError
from core.languages import canonical, match_codes

SPLITS = {"train": "train", "dev": "dev", "valid": "dev", "validation": "dev", "test": "test"}
"""What the name of a file may say, e.g. ``train.en.json``."""
REMEDY = (
    "Expected: files NAME.LANG.json in SQuAD's format (data, paragraphs, qas), or flat ones "
    "NAME.LANG.jsonl, that have the same question ids in every language."
)


def load(
    path: Path,
    languages: Sequence[str] | None,
    preferences: Sequence[Sequence[str]] = (),
    *,
    option: str = "--languages",
) -> dict[str, QaDataset]:
    """Read a file of one language, or a folder with a file per language.

    Args:
        path: ``NAME.LANG.json`` (or ``.jsonl``), a file without a language in its name if just
            one language is asked for, or a folder of the former.
        languages: which ones, by any code; all that are there by default.
        preferences: see `core.data.qa.benchmarks.needed`; all that are there by default.
        option: of the command line that names the languages.

    Returns:
        Split -> dataset; ``all`` of files whose name says no split.

    Raises:
        DataError: all problems of all files, questions that a language lacks among them.
        UserError: a language is not there, or not known.
    """
    problems = Problems(path.name, REMEDY)
    if path.is_dir():
        name, places = path.resolve().name, _in_folder(path, problems)
    else:
        name, code = _name_and_code(path) or (path.stem, _only(path, languages, option))
        places = {ALL: {code: path}}
    problems.raise_if_any()
    loaded = {}
    for split in needed(list(places), preferences):
        codes = match_codes(places[split], languages, path.name)
        files = {key: places[split][code] for key, code in codes.items()}
        tables = {key: squad_file.read(file, problems) for key, file in files.items()}
        source = {"split": split, **{key: file.name for key, file in files.items()}}
        loaded[split] = align(name, tables, problems, source=source)
    problems.raise_if_any()
    return loaded


def _in_folder(folder: Path, problems: Problems) -> dict[str, dict[str, Path]]:
    """Split -> code of the language -> file."""
    places: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.iterdir()):
        named = _name_and_code(path) if path.suffix in squad_file.SUFFIXES else None
        if named is None:
            continue
        words = re.split(r"[^a-z]+", named[0].lower())
        split = next((SPLITS[word] for word in reversed(words) if word in SPLITS), ALL)
        by_code = places.setdefault(split, {})
        if named[1] in by_code:
            problems.add(f"{by_code[named[1]].name} and {path.name} are of one language; keep one")
        by_code[named[1]] = path
    if not places:
        problems.add("no file such as NAME.en.json")
    return places


def _name_and_code(path: Path) -> tuple[str, str] | None:
    """``questions.tr.json`` -> (``questions``, ``tr``); None where it names no language."""
    name, _, code = path.stem.rpartition(".")
    if name:
        with suppress(UserError):
            canonical(code)
            return name, code
    return None


def _only(path: Path, languages: Sequence[str] | None, option: str) -> str:
    """The one language asked for, which a file is in whose name says none."""
    if languages is None or len(set(languages)) != 1:
        raise UserError(
            f"{path.name}: its language is not known; name the file {path.stem}.LANG{path.suffix},"
            f" or say {option} with that one language"
        )
    return languages[0]
