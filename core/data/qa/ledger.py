"""The item ledger of a run on questions: which ones it used for what."""

from __future__ import annotations

from collections.abc import Collection

from core.data.ledger import ItemLedger, UsedItems
from core.data.overlap import hashed
from core.data.qa.uses import USES, QaUses


def ledger_of(uses: QaUses, happened: Collection[str] = USES) -> ItemLedger:
    """The ledger of a run's questions; no texts.

    Args:
        uses: which questions are for what.
        happened: those of `USES` that the run makes.
    """
    return ItemLedger(
        {
            use: UsedItems(
                data.name,
                len(data),
                data.languages,
                hashed(data.name, data.ids),
                int(data.source.get("answers_left_out", 0)),
            )
            for use, data in uses.parts().items()
            if use in happened
        }
    )
