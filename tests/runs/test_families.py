"""Runs are compared by what decides their results, and by nothing else."""

from __future__ import annotations

import pytest

from core.runs.ablation_rows import ablations, alone, repeats, row_name, rows_of, scored
from core.runs.families import Trial, differing, families, trial_of, trials_of
from core.runs.store import StoredRun
from core.runs.variations import variations
from tests.dashboard.compared_runs import trial_run

BEFORE = {"en": 60.0, "fr": 50.0, "sw": 40.0}
AFTER = {"en": 60.0, "fr": 55.0, "sw": 50.0}


def run(number: int = 0, **settings: object) -> StoredRun:
    return trial_run(BEFORE, AFTER, number=number, **settings)  # type: ignore[arg-type]


def trial(number: int = 0, **settings: object) -> Trial:
    found = trial_of(run(number, **settings))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("settings", "together"),
    [
        ({"device": "cpu"}, True),
        ({"shown_items": 3}, True),
        ({"seed": 1}, True),
        ({"teachers": ("fr",)}, True),  # alsace does not read it
        ({"weak_share": 0.1}, True),
        ({"confident_share": 1.0}, True),
        ({"steps": 7}, False),
        ({"anchor": 0.5}, False),
        ({"strategy": "none"}, False),
        ({"threshold": 0.4}, False),
    ],
)
def test_what_makes_a_family(settings: dict[str, object], together: bool) -> None:
    found = families([trial(0), trial(1, **settings)], {"seed"})
    assert len(found) == (1 if together else 2)


def test_strategies_that_read_no_threshold_are_one() -> None:
    pair = [trial(0, strategy="none"), trial(1, strategy="none", threshold=0.4)]
    assert len(families(pair, {"seed"})) == 1
    pair = [trial(0, strategy="random"), trial(1, strategy="random", threshold=0.4)]
    assert len(families(pair, {"seed"})) == 2  # as many as ALSACE's, which the threshold decides


def test_baselines_are_rows_whatever_the_strategy() -> None:
    trials = [
        trial(0),
        trial(1, method="self-training-english", strategy="none"),
        trial(2, method="self-training-english", seed=1, confident_share=0.5),
        trial(3, method="self-training-all", confident_share=0.3),
    ]
    (family,) = ablations(trials)
    assert {row: list(seeds) for row, seeds in rows_of(family).items()} == {
        "self-training-english": [0, 1],
        "self-training-all (confident share 0.3)": [0],
        "alsace": [0],
    }


def test_older_records_have_todays_defaults() -> None:
    old = run(1)
    config = {x: y for x, y in old.record.config.items() if x not in ("weak_share", "corpus")}
    config |= {"student_student": False}  # retired; only false means the same today
    record = old.record.model_copy(update={"config": config})
    found = trials_of([run(0), StoredRun(old.path, record)])
    assert len(families(found, {"seed"})) == 1


def test_the_model_counts_by_its_fingerprint() -> None:
    moved = run(1, model="elsewhere/model")
    assert len(families(trials_of([run(0), moved]), {"seed"})) == 1
    other = trial_run(BEFORE, AFTER, number=2, record={"fingerprints": {"model": "m1"}})
    assert len(families(trials_of([run(0), other]), {"seed"})) == 2


@pytest.mark.parametrize(
    "record",
    [
        {"finished": None},
        {"error": "no"},
        {"kind": "finetune"},
        {"metrics": {}},
        {"metrics": {"before": {"accuracy": {"en": "high"}}, "after": {"accuracy": AFTER}}},
        {"metrics": {"before": {"accuracy": {"en": 1.0}}, "after": {"accuracy": AFTER}}},
    ],
)
def test_what_is_no_trial(record: dict[str, object]) -> None:
    assert trial_of(trial_run(BEFORE, AFTER, record=record)) is None


def test_a_family_key_does_not_depend_on_the_store() -> None:
    (one,) = families([trial(0)], {"seed"})
    (other,) = families([trial(5, seed=3, device="cpu")], {"seed"})
    assert one.key == other.key
    (steps,) = families([trial(0, steps=9)], {"seed"})
    assert differing([one, steps]) == {one.key: {"steps": 150}, steps.key: {"steps": 9}}
    assert differing([one]) == {one.key: {}}


def test_rows_of_an_ablation() -> None:
    trials = [
        trial(9, seed=1),
        trial(8, seed=1),  # an older repeat
        trial(0, seed=0),
        trial(1, strategy="none"),
        trial(2, strategy="by-hand", teachers=("fr", "sw")),
        trial(3, strategy="by-hand", teachers=("fr",)),  # of the gain matrix
        trial(4, strategy="exclude-weak-teachers", weak_share=0.3),
        trial(5, steps=3),  # of another family
    ]
    (family,) = ablations(trials)
    rows = rows_of(family)
    assert list(rows) == [
        "none", "exclude-weak-teachers (weak share 0.3)", "by-hand (fr, sw)", "alsace",
    ]  # fmt: skip
    assert list(rows["alsace"]) == [0, 1]
    assert rows["alsace"][1].run.id.endswith("000009")
    assert repeats(family) == 1
    assert sum(alone(x) for x in family.trials) == 1
    assert ablations([trial(0), trial(1, seed=1)]) == []


def test_names_of_rows() -> None:
    assert row_name({"strategy": "scale", "corpus": "mc4"}) == "scale (mc4)"
    assert row_name({"strategy": "proximity", "neighbours": 3}) == "proximity"
    assert row_name({"strategy": "proximity", "neighbours": 2}) == "proximity (neighbours 2)"
    assert row_name({"strategy": "alsace", "student_student": True}) == (
        "alsace (with student-student pairs)"
    )
    assert row_name({"method": "self-training-all", "strategy": None}) == "self-training-all"


def test_teachers_of_alsace_alone_make_groups() -> None:
    trials = trials_of(
        [
            trial_run(BEFORE, AFTER, number=0, chosen=("en", "fr")),
            trial_run(BEFORE, AFTER, number=1, strategy="none", chosen=("en", "fr", "sw")),
        ]
    )
    (family,) = ablations(trials)
    assert {x.row: x.teachers for x in scored(family)} == {"none": None, "alsace": ("en", "fr")}


def test_one_number_that_varies() -> None:
    trials = [
        trial(0, shots=50),
        trial(1, shots=200),
        trial(2, shots=200, seed=1),
        trial(3, shots=100, steps=4),
        trial(4, strategy="none", shots=50),
    ]
    (found,) = variations(trials)
    assert found.setting == "shots"
    assert {value: list(seeds) for value, seeds in found.points.items()} == {50: [0], 200: [0, 1]}
    assert found.languages == ("en", "fr", "sw")


def test_what_was_left_out_is_what_it_came_to() -> None:
    ledger = {"english_labels": {"count": 90}, "stopping": {"count": 10}}
    whole = trial_run(BEFORE, AFTER, number=0, record={"ledger": ledger})
    few = run(1, labelled=20)
    (found,) = variations(trials_of([whole, few]))
    assert (found.setting, list(found.points)) == ("labelled", [20, 100])


def test_more_items_than_there_are_make_no_point() -> None:
    def of(number: int, shots: int, used: int) -> StoredRun:
        ledger = {"distillation": {"count": used}}
        return trial_run(BEFORE, AFTER, number=number, shots=shots, record={"ledger": ledger})

    (found,) = variations(
        trials_of([of(0, 50, 51), of(1, 500, 489), of(2, 800, 489), of(3, 1000, 489)])
    )
    assert list(found.points) == [50, 500]
    assert found.exhausted == {800: 500, 1000: 500}


def test_numbers_of_languages_must_be_nested() -> None:
    def of(number: int, *languages: str) -> StoredRun:
        scores = dict.fromkeys(languages, 50.0)
        return trial_run(scores, scores, number=number, languages=languages)

    (found,) = variations(trials_of([of(0, "en", "fr"), of(1, "en", "fr", "sw")]))
    assert (found.setting, list(found.points)) == ("languages", [2, 3])
    assert found.languages == ("en", "fr")
    assert variations(trials_of([of(0, "en", "fr"), of(1, "en", "sw", "yo")])) == []
