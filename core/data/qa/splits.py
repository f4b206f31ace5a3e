"""Which questions are used for what: whole articles, seeded, disjoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.data.qa.dataset import QaDataset
from core.data.qa.uses import USES, QaUses
from core.errors import UserError

EVALUATION_SHARE = 0.25
"""Of the articles of data without a split, unless the user says how many questions."""
NATURAL_SHARE = 0.05
"""Up to this share of a use is left out because its contexts stand in a later use too: public files
repeat some (3 % of TQuAD's training questions)."""
TELLING = 12
"""An id of so many characters is no running number: two datasets that share it share the question
(XQuAD has the ids of SQuAD)."""
SAID = {"stage1": "stage 1", "stage2": "stage 2", "evaluation": "the evaluation"}
SEEN = "evaluated on training items"
OTHER_LANGUAGES = "unseen languages, same items as training"
TWICE = "same items in both stages"


def deal(data: QaDataset, questions: int | None, seed: int) -> tuple[QaDataset, QaDataset]:
    """Deal articles to the training and to the evaluation.

    Args:
        data: whose articles stay whole.
        questions: to evaluate on, about; a quarter of the articles if None.
        seed: of the order in which articles are dealt.

    Returns:
        (what is left, the evaluation).

    Raises:
        UserError: one of them would be empty.
    """
    taken = _taken(data, questions, seed)
    left = np.setdiff1d(np.arange(len(data)), taken)
    if not len(left):
        raise UserError(
            f"{data.name}: {len(taken):,} questions to evaluate on leave none of its {len(data):,} "
            "to train on, as articles stay whole; ask for fewer (--evaluation-questions), or name "
            "other data with --evaluation"
        )
    return data.take(left), data.take(taken)


def whole_articles(data: QaDataset, questions: int | None, seed: int) -> QaDataset:
    """About so many questions, the ones that `deal` gives to the evaluation; all if None."""
    if questions is None or questions >= len(data):
        return data
    return data.take(_taken(data, questions, seed))


def some(data: QaDataset, questions: int | None, seed: int) -> QaDataset:
    """At most so many questions, drawn without regard to articles, in the data's order."""
    if questions is None or questions >= len(data):
        return data
    drawn = np.random.default_rng(seed).permutation(len(data))[:questions]
    return data.take(np.sort(drawn))


def in_languages(data: QaDataset, languages: Sequence[str]) -> QaDataset:
    """The items that any of these languages has, in these languages only.

    Raises:
        UserError: a language is not in the dataset.
    """
    chosen = data.in_languages(languages)
    sides = list(chosen.sides.values())
    kept = [i for i in range(len(chosen)) if any(side.questions[i] is not None for side in sides)]
    return chosen if len(kept) == len(chosen) else chosen.take(kept)


def shared(one: QaDataset, other: QaDataset) -> NDArray[np.int64]:
    """Positions in `one` of the questions whose id or context, in any language, `other` has too.

    Ids of two datasets count if they are no running numbers (`TELLING`); contexts are compared
    without regard to white space.
    """
    same = one.name == other.name
    ids = {item for item in other.ids if same or len(item) >= TELLING}
    theirs = {_plain(text) for text in _contexts(other)}
    contexts = {text for text in _contexts(one) if _plain(text) in theirs}
    found = [
        i
        for i, item in enumerate(one.ids)
        if item in ids or any(side.contexts[i] in contexts for side in one.sides.values())
    ]
    return np.array(found, dtype=np.int64)


def disjoint(uses: QaUses, allow: bool) -> QaUses:
    """The uses without the few questions that stand in a later one too, or with badges.

    Args:
        uses: as they were read.
        allow: whether more than a few may be shared; the badges then say so.

    Raises:
        UserError: too many are shared, and that was not allowed; with the counts.
    """
    badges, notes, refused, parts = list(uses.badges), list(uses.notes), [], uses.parts()
    for use, later in combinations(USES, 2):
        if use not in parts or later not in parts:
            continue
        data = parts[use]
        common = shared(data, parts[later])
        if 0 < len(common) <= NATURAL_SHARE * len(data):
            parts[use] = data.take(np.setdiff1d(np.arange(len(data)), common))
            notes.append(
                f"{len(common):,} questions of {SAID[use]} were left out: they, or their contexts, "
                f"are in {SAID[later]} too"
            )
        elif len(common):
            count = f"{len(common):,} of the {len(data):,}"
            refused.append(f"{count} questions of {SAID[use]} are in {SAID[later]}")
            badges.append(_badge(use, later, data, parts[later]))
    if refused and not allow:
        raise UserError(
            "the same questions, or others on the same contexts, would be used for two purposes: "
            f"{'; '.join(refused)}. Use other data, or say --allow-overlap; every result then "
            "carries a badge"
        )
    return replace(
        uses,
        stage1=parts.get("stage1", uses.stage1),
        stage2=parts.get("stage2", uses.stage2),
        badges=tuple(dict.fromkeys(badges)),
        notes=tuple(notes),
    )


def _badge(use: str, later: str, data: QaDataset, other: QaDataset) -> str:
    """What it means for the results that two uses share questions."""
    if later == "stage2":
        return TWICE
    apart = use == "stage2" and not set(data.languages) & set(other.languages)
    return OTHER_LANGUAGES if apart else SEEN


def _taken(data: QaDataset, questions: int | None, seed: int) -> list[int]:
    """Positions of whole articles in seeded order: about so many, or a quarter of the articles."""
    members: dict[str, list[int]] = {}
    for position, article in enumerate(data.clusters):
        members.setdefault(article, []).append(position)
    names = list(members)
    order = np.random.default_rng(seed).permutation(len(names))
    if questions is None:
        order = order[: max(1, round(EVALUATION_SHARE * len(names)))]
    taken: list[int] = []
    for place in order:
        grown = taken + members[names[place]]
        nearer = questions is None or abs(len(grown) - questions) < abs(len(taken) - questions)
        if taken and not nearer:
            break
        taken = grown
    return sorted(taken)


def _contexts(data: QaDataset) -> set[str]:
    """The different contexts, in any language."""
    return {text for side in data.sides.values() for text in side.contexts if text is not None}


def _plain(text: str) -> str:
    return " ".join(text.split())
