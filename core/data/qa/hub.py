"""Question-answering benchmarks through `datasets`: from the hub, its cache, or saved folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.data.hub import fetch, open_saved
from core.data.problems import Problems, shown
from core.data.qa import squad_file
from core.data.qa.align import align, by_language
from core.data.qa.benchmarks import BENCHMARKS, COLUMNS, QaHubSource, needed
from core.data.qa.dataset import QaDataset
from core.data.qa.squad_file import QaTable, flat
from core.errors import UserError
from core.languages import match_codes

REMEDY = "The benchmark changed, or the copy is incomplete."
Loaded = Mapping[str, Mapping[str, Any]]
"""Language (or ``*``) -> split, as the hub calls it -> rows."""


def load(
    name: str,
    languages: Sequence[str] | None,
    split: str | None = None,
    preferences: Sequence[Sequence[str]] = (),
    *,
    option: str = "--data",
) -> dict[str, QaDataset]:
    """Load a benchmark from the hub or, offline (``HF_HUB_OFFLINE=1``), from its cache.

    Args:
        name: a key of `BENCHMARKS`.
        languages: which ones, by any code; all by default.
        split: the only one to read.
        preferences: see `core.data.qa.benchmarks.needed`; all that are there by default.
        option: of the command line that names a folder instead.

    Raises:
        UserError: it is not on the hub, or the hub can't be reached and the cache has no copy.
        DataError: the data is not what the benchmark's public files are.
    """
    source = _source(name, option)
    codes = _codes(source, languages, source.hub_id)
    loaded = {key: fetch(source, source.configurations[c], option) for key, c in codes.items()}
    origin = f"{source.hub_id}@{source.revision}"
    return _convert(name, source, loaded, languages, origin, split, preferences)


def load_saved(
    name: str,
    folder: Path,
    languages: Sequence[str] | None,
    split: str | None = None,
    preferences: Sequence[Sequence[str]] = (),
) -> dict[str, QaDataset]:
    """Load a benchmark from ``{configuration}/`` folders written by ``save_to_disk``.

    Raises:
        UserError: a folder can't be read, or the benchmark is not on the hub.
        DataError: the data is not what the benchmark's public files are.
    """
    source = _source(name, "--data")
    code_of = {configuration: code for code, configuration in source.configurations.items()}
    found = {code_of.get(p.parent.name): p.parent for p in folder.glob("*/dataset_dict.json")}
    there = [code for code in found if code is not None]
    codes = {"*": "*"} if "*" in there else match_codes(there, languages, shown(folder))
    loaded = {key: open_saved(found[code]) for key, code in codes.items()}
    return _convert(name, source, loaded, languages, shown(folder), split, preferences)


def is_saved(folder: Path) -> bool:
    """Whether a folder was written by ``save_to_disk``."""
    return folder.is_dir() and any(folder.glob("*/dataset_dict.json"))


def _source(name: str, option: str) -> QaHubSource:
    source = BENCHMARKS[name].hub
    if source is None:
        raise UserError(f"{name} is read from a folder of its public files: say {option} DIR")
    return source


def _codes(source: QaHubSource, languages: Sequence[str] | None, where: str) -> dict[str, str]:
    """Key -> code of the configurations to load."""
    if "*" in source.configurations:
        return {"*": "*"}
    return match_codes(source.configurations, languages, where)


def _convert(
    name: str,
    source: QaHubSource,
    loaded: Loaded,
    languages: Sequence[str] | None,
    origin: str,
    split: str | None,
    preferences: Sequence[Sequence[str]],
) -> dict[str, QaDataset]:
    """The loaded configurations through the same checks as the public files."""
    problems = Problems(origin, REMEDY)
    theirs = {ours: hubs for hubs, ours in source.splits.items() if split in (None, ours)}
    available = [
        ours for ours, hubs in theirs.items() if any(hubs in found for found in loaded.values())
    ]
    if not available:
        problems.add(f"no {' or '.join(theirs.values())} split")
        problems.raise_if_any()
    datasets = {}
    language_of = BENCHMARKS[name].language_of
    for ours in needed(available, preferences):
        tables = {key: _table(source, found, key, theirs[ours], problems)
                  for key, found in loaded.items()}  # fmt: skip
        if language_of is not None:
            tables = by_language(list(tables.values()), language_of, languages, origin, problems)
        datasets[ours] = align(
            name,
            tables,
            problems,
            complete=BENCHMARKS[name].complete,
            source={"split": ours, "hub": origin},
        )
    problems.raise_if_any()
    return datasets


def _table(
    source: QaHubSource, by_split: Mapping[str, Any], key: str, split: str, problems: Problems
) -> QaTable:
    """One split of one configuration."""
    where = split if key == "*" else f"{key}/{split}"
    if split not in by_split:
        problems.add(f"{key} has no {split} split")
        return QaTable(where)
    rows = by_split[split]
    if missing := set(COLUMNS) - set(rows.column_names):
        raise UserError(
            f"{source.hub_id} {where}: no column {', '.join(sorted(missing))}; there are "
            f"{', '.join(rows.column_names)}"
        )
    listed = rows.to_list()
    titles = _titles(listed, source.paragraphs)
    raw = [
        flat({"title": title, **row}, f"row {number}")
        for number, (row, title) in enumerate(zip(listed, titles, strict=True), start=1)
    ]
    return squad_file.check(where, raw, problems)


def _titles(rows: Sequence[Mapping[str, Any]], paragraphs: int | None) -> list[str | None]:
    """Names of the articles: every so many different contexts are one, if they come out even."""
    places: dict[Any, int] = {}
    for row in rows:
        places.setdefault(row["context"], len(places))
    if paragraphs is None or len(places) % paragraphs:
        return [None] * len(rows)
    return [f"article {places[row['context']] // paragraphs}" for row in rows]
