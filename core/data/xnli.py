"""XNLI: natural language inference in 15 languages (Conneau et al. 2018)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.data.formats import read_jsonl
from core.data.parallel import ParallelDataset
from core.data.problems import Problems, check_folder, shown
from core.data.table import Shape, Table, assemble
from core.languages import match_codes

NAME = "xnli"
CLASS_NAMES = ("entailment", "neutral", "contradiction")
COLUMNS = ("id", "premise", "hypothesis", "label")
SPLITS = {"train": "train", "dev": "validation", "test": "test"}
REMEDY = "Expected: train.en.jsonl, dev.en.jsonl, ... with id, premise, hypothesis and label."
_FILE = re.compile(r"(train|dev|test)\.([\w-]+)\.jsonl")


def shape(split: str, minimum_languages: int = 2) -> Shape:
    """What an item of a split must look like.

    Only the machine-translated training items may lack a translation (some do).
    """
    gone = frozenset({""}) if split == "train" else frozenset()
    fields = ("premise", "hypothesis")
    return Shape(NAME, fields, CLASS_NAMES, untranslated=gone, minimum_languages=minimum_languages)


def load(
    data_dir: Path, languages: Sequence[str] | None = None, *, minimum_languages: int = 2
) -> dict[str, ParallelDataset]:
    """Read ``{train,dev,test}.{language}.jsonl``; the splits that have files.

    Returns:
        ``train``, ``validation``, ``test`` where there; item ids ``train/0``; the cluster of an
        item is its English premise.

    Raises:
        DataError: all problems of all files.
        UserError: a language is not there.
    """
    check_folder(data_dir, REMEDY)
    files: dict[str, set[str]] = {}
    for path in data_dir.iterdir():
        if match := _FILE.fullmatch(path.name):
            files.setdefault(match[1], set()).add(match[2])
    problems = Problems(shown(data_dir), REMEDY)
    if not files:
        problems.add("no file such as dev.en.jsonl")
        problems.raise_if_any()
    codes = match_codes(set().union(*files.values()), languages, shown(data_dir))
    splits: dict[str, ParallelDataset] = {}
    for short, split in SPLITS.items():
        if short not in files:
            continue
        before = len(problems.found)
        tables = {
            key: _read(data_dir / f"{short}.{code}.jsonl", split, problems)
            for key, code in codes.items()
        }
        if len(problems.found) > before:
            continue
        if dataset := assemble(tables, shape(split, minimum_languages), problems, codes):
            splits[split] = with_premise_clusters(dataset)
    problems.raise_if_any()
    return splits


def with_premise_clusters(dataset: ParallelDataset) -> ParallelDataset:
    """The items that share an English premise (else the first language's) as one cluster."""
    pivot = "en" if "en" in dataset.texts else dataset.languages[0]
    premises = (fields[0] for fields in dataset.texts[pivot])
    digests = (hashlib.sha256(premise.encode()).hexdigest()[:12] for premise in premises)
    return replace(dataset, clusters=tuple(digests))


def _read(path: Path, split: str, problems: Problems) -> Table:
    """One file."""
    rows, lines = read_jsonl(path, COLUMNS, problems)
    return Table(
        where=path.name,
        ids=[f"{split}/{row['id']}" for row in rows],
        fields=[(row["premise"], row["hypothesis"]) for row in rows],
        labels=[row["label"] for row in rows],
        lines=lines,
    )
