"""Reading what a run's config names: the items of each use, and the model."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from core.config import TaskConfig
from core.data.columns import Columns
from core.data.ledger import ledger_of, refuse_overlap
from core.data.load import load_splits
from core.data.splits import Uses, allocate
from core.errors import UserError
from core.runs.live import LiveRun

PIVOT = "en"


@dataclass(frozen=True)
class Items:
    """The items of each use, and what the record says about them."""

    uses: Uses
    badges: tuple[str, ...]

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, in index order."""
        return self.uses.labelled.class_names

    @property
    def fingerprint(self) -> str:
        """Hash of all items of all uses."""
        parts = "".join(part.fingerprint for part in self.uses.parts().values())
        return hashlib.sha256(parts.encode()).hexdigest()[:16]

    def describe(self, run: LiveRun, model_fingerprint: str) -> None:
        """Write fingerprints, ledger and badges to the record."""
        run.update(
            fingerprints={"model": model_fingerprint, "data": self.fingerprint},
            ledger=ledger_of(self.uses).to_json(),
            badges=list(self.badges),
        )


def read_items(config: TaskConfig) -> Items:
    """Load the data and give every item its one use.

    Args:
        config: dataset, languages and how many items for what.

    Raises:
        UserError: anything wrong with the data or the languages.
    """
    columns = Columns(
        text=config.text_columns,
        label=config.label_column,
        id=config.id_column,
        language=config.language_column,
        split=config.split_column,
    )
    languages = config.languages or None
    if languages is not None and len(set(languages)) != len(languages):
        raise UserError(f"--languages: {', '.join(languages)} names a language twice")
    splits = load_splits(config.dataset, folder(config.data), languages, columns)
    present = next(iter(splits.values())).languages
    if len(present) < 2:
        raise UserError(
            f"{config.dataset}: only {', '.join(present) or 'no language'}; languages teach each "
            "other, so give two or more (--languages en,sw)"
        )
    parallel = None
    if config.parallel is not None:
        parts = load_splits(
            config.parallel,
            folder(config.parallel_data),
            present,
            Columns(text=config.text_columns, id=config.id_column, language=config.language_column),
            first=config.parallel_first,
        )
        parallel = parts.get("unlabelled") or next(iter(parts.values()))
    uses = allocate(
        splits,
        parallel=parallel,
        labelled=config.labelled,
        shots=config.shots,
        selection_items=config.selection_items,
        seed=config.seed,
    )
    return Items(uses, refuse_overlap(uses, config.allow_overlap))


def folder(given: str | None) -> Path | None:
    """The path as typed, or None."""
    return None if given is None else Path(given)
