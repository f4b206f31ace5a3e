"""A benchmark's public files in a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.data.problems import Problems, check_folder, shown
from core.data.qa import squad_file
from core.data.qa.align import align, by_language
from core.data.qa.benchmarks import BENCHMARKS, CODE, QaBenchmark, needed
from core.data.qa.dataset import QaDataset
from core.data.qa.squad_file import QaTable
from core.languages import match_codes


def load(
    name: str,
    folder: Path,
    languages: Sequence[str] | None,
    split: str | None = None,
    preferences: Sequence[Sequence[str]] = (),
) -> dict[str, QaDataset]:
    """Read a benchmark's public files.

    Args:
        name: a key of `BENCHMARKS`.
        folder: where the files lie.
        languages: which ones, by any code; all that are there by default.
        split: the only one to read.
        preferences: see `core.data.qa.benchmarks.needed`; all that are there by default.

    Returns:
        Split -> dataset.

    Raises:
        DataError: all problems of all files.
        UserError: a language is not there.
    """
    benchmark = BENCHMARKS[name]
    remedy = f"Expected: the public files of {name}: {_expected(benchmark)}."
    check_folder(folder, remedy)
    problems = Problems(shown(folder), remedy)
    places = {key: _places(folder, patterns) for key, patterns in benchmark.files.items()}
    available = [key for key, found in places.items() if found and split in (None, key)]
    if not available:
        first = benchmark.files[split or next(iter(benchmark.files))][0]
        problems.add(f"no file such as {first.replace(CODE, 'en')}")
        problems.raise_if_any()
    loaded = {}
    for key in needed(available, preferences):
        tables = _tables(benchmark, places[key], languages, shown(folder), problems)
        source = {"split": key, **{language: t.file for language, t in tables.items()}}
        loaded[key] = align(name, tables, problems, complete=benchmark.complete, source=source)
    problems.raise_if_any()
    return loaded


def _expected(benchmark: QaBenchmark) -> str:
    return ", ".join(places[0].replace(CODE, "LANG") for places in benchmark.files.values())


def _places(folder: Path, patterns: Sequence[str]) -> dict[str, Path]:
    """Code of the language (or name of the file, where it says none) -> file."""
    for pattern in patterns:
        code = re.compile(
            re.escape(Path(pattern).name)
            .replace(re.escape(CODE), "(?P<code>[^.-]+)", 1)
            .replace(re.escape(CODE), "(?P=code)")
            .replace(r"\*", ".*")
        )
        found = {}
        for path in sorted(folder.glob(pattern.replace(CODE, "*"))):
            if match := code.fullmatch(path.name):
                found[match.groupdict().get("code", path.name)] = path
        if found:
            return found
    return {}


def _tables(
    benchmark: QaBenchmark,
    places: Mapping[str, Path],
    languages: Sequence[str] | None,
    where: str,
    problems: Problems,
) -> dict[str, QaTable]:
    """The questions of one split by language."""
    if benchmark.language is not None:
        codes = match_codes([benchmark.language], languages, where)
        return {key: squad_file.read(next(iter(places.values())), problems) for key in codes}
    if benchmark.language_of is None:
        codes = match_codes(places, languages, where)
        return {key: squad_file.read(places[code], problems) for key, code in codes.items()}
    tables = [squad_file.read(path, problems) for path in places.values()]
    return by_language(tables, benchmark.language_of, languages, where, problems)
