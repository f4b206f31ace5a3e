"""The item ledger: which items a run used for what, and whether any was used twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from core.data.overlap import hashed, item_hashes, shared_items
from core.data.probing import ProbingDataset
from core.data.splits import USES, Uses
from core.errors import UserError
from core.languages import english_name

LEDGER_USES = ("english_labels", *USES[1:])
"""Names of the uses in a record, in the order of `core.data.splits.USES`; the first keeps its name
where the labels are another language's, which its ``languages`` say."""

_SUPERVISED = {"english_labels", "stopping"}
_UNLABELLED = {"selection", "distillation"}


@dataclass(frozen=True)
class UsedItems:
    """The items of one use."""

    dataset: str
    count: int
    languages: tuple[str, ...]
    items: tuple[str, ...]
    """Hashed ids (SHA-256 of ``name:id``, 12 hex digits); no texts."""
    answers_left_out: int = 0
    """Answers to questions that do not stand where their file says, and were left out for it."""


@dataclass(frozen=True)
class ItemLedger:
    """Use -> its items, for the record of a run."""

    uses: Mapping[str, UsedItems]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            use: {
                "dataset": used.dataset,
                "count": used.count,
                "languages": list(used.languages),
                "items": list(used.items),
                **({"answers_left_out": n} if (n := used.answers_left_out) else {}),
            }
            for use, used in self.uses.items()
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ItemLedger:
        """Read what `to_json` gave.

        Raises:
            UserError: a part is missing or of the wrong kind.
        """
        try:
            return cls(
                {
                    use: UsedItems(
                        dataset=str(part["dataset"]),
                        count=int(part["count"]),
                        languages=tuple(part["languages"]),
                        items=tuple(part["items"]),
                        answers_left_out=int(part.get("answers_left_out", 0)),
                    )
                    for use, part in value.items()
                }
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UserError(f"the record's item ledger can't be read: {error!r}") from error


@dataclass(frozen=True)
class Overlap:
    """Items that two uses share."""

    first: str
    second: str
    count: int
    badge: str
    """A few words, shown wherever the run's results are."""


def ledger_of(uses: Uses, happened: Collection[str] = USES) -> ItemLedger:
    """The ledger of an allocation; labels are those of its source language.

    Args:
        uses: which items are for what.
        happened: those of `core.data.splits.USES` that the run makes.
    """
    entries = {}
    for name, (use, dataset) in zip(LEDGER_USES, uses.parts().items(), strict=True):
        if use not in happened or (use == "stopping" and not len(dataset)):
            continue
        languages = dataset.languages
        if use in ("labelled", "stopping"):
            languages = (uses.source,) if uses.source in languages else languages[:1]
        entries[name] = UsedItems(dataset.name, len(dataset), languages, item_hashes(dataset))
    return ItemLedger(entries)


def ledger_of_prompts(uses: Mapping[str, Sequence[ProbingDataset]]) -> ItemLedger:
    """The ledger of a run on prompts: use -> the datasets of that use."""
    entries = {}
    for use, parts in uses.items():
        items = dict.fromkeys(x for part in parts for x in hashed(part.name, part.example_ids))
        first = parts[0]
        entries[use] = UsedItems(first.name, len(items), first.languages, tuple(items))
    return ItemLedger(entries)


def overlaps(ledger_or_uses: ItemLedger | Uses) -> list[Overlap]:
    """Every pair of uses that shares items.

    By id from a ledger; from the data itself also by text, which finds a copy of a file under
    another name.
    """
    counts: dict[tuple[str, str], int] = {}
    source = _source(ledger_or_uses)
    if isinstance(ledger_or_uses, Uses):
        parts = dict(zip(LEDGER_USES, ledger_or_uses.parts().values(), strict=True))
        for one, other in combinations(parts, 2):
            counts[one, other] = len(shared_items(parts[one], parts[other]))
    else:
        items = {use: set(used.items) for use, used in ledger_or_uses.uses.items()}
        for one, other in combinations(items, 2):
            counts[one, other] = len(items[one] & items[other])
    return [Overlap(*pair, count, _badge(*pair, source)) for pair, count in counts.items() if count]


def _source(ledger_or_uses: ItemLedger | Uses) -> str:
    """The language whose labels are used."""
    if isinstance(ledger_or_uses, Uses):
        return ledger_or_uses.source
    labels = ledger_or_uses.uses.get(LEDGER_USES[0])
    return labels.languages[0] if labels and labels.languages else "en"


def _badge(one: str, other: str, source: str) -> str:
    """What an overlap of two uses means for the result."""
    pair = {one, other}
    if pair == _UNLABELLED:
        return "selection items also distilled"
    if pair == _SUPERVISED:
        return "stopped on training items"
    if "evaluation" in pair:
        return "transductive" if pair & _UNLABELLED else "evaluated on training items"
    return f"same items as the {english_name(source)} labels"


def refuse_overlap(uses: Uses, allow: bool) -> tuple[str, ...]:
    """The badges of an allocation, if overlaps are allowed.

    Raises:
        UserError: items are shared and that was not allowed; with the counts.
    """
    found = overlaps(uses)
    if found and not allow:
        listed = "; ".join(
            f"{overlap.count:,} items of {overlap.first} are also in {overlap.second} "
            f"({overlap.badge})"
            for overlap in found
        )
        raise UserError(
            f"the same items would be used for two purposes: {listed}. Use other data, or say "
            "--allow-overlap; every result then carries the badge"
        )
    return tuple(dict.fromkeys(overlap.badge for overlap in found))
