"""Which runs with a single teacher make one gain matrix."""

from __future__ import annotations

from typing import Any

from core.runs.families import trials_of
from core.runs.lone_teachers import lone_teachers
from tests.dashboard.compared_runs import trial_run

BEFORE = {"en": 80.0, "fr": 60.0, "sw": 40.0}
SURE = {"en": 0.9, "fr": 0.7, "sw": 0.5}


def taught(number: int, teacher: str, more: float = 5.0, **settings: Any):
    after = {language: score + more for language, score in BEFORE.items()}
    selection = {"teachers": [teacher], "confidence": SURE}
    return trial_run(
        BEFORE,
        after,
        number=number,
        record={"selection": selection},
        strategy="by-hand",
        teachers=(teacher,),
        **settings,
    )


def test_runs_of_other_settings_are_another_group() -> None:
    runs = [
        taught(0, "en", steps=80),
        *(taught(i, x, device="cpu") for i, x in enumerate(BEFORE, 1)),
        taught(4, "en"),
        trial_run(BEFORE, BEFORE, number=5),
    ]
    first, second = lone_teachers(trials_of(runs))
    assert [run.teacher for run in first.runs] == list(BEFORE)
    assert (first.teachers, second.teachers) == (set(BEFORE), {"en"})
    assert {x: len(trials) for x, trials in first.by_teacher.items()} == {"en": 2, "fr": 1, "sw": 1}
    assert first.family.key != second.family.key


def test_the_newest_of_two_equal_runs_counts() -> None:
    (group,) = lone_teachers(trials_of([taught(1, "en", more=7.0), taught(0, "en")]))
    assert [run.after["en"] for run in group.runs] == [87.0]


def test_a_record_made_before_a_setting_belongs_to_its_group() -> None:
    old, new = taught(0, "en"), taught(1, "fr", head="classification")
    for name in ("keep", "head", "kl_weight"):
        del old.record.config[name]
    (group,) = lone_teachers(trials_of([new, old]))
    assert group.teachers == {"en", "fr"}
