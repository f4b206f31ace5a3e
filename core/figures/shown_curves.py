"""The curves of one question among those that a run keeps, and which question to look at first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.qa.shown import ShownAnswers


@dataclass(frozen=True)
class Curves:
    """Start and end probabilities of one question in one pair of languages."""

    offsets: NDArray[np.int32]
    """[tokens, 2]: characters of the context."""
    start: NDArray[np.floating]
    """[tokens]."""
    end: NDArray[np.floating]
    """[tokens]."""
    gold: tuple[int, int]
    """Right first and last token; `NONE` outside the window that the curves are of."""
    text: str = ""
    """The context, for the tooltips; empty where it is not at hand."""


def curves_of(
    shown: ShownAnswers, question: str, context: str, item: str, text: str = ""
) -> Curves | None:
    """The curves of one question, or None where it was not asked in this pair of languages.

    Args:
        shown: what was kept.
        question: language of the question.
        context: language of the context.
        item: id of the question.
        text: the context, where it is at hand.
    """
    try:
        place = (
            shown.questions.index(question),
            shown.contexts.index(context),
            shown.ids.index(item),
        )
    except ValueError:
        return None
    first, last = (int(x) for x in shown.curve[place])
    if last <= first:
        return None
    part = slice(first, last)
    gold = tuple(int(x) for x in shown.gold[place])
    return Curves(
        shown.offsets[part],
        shown.start[part].astype(float),
        shown.end[part].astype(float),
        (gold[0], gold[1]),
        text,
    )


def telling_place(shown: Mapping[str, ShownAnswers]) -> tuple[str, str, str] | None:
    """The question to look at first: known but not said before, said after, in two languages.

    Args:
        shown: moment -> what was kept; the first and the last one are compared.

    Returns:
        Language of the question, of the context, and id; the one that tells most of those that
        were asked, or None without any.
    """
    moments = list(shown.values())
    if not moments:
        return None
    first, last = moments[0], moments[-1]
    best: tuple[tuple[bool, ...], tuple[str, str, str]] | None = None
    for i, j, item in np.ndindex(first.curve.shape[:3]):
        if first.curve[i, j, item, 1] <= first.curve[i, j, item, 0]:
            continue
        place = first.questions[i], first.contexts[j], first.ids[item]
        right = first.right[i, j, item]
        known = bool(right[1:].any() and not right[0])
        gained = first is last or _said(last, place)
        worth = (known and gained, place[0] != place[1], known, gained)
        if best is None or worth > best[0]:
            best = worth, place
    return None if best is None else best[1]


def _said(shown: ShownAnswers, place: tuple[str, str, str]) -> bool:
    """Whether the first answer to a question is right."""
    question, context, item = place
    if question not in shown.questions or context not in shown.contexts or item not in shown.ids:
        return False
    at = shown.questions.index(question), shown.contexts.index(context), shown.ids.index(item)
    return bool(shown.right[at][:1].any())
