"""Which column of a user's own file is what, named once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import UserError

_TEXTS = (("text",), ("premise", "hypothesis"), ("sentence1", "sentence2"), ("sentence",))


@dataclass(frozen=True)
class Columns:
    """Which column is what; an unset one is looked for under its usual name."""

    id: str | None = None
    language: str | None = None
    text: tuple[str, ...] = ()
    """One or two text columns."""
    label: str | None = None
    split: str | None = None
    cluster: str | None = None

    def __post_init__(self) -> None:
        """Refuse three text columns and a column used twice."""
        if len(self.text) > 2:
            raise UserError(f"one or two text columns, not {len(self.text)}")
        named = [self.id, self.language, *self.text, self.label, self.split, self.cluster]
        used = [column for column in named if column]
        if twice := sorted({column for column in used if used.count(column) > 1}):
            raise UserError(f"column {', '.join(twice)} is used for two things")

    def resolve(self, header: Sequence[str]) -> Columns:
        """Fill in the usual names that the header has."""

        def usual(given: str | None, *names: str) -> str | None:
            return given or next((name for name in names if name in header), None)

        found = next((names for names in _TEXTS if set(names) <= set(header)), ())
        return Columns(
            id=usual(self.id, "id", "item", "example", "index_id"),
            language=usual(self.language, "language", "lang"),
            text=self.text or found,
            label=usual(self.label, "label", "category"),
            split=usual(self.split, "split"),
            cluster=usual(self.cluster, "cluster"),
        )
