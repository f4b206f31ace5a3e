"""What a page shows of a probing run: its sets, intervals, and questions that turned."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.probing_answers import ProbingAnswers
from core.errors import UserError
from core.metrics.probing import ProbingScores, hits
from core.metrics.probing_bootstrap import probing_intervals
from core.metrics.probing_questions import CHANGES, Outcome, chosen, counts, outcomes
from core.metrics.probing_sets import PROMPTS, evaluation_sets, summary
from core.published.alsace.geomlama import table_12


def answers(right: dict[str, list[bool]], regions: str = "KKKKII") -> ProbingAnswers:
    """Two candidates an example, the first is right; groups of two examples."""
    count = len(regions)
    rows = {
        language: tuple(np.array([1.0, 2.0] if yes else [2.0, 1.0]) for yes in found)
        for language, found in right.items()
    }
    return ProbingAnswers(
        examples=tuple(f"e{i}" for i in range(count)),
        groups=tuple(f"g{i // 2}" for i in range(count)),
        regions=tuple(regions),
        scores=rows,
        gold=dict.fromkeys(rows, ((0,),) * count),
        distinct=dict.fromkeys(rows, (np.ones(2, bool),) * count),
    )


BEFORE = answers({"en": [True] * 6, "sw": [False, True, False, False, True, False]})
AFTER = answers({"en": [True] * 5 + [False], "sw": [True, True, True, False, False, True]})


def test_intervals_of_a_region() -> None:
    found = probing_intervals(BEFORE, AFTER, resamples=400)
    cell = found.before["sw"]["K"]
    assert cell.estimate == 25 and (cell.low, cell.high) == (0, 50)  # groups: one half, none
    assert found.after is not None and found.change is not None
    assert found.after["sw"]["K"].estimate == 75
    assert found.change["sw"]["K"].estimate == 50
    assert (found.change["sw"]["K"].low, found.change["sw"]["K"].high) == (50, 50)  # paired
    assert found.before["en"]["K"].low == found.before["en"]["K"].high == 100
    assert found.before["sw"]["I"].low == found.before["sw"]["I"].high == 50  # one group only
    assert found.groups == 3 and found.of("after") is found.after


def test_intervals_are_seeded_and_need_the_same_examples() -> None:
    one, two = (probing_intervals(BEFORE, resamples=50, seed=3) for _ in range(2))
    assert one == two and one.after is None
    with pytest.raises(UserError, match="same examples"):
        probing_intervals(BEFORE, answers({"en": [True] * 6}), resamples=5)
    for bad in ({"resamples": 0}, {"level": 1.0}):
        with pytest.raises(UserError):
            probing_intervals(BEFORE, **bad)


def test_examples_without_a_region_are_one() -> None:
    plain = answers({"en": [True, False]}, regions="KK")
    plain = ProbingAnswers(
        plain.examples, plain.groups, ("", ""), plain.scores, plain.gold, plain.distinct
    )
    assert set(probing_intervals(plain, resamples=5).before["en"]) == {"all"}
    assert {x.region for x in outcomes(plain)} == {"all"}


def test_questions_that_turned() -> None:
    found = outcomes(BEFORE, AFTER)
    assert len(found) == 12
    table = counts(found)
    assert table["sw"] == dict(zip(CHANGES, (3, 1, 1, 1), strict=True))
    assert table["en"] == dict(zip(CHANGES, (0, 1, 5, 0), strict=True))
    gained = sum(hits(AFTER)["sw"]) - sum(hits(BEFORE)["sw"])
    assert gained == table["sw"]["turned right"] - table["sw"]["turned wrong"]
    assert counts(outcomes(BEFORE))["sw"] == {"right": 2, "wrong": 4}
    with pytest.raises(UserError, match="same questions"):
        outcomes(BEFORE, answers({"en": [True] * 6}))


@pytest.mark.parametrize(
    ("asked", "before", "after", "verdict"),
    [
        (2, 1, 2, "turned right"),
        (2, 0, 1, "turned right"),
        (3, 2, 1, "turned wrong"),
        (2, 1, 1, "still wrong"),
        (2, 2, 2, "still right"),
        (2, 1, None, "wrong"),
    ],
)
def test_verdicts(asked: int, before: int, after: int | None, verdict: str) -> None:
    assert Outcome("e", "K", "sw", asked, before, after).verdict == verdict


def test_what_a_model_picks() -> None:
    assert chosen(BEFORE, "sw", 0).tolist() == [False, True]
    assert chosen(BEFORE, "en", 0).tolist() == [True, False]


def test_sets_of_a_record() -> None:
    before, after = (x.scores for x in table_12().values())
    pair = {"before": before.to_json(), "after": after.to_json()}
    assert evaluation_sets({}) == ()
    [only] = evaluation_sets(before.to_json())
    assert (only.name, only.after) == (PROMPTS, None) and only.before.to_json() == before.to_json()
    main, further = evaluation_sets({"evaluation": "folds", **pair, "further": {"raw": pair}})
    assert (main.name, further.name) == ("folds", "raw") and further.after == main.after
    row = summary([main])
    assert row["folds: weakest before"] == pytest.approx(28.94, abs=0.02)
    assert row["folds: average change"] == pytest.approx(0.886, abs=0.001)
    assert main.before.weakest == "sw"


@pytest.mark.parametrize(
    "change",
    [
        {"total": {"US": 0}},
        {"total": 3},
        {"correct": {"en": {"US": 99}}},
        {"correct": {}},
        {"chance": {}},
        {"chance": {"US": 7}},
    ],
)
def test_damaged_scores_are_named(change: dict) -> None:
    good = ProbingScores.of_counts({"en": {"US": 2}}, {"US": 4}, {"US": 0.25}).to_json()
    assert ProbingScores.from_json(good).accuracy["en"]["US"] == 0.5
    with pytest.raises(UserError, match="can't be read"):
        ProbingScores.from_json({**good, **change})
    with pytest.raises(UserError):
        evaluation_sets({"before": good, "after": {**good, **change}})
