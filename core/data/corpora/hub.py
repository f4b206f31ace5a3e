"""Documents of a dataset on the hub, a configuration per language, or of a folder saved with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from core.data.corpora.corpus import Corpus, Passage, check_filled
from core.errors import UserError

SLOT = "{language}"
"""Stands in ``--configuration`` for the language's code."""
FEWEST_CHARACTERS = 20
"""Of a line of a document that is read: shorter ones are headings and lists."""


def load(
    name: str,
    configurations: Mapping[str, str],
    column: str,
    wanted: Mapping[str, int],
    saved: Path | None = None,
) -> Corpus:
    """Read as many documents as are needed; a section is a document, an item one of its lines.

    Args:
        name: hub id.
        configurations: language -> configuration of the dataset.
        column: that holds the text of a document.
        wanted: language -> characters to read, about.
        saved: folder with ``{configuration}/`` folders written by ``save_to_disk``, instead of the
            hub (which streams: nothing is kept).

    Raises:
        UserError: it can't be read, or has no such column.
    """
    passages = {}
    for language, configuration in configurations.items():
        where = f"{name} ({configuration})"
        try:
            rows = _rows(name, configuration, saved)
            passages[language] = tuple(_read(rows, column, wanted[language], where))
        except _failures() as error:
            reason = str(error).strip().split("\n")[0] or type(error).__name__
            raise UserError(
                f"{where} can't be read: {reason}\nConnect to the hub (HF_HUB_OFFLINE must then be "
                "unset), or say --data DIR with a folder per configuration, saved by datasets"
            ) from error
    check_filled(name, passages)
    return Corpus(name, passages)


def _failures() -> tuple[type[Exception], ...]:
    import datasets

    return (OSError, ValueError, KeyError, RuntimeError, datasets.exceptions.DatasetsError)


def _rows(name: str, configuration: str, saved: Path | None) -> Iterable[Mapping[str, Any]]:
    """The documents of the training split."""
    import datasets

    if saved is None:
        return iter(datasets.load_dataset(name, configuration, split="train", streaming=True))
    found = datasets.load_from_disk(str(saved / configuration))
    return iter(found["train"] if isinstance(found, datasets.DatasetDict) else found)


def _read(
    rows: Iterable[Mapping[str, Any]], column: str, wanted: int, where: str
) -> Iterator[Passage]:
    """Lines of documents, until there are as many characters as wanted."""
    documents = iter(rows)
    first = next(documents, None)
    if first is None:
        return
    if column not in first:
        raise UserError(
            f"--text-column {column}: {where} has no such column; it has {', '.join(first)}"
        )
    read = 0
    for number, document in enumerate(chain([first], documents)):
        for place, line in enumerate(str(document[column]).split("\n")):
            text = line.strip()
            if len(text) >= FEWEST_CHARACTERS:
                read += len(text)
                yield Passage(f"{number:08}", f"{number}.{place}", text)
        if read >= wanted:
            return
