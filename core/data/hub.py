"""Benchmarks through `datasets`: from the hub, its cache, or a folder saved with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data import pawsx, sib200, xnli
from core.data.parallel import ParallelDataset
from core.data.problems import Problems, shown
from core.data.table import Shape, Table, assemble, check_ids_across
from core.errors import UserError
from core.languages import match_codes


@dataclass(frozen=True)
class HubSource:
    """Where a benchmark is on the hub and what its columns are called."""

    hub_id: str
    configurations: tuple[str, ...]
    """The benchmark's code of each language, the name of its configuration."""
    shape: Callable[[str, int], Shape]
    """Split and fewest languages -> what an item must look like."""
    id_column: str | None
    """None: the row number is the id (the rows are aligned)."""
    text_columns: tuple[str, ...]
    label_column: str
    revision: str = "main"
    by_folder: bool = False
    """The configuration is a folder of this revision (the hub's own parquet branch)."""
    prefixed: bool = True
    """Ids count from 0 in every split, so the split goes before them."""
    tried_online: bool = False
    """Whether anybody ran this entry against the hub itself, not only against saved data."""


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HUB: Mapping[str, HubSource] = {
    # Script-based, and `datasets` runs no scripts: read from the hub's parquet branch. Any of its
    # 205 FLORES codes can be asked for; these are the ones used by default.
    "sib200": HubSource(
        "Davlan/sib200",
        _codes(
            "amh_Ethi arb_Arab bul_Cyrl deu_Latn ell_Grek eng_Latn est_Latn eus_Latn fra_Latn "
            "hat_Latn hin_Deva hun_Latn ind_Latn ita_Latn jpn_Jpan kor_Hang pes_Arab por_Latn "
            "quy_Latn rus_Cyrl spa_Latn swh_Latn tam_Taml tel_Telu tha_Thai tur_Latn urd_Arab "
            "vie_Latn yor_Latn zho_Hans"
        ),
        lambda split, minimum: sib200.shape(minimum),
        "index_id",
        ("text",),
        "category",
        revision="refs/convert/parquet",
        by_folder=True,
        prefixed=False,
    ),
    "xnli": HubSource(
        "facebook/xnli",
        _codes("ar bg de el en es fr hi ru sw th tr ur vi zh"),
        xnli.shape,
        None,
        ("premise", "hypothesis"),
        "label",
    ),
    "paws-x": HubSource(
        "google-research-datasets/paws-x",
        _codes("de en es fr ja ko zh"),
        lambda split, minimum: pawsx.shape(minimum),
        "id",
        ("sentence1", "sentence2"),
        "label",
    ),
}
"""The benchmarks that can be loaded without ``--data``. None has been tried online."""


def load(
    name: str, languages: Sequence[str] | None = None, *, minimum_languages: int = 2
) -> dict[str, ParallelDataset]:
    """Load a benchmark from the hub or, offline (``HF_HUB_OFFLINE=1``), from its cache.

    Args:
        name: a key of `HUB`.
        languages: which ones, by any code; the benchmark's own by default.
        minimum_languages: fewer are refused.

    Raises:
        UserError: the hub can't be reached and the cache has no copy.
        DataError: the data is not what the benchmark's public files are.
    """
    source = HUB[name]
    configurations = list(source.configurations)
    if source.by_folder and languages is not None:  # other languages, by the hub's own code
        configurations += [code for code in languages if "_" in code and code not in configurations]
    codes = match_codes(configurations, languages, source.hub_id)
    return _convert(
        name,
        {key: _fetch(name, code) for key, code in codes.items()},
        codes,
        f"{source.hub_id}@{source.revision}",
        minimum_languages,
    )


def load_saved(
    name: str,
    data_dir: Path,
    languages: Sequence[str] | None = None,
    *,
    minimum_languages: int = 2,
) -> dict[str, ParallelDataset]:
    """Load a benchmark from ``{configuration}/`` folders written by ``save_to_disk``.

    Raises:
        UserError: a folder can't be read.
        DataError: the data is not what the benchmark's public files are.
    """
    import datasets

    found = [path.parent.name for path in data_dir.glob("*/dataset_dict.json")]
    codes = match_codes(found, languages, shown(data_dir))
    loaded = {}
    for key, code in codes.items():
        try:
            loaded[key] = datasets.load_from_disk(str(data_dir / code))
        except (OSError, ValueError, KeyError) as error:
            raise UserError(f"{shown(data_dir / code, 2)} can't be read: {error}") from error
    return _convert(name, loaded, codes, shown(data_dir), minimum_languages)


def _fetch(name: str, code: str) -> Mapping[str, Any]:
    """The splits of one configuration."""
    import datasets

    source = HUB[name]
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # a line for each retry
    where = {"data_dir": code} if source.by_folder else {"name": code}
    try:
        return datasets.load_dataset(source.hub_id, **where, revision=source.revision)
    except (OSError, ValueError, RuntimeError, datasets.exceptions.DatasetsError) as e:
        reason = str(e).strip().split("\n")[0] or type(e).__name__
        raise UserError(
            f"{source.hub_id} ({code}) can't be loaded from the hub or its cache: {reason}\n"
            f"Say --data DIR with the benchmark's public files, or connect to the hub once "
            "(HF_HUB_OFFLINE must then be unset; with HF_HUB_OFFLINE=1 only the cache is asked)"
        ) from e


def _convert(
    name: str,
    loaded: Mapping[str, Mapping[str, Any]],
    codes: Mapping[str, str],
    origin: str,
    minimum_languages: int,
) -> dict[str, ParallelDataset]:
    """The loaded configurations through the same checks as the public files."""
    source = HUB[name]
    problems = Problems(origin, "The benchmark changed, or the copy is incomplete.")
    splits: dict[str, ParallelDataset] = {}
    for split in ("train", "validation", "test"):
        if not any(split in by_split for by_split in loaded.values()):
            continue
        tables = {}
        before = len(problems.found)
        for key, by_split in loaded.items():
            if split in by_split:
                tables[key] = _table(source, by_split[split], f"{codes[key]}/{split}", split)
            else:
                problems.add(f"{codes[key]} has no {split} split")
        if len(problems.found) > before:
            continue
        shape = source.shape(split, minimum_languages)
        metadata = {**codes, "hub": origin}
        if dataset := assemble(tables, shape, problems, metadata):
            splits[split] = xnli.with_premise_clusters(dataset) if name == "xnli" else dataset
    if not splits and not problems:
        problems.add("no train, validation or test split")
    check_ids_across(splits, problems)
    problems.raise_if_any()
    return splits


def _table(source: HubSource, rows: Any, where: str, split: str) -> Table:
    """One split of one language; label indices become the names the public files write."""
    needed = [column for column in (source.id_column, source.label_column) if column]
    missing = {*needed, *source.text_columns} - set(rows.column_names)
    if missing:
        raise UserError(
            f"{source.hub_id} {where}: no column {', '.join(sorted(missing))}; "
            f"there are {', '.join(rows.column_names)}"
        )
    count = len(rows)
    ids: Iterable[object] = rows[source.id_column] if source.id_column else range(count)
    names = getattr(rows.features[source.label_column], "names", None)
    labels = [
        str(names[value] if names and isinstance(value, int) and value >= 0 else value)
        for value in rows[source.label_column]
    ]
    texts = zip(*(rows[column] for column in source.text_columns), strict=True)
    return Table(
        where=where,
        ids=[f"{split}/{item}" if source.prefixed else str(item) for item in ids],
        fields=[tuple(text or "" for text in fields) for fields in texts],
        labels=labels,
        lines=list(range(1, count + 1)),
    )
