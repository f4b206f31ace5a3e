"""Single answers and the filters on them, against plain loops."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.answered import ANY, Answered, Examples, Moment
from core.metrics.examples import MAJORITY, Filter, counts, matching, verdict_of
from core.selection.vote import majority_vote

LANGUAGES = ("en", "sw", "yo", "zh")


def predictions(seed: int, items: int = 60, *, gold: bool = True) -> Predictions:
    rng = np.random.default_rng(seed)
    right = np.random.default_rng(9).integers(0, 3, items)
    return Predictions(
        LANGUAGES,
        tuple(map(str, range(items))),
        rng.dirichlet(np.ones(3), (len(LANGUAGES), items)),
        gold=np.eye(3, dtype=bool)[right] if gold else None,
    )


def answered(found: Predictions) -> Answered:
    return Answered.of(found, majority_vote(found.probabilities, found.class_mask).pseudo_labels)


def examples(*, gold: bool = True, both: bool = True) -> Examples:
    before, after = (answered(predictions(seed, gold=gold)) for seed in (1, 2))
    names = tuple(map(str, range(60)))
    return Examples(LANGUAGES, names, before, after if both else None)


def chosen_slowly(example: int, most: int, vote: int, wanted: Filter) -> bool:
    """Whether an example is among those chosen by id and by its vote."""
    given = predictions(1 if wanted.when == "before" else 2).probabilities[:, example, vote].mean()
    few, many = wanted.agreeing or (0, 9)
    low, high = wanted.vote_confidence or (0, 1)
    named = not wanted.examples or str(example) in wanted.examples
    return named and few <= most <= many and low <= given <= high


def slowly(found: Examples, wanted: Filter) -> list[tuple[int, int]]:
    """The same by the words of the filter's description, one answer at a time."""
    seen = found.at(wanted.when)
    kept = []
    for example, language in itertools.product(range(60), range(len(LANGUAGES))):
        said = [int(seen.chosen[x, example]) for x in range(len(LANGUAGES))]
        most = said.count(int(seen.vote[example]))
        kind = "unanimous" if most == 4 else "majority" if most > 2 else "split"
        vote_right = (
            "right" if seen.vote_right is not None and seen.vote_right[example] else "wrong"
        )
        if wanted.languages and LANGUAGES[language] not in wanted.languages:
            continue
        chosen = chosen_slowly(example, most, int(seen.vote[example]), wanted)
        if not chosen or wanted.vote not in ("any", kind, vote_right):
            continue
        if wanted.differs_from:
            other = seen.vote[example]
            if wanted.differs_from != MAJORITY:
                other = said[LANGUAGES.index(wanted.differs_from)]
            if said[language] == other:
                continue
        if wanted.right_in is not None:
            assert seen.right is not None
            number = sum(bool(seen.right[x, example]) for x in range(len(LANGUAGES)))
            if not wanted.right_in[0] <= number <= wanted.right_in[1]:
                continue
        if wanted.verdict in (ANY, verdict_of(found, language, example)):
            kept.append((language, example))
    return kept


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("vote", ["any", "unanimous", "majority", "split", "right", "wrong"])
@pytest.mark.parametrize("verdict", ["turned right", "turned wrong", "still right", ANY])
def test_filters_are_those_of_a_plain_loop(verdict: str, vote: str, when: Moment) -> None:
    found = examples()
    wanted = Filter(verdict=verdict, vote=vote, when=when)  # type: ignore[arg-type]
    for more in ({}, {"languages": ("yo", "en")}, {"differs_from": "sw"}, {"right_in": (1, 2)},
                 {"differs_from": MAJORITY, "languages": ("zh",)}, {"examples": ("3", "17")},
                 {"agreeing": (2, 3), "vote_confidence": (0.4, 0.6)}):  # fmt: skip
        asked = replace(wanted, **more)  # type: ignore[arg-type]
        assert [tuple(x) for x in matching(found, asked).tolist()] == slowly(found, asked)


def test_by_hand() -> None:
    p = np.array([[[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.7, 0.3]]])
    gold = np.array([[True, False], [True, False]])
    before = Predictions(("en", "sw"), ("a", "b"), p, gold=gold)
    after = replace(before, probabilities=p[:, :, ::-1])
    found = Examples(("en", "sw"), ("a", "b"), answered(before), answered(after))
    assert counts(found) == {
        "en": {"turned right": 1, "turned wrong": 1, "still right": 0, "still wrong": 0},
        "sw": {"turned right": 0, "turned wrong": 2, "still right": 0, "still wrong": 0},
    }
    assert matching(found, Filter("turned right")).tolist() == [[0, 1]]
    assert matching(found, Filter(vote="split")).tolist() == [[0, 1], [1, 1]]
    assert found.at("before").probability.tolist() == [[0.9, 0.8], [0.6, 0.7]]
    assert found.at("before").votes.tolist() == [2, 1]


def test_counts_are_those_of_the_filters() -> None:
    found = examples()
    for language, row in counts(found).items():
        for verdict, number in row.items():
            wanted = Filter(verdict=verdict, languages=(language,))  # type: ignore[arg-type]
            assert len(matching(found, wanted)) == number
        assert sum(row.values()) == 60


def test_what_can_be_told() -> None:
    assert examples(both=False).verdicts == ("wrong", "right", ANY)
    assert examples(gold=False).verdicts == ("answer changed", "answer kept", ANY)
    assert examples(gold=False, both=False).verdicts == (ANY,)
    only_after = Examples(LANGUAGES, examples().examples, None, answered(predictions(2)))
    assert (only_after.moments, only_after.verdicts) == (("after",), ("wrong", "right", ANY))
    told = {verdict_of(examples(gold=False), 0, i) for i in range(60)}
    assert told == {"answer changed", "answer kept"}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Filter("turned right"), "can't be told"),
        (Filter(languages=("xx",)), "no language xx"),
        (Filter(differs_from="xx"), "no language xx"),
        (Filter(vote="right"), "no gold labels"),
        (Filter(right_in=(0, 1)), "no gold labels"),
        (Filter(when="after"), "answers after are not known"),
        (Filter(examples=("1", "x\x1b")), r"no example x\\x1b"),
        (Filter(vote="tied"), "unknown vote"),  # type: ignore[arg-type]
    ],
)
def test_what_is_refused(wanted: Filter, message: str) -> None:
    with pytest.raises(UserError, match=message):
        matching(examples(gold=False, both=False), wanted)


def test_answers_that_do_not_fit() -> None:
    with pytest.raises(UserError, match="same examples"):
        Examples(LANGUAGES, ("a",), answered(predictions(1)), None)
    with pytest.raises(UserError, match="no answers"):
        Examples(LANGUAGES, (), None, None)
    with pytest.raises(UserError, match="a vote on 2 of 60"):
        Answered.of(predictions(1), np.zeros(2, dtype=np.int64))
