"""Cross-lingual sampling: which pairs of languages each question is trained in (Eq. 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from core.answering.features import Asked
from core.data.qa.dataset import QaDataset
from core.data.qa.limits import source_missing, too_few_languages, too_many_targets
from core.errors import UserError

TARGETS = 3
"""Stream of the seed that draws the target languages."""


def sample_pairs(
    data: QaDataset, source: Sequence[str], targets: int, seed: int
) -> tuple[Asked, ...]:
    """Every question in all pairs of the source and some target languages, drawn anew for each.

    With all languages there, these are N = N_seed (1 + ntl)^2 (Carrino et al., Eq. 3). An item
    that has fewer languages is asked in those it has; one without a source language is no seed.

    Args:
        data: aligned questions.
        source: the source language; of several the first that an item has is its source.
        targets: languages drawn beside the source (ntl).
        seed: of the draws.

    Returns:
        Item after item, row by row: question language, context language.

    Raises:
        UserError: the data do not have the source language, or not so many others.
    """
    check_targets(data.name, data.languages, source, targets)
    rng = np.random.default_rng((seed, TARGETS))
    found: list[Asked] = []
    for item in range(len(data)):
        order = [str(language) for language in rng.permutation(list(data.languages))]
        has = [language for language in order if data.has(item, language, language)]
        own = next((language for language in source if language in has), None)
        if own is None:
            continue
        drawn = [own, *[language for language in has if language != own][:targets]]
        found += [Asked(item, asked, read) for asked in drawn for read in drawn]
    if not found:
        raise UserError(f"{data.name}: no question is there in {', '.join(source)}; see --source")
    return tuple(found)


def check_targets(
    where: str, languages: Sequence[str], source: Sequence[str], targets: int
) -> None:
    """So many languages can be drawn beside the source.

    Args:
        where: the data's name.
        languages: of the data.
        source: the source languages.
        targets: languages drawn beside it.

    Raises:
        UserError: no source language is there, or fewer others are.
    """
    if (problem := too_few_languages(languages)) is not None:
        raise UserError(f"{where}: {problem}")
    if (problem := source_missing(source, languages)) is not None:
        raise UserError(f"{where}: {problem}")
    if (problem := too_many_targets(targets, languages)) is not None:
        raise UserError(f"--targets: {problem}")


def never_asked(asked: Iterable[Asked], languages: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs (question language, context language) that no question is asked in."""
    seen = {(one.question, one.context) for one in asked}
    return [(one, other) for one in languages for other in languages if (one, other) not in seen]
