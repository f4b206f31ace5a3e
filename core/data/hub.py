"""Benchmarks through `datasets`: from the hub, its cache, or a folder saved with it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.data import global_mmlu
from core.data.hub_sources import HUB, HubPlace, HubSource
from core.data.parallel import ParallelDataset
from core.data.problems import Problems, shown
from core.data.rows import table_of
from core.data.table import Shape, Table, assemble, check_ids_across
from core.errors import UserError
from core.languages import canonical, match_codes

Loaded = Mapping[str, Mapping[str, Any]]
"""language -> split, as the hub calls it -> rows."""


def load(
    name: str,
    languages: Sequence[str] | None = None,
    *,
    subjects: Sequence[str] = (),
    minimum_languages: int = 2,
) -> dict[str, ParallelDataset]:
    """Load a benchmark from the hub or, offline (``HF_HUB_OFFLINE=1``), from its cache.

    Args:
        name: a key of `HUB`.
        languages: which ones, by any code; the benchmark's own by default.
        subjects: of Global-MMLU, all by default.
        minimum_languages: fewer are refused.

    Raises:
        UserError: the hub can't be reached and the cache has no copy.
        DataError: the data is not what the benchmark's public files are.
    """
    source = HUB[name]
    found = dict(source.configurations)
    if source.by_folder and languages is not None:  # other languages, by the hub's own code
        found |= {code: code for code in languages if "_" in code}
    codes = match_codes(found, languages, source.hub_id)
    loaded = {key: fetch(source, found[code]) for key, code in codes.items()}
    also = {}
    if source.also is not None and canonical(source.also) not in loaded:
        with suppress(UserError):  # then nothing is mended, and the data says so
            also[canonical(source.also)] = fetch(source, found[source.also])
    origin = f"{source.hub_id}@{source.revision}"
    return _convert(source, {**loaded, **also}, codes, origin, subjects, minimum_languages)


def load_saved(
    name: str,
    data_dir: Path,
    languages: Sequence[str] | None = None,
    *,
    subjects: Sequence[str] = (),
    minimum_languages: int = 2,
) -> dict[str, ParallelDataset]:
    """Load a benchmark from ``{configuration}/`` folders written by ``save_to_disk``.

    Raises:
        UserError: a folder can't be read.
        DataError: the data is not what the benchmark's public files are.
    """
    source = HUB[name]
    code_of = {configuration: code for code, configuration in source.configurations.items()}
    folders = {path.parent.name: path.parent for path in data_dir.glob("*/dataset_dict.json")}
    found = {code_of.get(folder, folder): path for folder, path in folders.items()}
    codes = match_codes(found, languages, shown(data_dir))
    wanted = dict(codes)
    if source.also in found:
        wanted.setdefault(canonical(source.also), source.also)
    loaded = {key: open_saved(found[code]) for key, code in wanted.items()}
    return _convert(source, loaded, codes, shown(data_dir), subjects, minimum_languages)


def open_saved(folder: Path) -> Mapping[str, Any]:
    """The splits of one configuration that `datasets` saved.

    Raises:
        UserError: the folder can't be read.
    """
    import datasets

    try:
        loaded: Mapping[str, Any] = datasets.load_from_disk(str(folder))
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{shown(folder, 2)} can't be read: {error}") from error
    return loaded


def fetch(source: HubPlace, configuration: str, option: str = "--data") -> Mapping[str, Any]:
    """The splits of one configuration, from the hub or its cache.

    Args:
        source: where.
        configuration: which.
        option: of the command line that names a folder instead.

    Raises:
        UserError: the hub can't be reached and the cache has no copy.
    """
    import datasets

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # a line for each retry
    where = {"data_dir": configuration} if source.by_folder else {"name": configuration}
    try:
        loaded: Mapping[str, Any] = datasets.load_dataset(
            source.hub_id, **where, revision=source.revision
        )
    except (OSError, ValueError, RuntimeError, datasets.exceptions.DatasetsError) as e:
        reason = str(e).strip().split("\n")[0] or type(e).__name__
        raise UserError(
            f"{source.hub_id} ({configuration}) can't be loaded from the hub or its cache: "
            f"{reason}\n"
            f"Say {option} DIR with the benchmark's public files, or connect to the hub once "
            "(HF_HUB_OFFLINE must then be unset; with HF_HUB_OFFLINE=1 only the cache is asked)"
        ) from e
    return loaded


def _convert(
    source: HubSource,
    loaded: Loaded,
    codes: Mapping[str, str],
    origin: str,
    subjects: Sequence[str],
    minimum_languages: int,
) -> dict[str, ParallelDataset]:
    """The loaded configurations through the same checks as the public files."""
    problems = Problems(origin, "The benchmark changed, or the copy is incomplete.")
    splits: dict[str, ParallelDataset] = {}
    for theirs, split in source.splits.items():
        if not any(theirs in by_split for by_split in loaded.values()):
            continue
        before = len(problems.found)
        shape = source.shape(split, minimum_languages)
        tables = {}
        for key, by_split in loaded.items():
            where = f"{codes.get(key, key)}/{theirs}"
            if theirs in by_split:
                rows = _chosen(by_split[theirs], where, subjects, problems)
                tables[key] = _table(source, rows, where, split, shape)
            elif key in codes:
                problems.add(f"{codes[key]} has no {theirs} split")
        said = source.mend(tables) if source.mend else {}
        if len(problems.found) > before:
            continue
        wanted = {key: tables[key] for key in codes}
        if dataset := assemble(wanted, shape, problems, {**codes, "hub": origin, **said}):
            splits[split] = source.finish(dataset) if source.finish else dataset
    if not splits and not problems:
        problems.add(f"no {', '.join(source.splits)} split")
    check_ids_across(splits, problems)
    problems.raise_if_any()
    return splits


def _chosen(rows: Any, where: str, subjects: Sequence[str], problems: Problems) -> Any:
    """The rows of the subjects asked for."""
    if not subjects:
        return rows
    columns = (global_mmlu.COLUMNS.label, global_mmlu.SUBJECT, global_mmlu.CATEGORY)
    values = {column: rows[column] for column in columns}
    return rows.select(global_mmlu.rows_of(values, subjects, where, problems))


def _table(source: HubSource, rows: Any, where: str, split: str, shape: Shape) -> Table:
    """One split of one language; label indices become the names the public files write."""
    needed = source.columns.needed
    if missing := set(needed) - set(rows.column_names):
        raise UserError(
            f"{source.hub_id} {where}: no column {', '.join(sorted(missing))}; "
            f"there are {', '.join(rows.column_names)}"
        )
    values = {column: rows[column] for column in needed}
    label = source.columns.label
    names = getattr(rows.features[label], "names", None) or ()
    if set(names) <= set(shape.class_names):  # else the files write the index itself
        values[label] = [
            names[value] if isinstance(value, int) and 0 <= value < len(names) else value
            for value in values[label]
        ]
    return table_of(values, range(1, len(rows) + 1), source.columns, where, split)
