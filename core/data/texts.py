"""The texts behind a run's examples: read or made again from its settings, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.columns import Columns
from core.data.load import FOLDERS, NAMES, load_splits
from core.data.parallel import Fields, ParallelDataset
from core.data.predictions import Predictions
from core.errors import UserError
from core.quoting import quote

LARGEST = 400_000_000
"""Bytes of a data folder that is read for its texts: it passes through memory."""


@dataclass(frozen=True)
class Item:
    """One example in one language."""

    fields: Fields
    """What is asked about: a sentence, a pair, or context and question."""
    choices: Fields = ()
    """The classes' own texts, in multiple choice."""


@dataclass(frozen=True)
class ExampleTexts:
    """Texts by example and language."""

    places: Mapping[str, tuple[ParallelDataset, int]]
    """Example -> a dataset that holds it, and its place there."""

    @classmethod
    def of(
        cls,
        config: Mapping[str, Any],
        examples: Sequence[str],
        more: Iterable[ParallelDataset] = (),
    ) -> ExampleTexts:
        """The texts of these examples of a run.

        Args:
            config: of the run; names the data.
            examples: ids; the texts of others are not kept.
            more: further data some may be of.

        Raises:
            UserError: the data are not where the settings say, are damaged or too large.
        """
        wanted = set(examples)
        places: dict[str, tuple[ParallelDataset, int]] = {}
        for dataset in (*more, *_datasets(config)):
            rows = [i for i, item in enumerate(dataset.item_ids) if item in wanted]
            kept = dataset.take(rows)
            places |= {item: (kept, i) for i, item in enumerate(kept.item_ids)}
        return cls(places)

    def find(self, example: str, language: str) -> Item | None:
        """The texts of an example, or None where the data have no such example or language."""
        if example not in self.places:
            return None
        data, place = self.places[example]
        if language not in data.texts:
            return None
        fields = data.texts[language][place]
        asked = len(fields) - data.choices
        return Item(fields[:asked], fields[asked:])

    def check(self, predictions: Predictions) -> None:
        """Refuse texts that are not those that the answers were given to.

        Raises:
            UserError: an example is not there, in one of the languages, or has another label.
        """
        gold = predictions.gold
        for place, example in enumerate(predictions.examples):
            if example not in self.places:
                raise UserError(f"the data have no example {quote(example)}")
            data, row = self.places[example]
            missing = [name for name in predictions.languages if name not in data.texts]
            if missing:
                raise UserError(f"the data have no {', '.join(missing)}")
            if gold is None or data.labels is None or gold.shape[1] <= data.labels[row]:
                continue
            if not gold[place, data.labels[row]]:
                raise UserError(f"example {quote(example)} has another label in the data")


def is_on_hub(config: Mapping[str, Any]) -> bool:
    """Whether the texts would be read from the hub or its cache, which can take long."""
    named = [("dataset", "data"), ("parallel", "parallel_data")]
    return any(config.get(x) in FOLDERS and not config.get(place) for x, place in named)


def _datasets(config: Mapping[str, Any]) -> Iterable[ParallelDataset]:
    """All splits of the run's data, and of its parallel text where a dataset is named."""
    columns = Columns(
        text=tuple(config.get("text_columns") or ()),
        label=config.get("label_column"),
        id=config.get("id_column"),
        language=config.get("language_column"),
        split=config.get("split_column"),
    )
    languages = [str(x) for x in config.get("languages") or ()] or None
    name, parallel = config.get("dataset"), config.get("parallel")
    if not name:
        raise UserError("the run's settings name no data")
    yield from load_splits(
        str(name),
        _folder(config.get("data")),
        languages,
        columns,
        subjects=tuple(config.get("subjects") or ()),
        minimum_languages=1,
    ).values()
    if parallel and (parallel in NAMES or Path(str(parallel)).exists()):
        yield from load_splits(
            str(parallel),
            _folder(config.get("parallel_data")),
            languages,
            columns,
            first=int(config.get("parallel_first") or 1),
            minimum_languages=1,
        ).values()


def _folder(given: object) -> Path | None:
    """The folder, unless it holds more than fits.

    Raises:
        UserError: it does.
    """
    if not given:
        return None
    path = Path(str(given))
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    if size > LARGEST:
        raise UserError(
            f"{path.name} holds {size / 1e6:,.0f} MB; {LARGEST / 1e6:,.0f} MB are read at most: "
            "name a folder with the evaluation files alone"
        )
    return path
