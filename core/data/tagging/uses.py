"""Which sentences a probe is fitted on and which it is tested on: seeded, and never the same."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.data.ledger import ItemLedger, UsedItems
from core.data.overlap import hashed
from core.data.tagging.dataset import TaggedSentences, TaggingDataset
from core.errors import UserError


@dataclass(frozen=True)
class ProbeUses:
    """The sentences of both uses, by language."""

    fit: Mapping[str, TaggedSentences]
    test: Mapping[str, TaggedSentences]
    fitted_on: Mapping[str, str]
    """language -> the split its fitting sentences are from; ``dev`` where there is no ``train``."""
    repeated: Mapping[str, int]
    """language -> sentences not fitted on because the very same words stand in the test."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in order."""
        return tuple(self.fit)


def allocate(
    data: TaggingDataset, *, fit: int | None = None, test: int | None = None, seed: int = 0
) -> ProbeUses:
    """Draw the sentences of each use.

    What is drawn of one language does not depend on the others.

    Args:
        data: the sentences.
        fit: so many sentences of a language to fit on, at most; None for all.
        test: so many to test on.
        seed: of the draws.

    Raises:
        UserError: a language has fewer than two splits, or both are the same.
    """
    fits, tests, fitted_on, repeated = {}, {}, {}, {}
    for language, splits in data.splits.items():
        fit_split, test_split = data.roles(language)
        rng = np.random.default_rng([seed, zlib.crc32(language.encode())])
        asked = _draw(splits[test_split], test, rng)
        known = set(splits[test_split].words)
        whole = splits[fit_split]
        kept = [i for i, words in enumerate(whole.words) if words not in known]
        if not kept:
            raise UserError(
                f"{data.name}: every {fit_split} sentence of {language} stands in {test_split} "
                "too, so that nothing is left to fit a probe on; is one file a copy of the other?"
            )
        repeated[language] = len(whole) - len(kept)
        fits[language] = _draw(whole.take(kept), fit, rng)
        tests[language] = asked
        fitted_on[language] = fit_split
    return ProbeUses(fits, tests, fitted_on, repeated)


def _draw(part: TaggedSentences, most: int | None, rng: np.random.Generator) -> TaggedSentences:
    """So many of the sentences, in their own order."""
    order = rng.permutation(len(part))
    return part.take(sorted(order[: len(part) if most is None else most].tolist()))


def ledger_of_probe(data: TaggingDataset, uses: ProbeUses) -> ItemLedger:
    """The ledger of a probing run: hashed ids of the sentences fitted and tested on."""
    parts = {"probe_fitting": uses.fit, "evaluation": uses.test}
    return ItemLedger(
        {
            use: UsedItems(
                data.name,
                sum(map(len, found.values())),
                uses.languages,
                tuple(x for part in found.values() for x in hashed(data.name, part.ids)),
            )
            for use, found in parts.items()
        }
    )
