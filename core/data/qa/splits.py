"""Which questions are used for what: whole articles, seeded, disjoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.data.qa.dataset import QaDataset
from core.data.qa.uses import QaUses
from core.errors import UserError

EVALUATION_SHARE = 0.25
"""Of the articles of data without a split, unless the user says how many questions."""
NATURAL_SHARE = 0.05
"""Up to this share of a use is left out because its contexts stand in the evaluation too: public
files repeat some (3 % of TQuAD's training questions)."""
TELLING = 12
"""An id of so many characters is no running number: two datasets that share it share the question
(XQuAD has the ids of SQuAD)."""
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
    members = _members(data)
    taken: list[int] = []
    for k, article in enumerate(_order(members, seed)):
        grown = taken + members[article]
        if questions is None:
            if k >= max(1, round(EVALUATION_SHARE * len(members))):
                break
        elif taken and abs(len(grown) - questions) > abs(len(taken) - questions):
            break
        taken = grown
    left = np.setdiff1d(np.arange(len(data)), taken)
    if not len(left):
        raise UserError(
            f"{data.name}: its {len(data):,} questions are about {len(members)} articles, and "
            f"{len(taken):,} questions to evaluate on leave none to train on; ask for fewer "
            "(--evaluation-questions), or name other data with --evaluation"
        )
    return data.take(left), data.take(sorted(taken))


def whole_articles(data: QaDataset, questions: int | None, seed: int) -> QaDataset:
    """About so many questions, articles whole, in seeded order; all of them if None."""
    if questions is None or questions >= len(data):
        return data
    return deal(data, questions, seed)[1]


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
    contexts = {_plain(text) for side in other.sides.values() for text in side.contexts if text}
    found = [
        i
        for i, item in enumerate(one.ids)
        if item in ids
        or any(_plain(text) in contexts for s in one.sides.values() if (text := s.contexts[i]))
    ]
    return np.array(found, dtype=np.int64)


def disjoint(uses: QaUses, allow: bool) -> QaUses:
    """The uses without the few questions that stand in the evaluation too, or with badges.

    Args:
        uses: as they were read.
        allow: whether more than a few may be shared; the badges then say so.

    Raises:
        UserError: too many are shared, and that was not allowed; with the counts.
    """
    badges, notes, refused = list(uses.badges), list(uses.notes), []
    parts = {"stage 1": uses.stage1, "stage 2": uses.stage2}
    for use, data in parts.items():
        if data is None:
            continue
        common = shared(data, uses.evaluation)
        if not len(common):
            continue
        if len(common) <= NATURAL_SHARE * len(data):
            parts[use] = data.take(np.setdiff1d(np.arange(len(data)), common))
            notes.append(
                f"{len(common):,} questions of {use} were left out: their contexts, or they "
                "themselves, are in the evaluation too"
            )
            continue
        refused.append(f"{len(common):,} of {len(data):,} questions of {use} are in the evaluation")
        apart = use == "stage 2" and not set(data.languages) & set(uses.evaluation.languages)
        badges.append(OTHER_LANGUAGES if apart else SEEN)
    stage1, stage2 = parts["stage 1"], parts["stage 2"]
    assert stage2 is not None
    if stage1 is not None and (count := len(shared(stage1, stage2))):
        refused.append(f"{count:,} of {len(stage1):,} questions of stage 1 are in stage 2")
        badges.append(TWICE)
    if refused and not allow:
        raise UserError(
            "the same questions, or others on the same contexts, would be used for two purposes: "
            f"{'; '.join(refused)}. Use other data, or say --allow-overlap; every result then "
            "carries a badge"
        )
    return replace(
        uses,
        stage1=stage1,
        stage2=stage2,
        badges=tuple(dict.fromkeys(badges)),
        notes=tuple(notes),
    )


def _plain(text: str) -> str:
    return " ".join(text.split())


def _members(data: QaDataset) -> dict[str, list[int]]:
    """Article -> positions of its questions."""
    members: dict[str, list[int]] = {}
    for position, article in enumerate(data.clusters):
        members.setdefault(article, []).append(position)
    return members


def _order(members: dict[str, list[int]], seed: int) -> list[str]:
    """The articles in seeded order."""
    names = list(members)
    return [names[i] for i in np.random.default_rng(seed).permutation(len(names))]
