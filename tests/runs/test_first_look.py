"""The runs that are compared at first."""

from __future__ import annotations

from collections.abc import Mapping

from core.runs.families import Trial, trial_of
from core.runs.first_look import changed, first_look
from tests.dashboard.compared_runs import trial_run

BEFORE = {"en": 60.0, "fr": 50.0}
MORE = {"en": 60.0, "fr": 55.0}


def trial(number: int, after: Mapping[str, float] = MORE, **settings: object) -> Trial:
    found = trial_of(trial_run(BEFORE, after, number=number, **settings))  # type: ignore[arg-type]
    assert found is not None
    return found


def numbers(trials: list[Trial]) -> list[list[int]]:
    """The chosen groups, by the numbers of their runs."""
    return [[int(run.id[-6:], 16) for run in group.runs] for group in first_look(trials)]


def test_alsace_and_everyone_of_the_family_that_moved_most() -> None:
    idle = [trial(i, BEFORE, strategy=x, steps=7) for i, x in ((1, "alsace"), (2, "none"))]
    idle += [trial(3, BEFORE, strategy="random", steps=7)]
    moving = [trial(10 + seed, strategy="random", seed=seed) for seed in (0, 1)]
    moving += [trial(20 + seed, strategy="none", seed=seed) for seed in (1, 0)]
    moving += [trial(30 + seed, seed=seed) for seed in (0, 1)]
    assert numbers([*idle, *moving]) == [[30, 31], [20, 21]]


def test_another_strategy_stands_in_for_one_that_changed_nothing() -> None:
    runs = [trial(1), trial(2, BEFORE, strategy="none"), trial(3, strategy="random")]
    assert numbers(runs) == [[1], [3]]


def test_without_a_family_the_newest_run_that_changed_something() -> None:
    assert numbers([trial(1, BEFORE), trial(2, steps=7), trial(3, steps=8)]) == [[2]]
    assert first_look([trial(1, BEFORE)]) == []
    assert changed(trial(1)) and not changed(trial(1, BEFORE))
