"""The public question-answering benchmarks: their files in a folder, by split and language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.data.problems import Problems, check_folder, shown
from core.data.qa import squad_file
from core.data.qa.align import align
from core.data.qa.dataset import QaDataset
from core.data.qa.squad_file import QaTable
from core.languages import match_codes

CODE = "{code}"
"""Stands for a language in a file's name."""
ALL = "all"
"""The one split of data that names none."""


@dataclass(frozen=True)
class QaBenchmark:
    """How a benchmark's public files lie in a folder."""

    files: Mapping[str, Sequence[str]]
    """split -> where its files may lie; the first place that has any is read."""
    language: str | None = None
    """Of files that hold one language and do not say which."""
    languages: Callable[[str], str | None] | None = None
    """Id of a question -> its language, where a file holds several."""
    complete: bool = False
    """Whether every language has every question."""


TYDI = {
    "arabic": "ar",
    "bengali": "bn",
    "english": "en",
    "finnish": "fi",
    "indonesian": "id",
    "korean": "ko",
    "russian": "ru",
    "swahili": "sw",
    "telugu": "te",
}
"""TyDiQA-GoldP's names of its languages, which begin its ids."""


def tydi_language(identifier: str) -> str | None:
    """The language of ``swahili-7234-2``; None where the id names none."""
    return TYDI.get(identifier.partition("-")[0])


BENCHMARKS: Mapping[str, QaBenchmark] = {
    "squad": QaBenchmark({"train": ("train-v1.1.json",), "dev": ("dev-v1.1.json",)}, "en"),
    "xquad": QaBenchmark({ALL: ("xquad.{code}.json",)}, complete=True),
    # Every item that a language has is in the file whose question and context are both in it.
    "mlqa": QaBenchmark(
        {
            split: tuple(
                f"{folder}{split}-context-{{code}}-question-{{code}}.json"
                for folder in (f"{split}/", f"MLQA_V1/{split}/", "")
            )
            for split in ("dev", "test")
        }
    ),
    "tydiqa-goldp": QaBenchmark(
        {
            "train": ("tydiqa-goldp-v1.1-train.json",),
            "dev": (
                "tydiqa-goldp-v1.1-dev.json",
                "tydiqa-goldp-v1.1-dev/tydiqa-goldp-dev-*.json",
                "tydiqa-goldp-dev-*.json",
            ),
        },
        languages=tydi_language,
    ),
    "tquad": QaBenchmark(
        {"train": ("tquad-train-v0.1.json",), "dev": ("tquad-dev-v0.1.json",)}, "tr"
    ),
    "arcd": QaBenchmark({"train": ("arcd-train.json",), "test": ("arcd-test.json",)}, "ar"),
}


def split_of(name: str) -> tuple[str, str | None]:
    """A benchmark and its split, where the name says one: ``mlqa-dev`` -> (``mlqa``, ``dev``)."""
    base, _, split = name.rpartition("-")
    if name not in BENCHMARKS and base in BENCHMARKS and split in BENCHMARKS[base].files:
        return base, split
    return name, None


def load(
    name: str, folder: Path, languages: Sequence[str] | None, splits: Sequence[str] | None = None
) -> dict[str, QaDataset]:
    """Read a benchmark's public files.

    Args:
        name: a key of `BENCHMARKS`.
        folder: where the files lie.
        languages: which ones, by any code; all that are there by default.
        splits: which ones must be there; those that are there by default.

    Raises:
        DataError: all problems of all files.
        UserError: a language is not there.
    """
    benchmark = BENCHMARKS[name]
    remedy = f"Expected: the public files of {name}: {_expected(benchmark)}."
    check_folder(folder, remedy)
    problems = Problems(shown(folder), remedy)
    places = {split: _places(folder, patterns) for split, patterns in benchmark.files.items()}
    wanted = splits or [split for split, found in places.items() if found]
    for split in wanted:
        if not places[split]:
            problems.add(f"no file such as {benchmark.files[split][0].replace(CODE, 'en')}")
    if not wanted:
        problems.add("none of them is there")
    problems.raise_if_any()
    loaded = {}
    for split in wanted:
        tables = _tables(benchmark, places[split], languages, shown(folder), problems)
        source = {"split": split, **{key: table.file for key, table in tables.items()}}
        loaded[split] = align(name, tables, problems, complete=benchmark.complete, source=source)
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
    if benchmark.languages is None:
        codes = match_codes(places, languages, where)
        return {key: squad_file.read(places[code], problems) for key, code in codes.items()}
    tables = [squad_file.read(path, problems) for path in places.values()]
    return by_language(tables, benchmark.languages, languages, where, problems)


def by_language(
    tables: Sequence[QaTable],
    language_of: Callable[[str], str | None],
    languages: Sequence[str] | None,
    where: str,
    problems: Problems,
) -> dict[str, QaTable]:
    """The questions of files that hold several languages, by language.

    Args:
        tables: what the files hold.
        language_of: id of a question -> its language.
        languages: which ones, by any code; all by default.
        where: the files' place, for messages.
        problems: ids that name no language are added.
    """
    found: dict[str, QaTable] = {}
    for table in tables:
        known = {}
        for identifier in [*(row.id for row in table.rows), *table.misplaced]:
            known[identifier] = language = language_of(identifier)
            if language is None:
                problems.add(f"{table.file} question {identifier}: its id names no language")
            else:
                found.setdefault(language, QaTable(table.file))
        for language, part in found.items():
            part.rows += [row for row in table.rows if known[row.id] == language]
            part.misplaced += [item for item in table.misplaced if known[item] == language]
            part.lost |= {item for item in table.lost if known[item] == language}
    if not found:
        return {}
    return {key: found[code] for key, code in match_codes(found, languages, where).items()}
