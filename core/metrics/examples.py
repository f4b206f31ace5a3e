"""Which single answers of a model a reader asks to see, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.metrics.answered import ANY, Answered, Examples, Moment, Verdict
from core.quoting import quote_all

VoteIs = Literal["any", "unanimous", "majority", "split", "right", "wrong"]
MAJORITY: Final = "vote"
"""Instead of a language to differ from: the answer most languages give."""


@dataclass(frozen=True)
class Filter:
    """Which answers are asked for; each field leaves out some."""

    verdict: Verdict = ANY
    """What became of the answer."""
    languages: tuple[str, ...] = ()
    """Answers in these languages; all if empty."""
    vote: VoteIs = "any"
    """unanimous: all languages say the same; majority: more than half do, not all; split: no class
    has more than half; right, wrong: the majority's answer is."""
    differs_from: str = ""
    """Only answers unlike that of this language, or of the `MAJORITY`."""
    right_in: tuple[int, int] | None = None
    """Least and most languages that answer the example right."""
    when: Moment = "before"
    """Whose votes, differences and right languages are counted."""
    examples: tuple[str, ...] = ()
    """Answers to these examples; to all if empty."""
    agreeing: tuple[int, int] | None = None
    """Least and most languages that answer as the majority."""
    vote_confidence: tuple[float, float] | None = None
    """Least and largest mean probability of the majority's class, 0 to 1."""


def matching(found: Examples, wanted: Filter) -> NDArray[np.int64]:
    """The answers asked for, example by example.

    Args:
        found: all answers.
        wanted: which of them.

    Returns:
        [answers, 2]: place of the language and place of the example, sorted by example and then
        in the order of the languages.

    Raises:
        UserError: an unknown language or example, or a verdict, vote or moment that can't be told
            here.
    """
    counted = found.at(wanted.when)
    kept = _of_verdict(found, wanted.verdict) & _of_languages(found, wanted.languages)
    kept &= _of_vote(counted, wanted.vote, len(found.languages))
    if wanted.differs_from:
        kept &= counted.chosen != _reference(found, counted, wanted.differs_from)
    if wanted.right_in is not None:
        low, high = wanted.right_in
        count = _known(counted.right).sum(axis=0)
        kept &= (count >= low) & (count <= high)
    kept &= _chosen(found, wanted)
    return np.argwhere(kept.T)[:, ::-1]


def counts(found: Examples) -> dict[str, dict[str, int]]:
    """Language -> verdict -> answers; every verdict there can be but "all"."""
    named = [verdict for verdict in found.verdicts if verdict != ANY]
    table = {verdict: _of_verdict(found, verdict).sum(axis=1) for verdict in named}
    return {
        language: {verdict: int(table[verdict][i]) for verdict in named}
        for i, language in enumerate(found.languages)
    }


def verdict_of(found: Examples, language: int, example: int) -> Verdict:
    """What became of one answer; "all" where nothing can be said."""
    one = (language, example)
    both = found.before is not None and found.after is not None
    if found.last.right is None:
        if not both:
            return ANY
        same = found.at("before").chosen[one] == found.at("after").chosen[one]
        return "answer kept" if same else "answer changed"
    now = bool(found.last.right[one])
    if not both:
        return "right" if now else "wrong"
    was = bool(_known(found.at("before").right)[one])
    if was == now:
        return "still right" if now else "still wrong"
    return "turned right" if now else "turned wrong"


def _of_verdict(found: Examples, verdict: Verdict) -> NDArray[np.bool_]:
    """[languages, examples]: answers of this verdict."""
    if verdict not in found.verdicts:
        raise UserError(f"{verdict!r} can't be told of these answers: choose {found.verdicts}")
    if verdict == ANY:
        return np.ones(found.last.chosen.shape, dtype=bool)
    if verdict in ("right", "wrong"):
        return _known(found.last.right) == (verdict == "right")
    before, after = found.at("before"), found.at("after")
    if verdict in ("answer changed", "answer kept"):
        return (before.chosen == after.chosen) == (verdict == "answer kept")
    was, now = _known(before.right), _known(after.right)
    return (was != now if "turned" in verdict else was == now) & (now == ("right" in verdict))


def _of_languages(found: Examples, wanted: Sequence[str]) -> NDArray[np.bool_]:
    """[languages, 1]: those asked for."""
    if unknown := [name for name in wanted if name not in found.languages]:
        raise UserError(f"no language {', '.join(unknown)}; there are {', '.join(found.languages)}")
    return np.array([[not wanted or name in wanted] for name in found.languages])


def _of_vote(counted: Answered, vote: VoteIs, languages: int) -> NDArray[np.bool_]:
    """[examples]: those on which the languages vote so."""
    if vote not in get_args(VoteIs):
        raise UserError(f"unknown vote {vote!r}: choose {', '.join(get_args(VoteIs))}")
    if vote in ("right", "wrong"):
        return _known(counted.vote_right) == (vote == "right")
    absolute, all_of_them = 2 * counted.votes > languages, counted.votes == languages
    named = {"unanimous": all_of_them, "majority": absolute & ~all_of_them, "split": ~absolute}
    return named.get(vote, np.ones(len(counted.votes), dtype=bool))


def _chosen(found: Examples, wanted: Filter) -> NDArray[np.bool_]:
    """[examples]: those named, and those whose vote is as large and as sure as asked for."""
    counted = found.at(wanted.when)
    kept = np.ones(len(found.examples), dtype=bool)
    if wanted.examples:
        if unknown := set(wanted.examples).difference(found.examples):
            raise UserError(f"no example {quote_all(sorted(unknown))}")
        named = set(wanted.examples)
        kept = np.fromiter((x in named for x in found.examples), bool, len(found.examples))
    for bounds, values in (
        (wanted.agreeing, counted.votes),
        (wanted.vote_confidence, counted.vote_confidence),
    ):
        if bounds is not None:
            kept = kept & (values >= bounds[0]) & (values <= bounds[1])
    return kept


def _reference(found: Examples, counted: Answered, name: str) -> NDArray[np.int64]:
    """[examples]: the answer that others are compared with."""
    if name == MAJORITY:
        return counted.vote
    _of_languages(found, (name,))
    return counted.chosen[found.languages.index(name)]


def _known(right: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    if right is None:
        raise UserError("these predictions hold no gold labels: nothing is known to be right")
    return right
