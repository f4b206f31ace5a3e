"""Trainings on questions as trials: which settings tell them apart, and what a record holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.config import QaTrainConfig
from core.runs.families import families
from core.runs.qa_trials import qa_score, qa_trials
from core.runs.record import RunRecord
from core.runs.store import StoredRun
from core.runs.variations import variations

TIME = "2026-01-01T00:00:00+00:00"


def scores(f1: float) -> dict[str, Any]:
    one = {
        "g_xlt": f1,
        "xlt": f1 + 5,
        "off_diagonal": None,
        "by_question": {"en": f1 + 1, "sw": f1 - 1},
        "by_context": {"en": f1, "sw": f1},
    }
    return {"f1": one, "exact_match": {**one, "g_xlt": f1 / 2}, "questions": 1200} | {
        "clusters": 40,
        "answered": 4800,
    }


def run(
    number: int = 0, *, metrics: Any = None, kind: str = "qa_train", **settings: Any
) -> StoredRun:
    config = QaTrainConfig(**settings).model_dump(mode="json")
    record = RunRecord(
        id=f"20260101T000000-{kind}-{number:06x}",
        kind=kind,
        config=config,
        fingerprints={"model": "m0", "data": f"d{config['seed']}"},
        submitted=TIME,
        started=TIME,
        finished=TIME,
        metrics={"before": scores(40.0), "after": scores(55.0 + number), "normalization": "mlqa"}
        if metrics is None
        else metrics,
    )
    return StoredRun(Path("runs") / record.id, record)


@pytest.mark.parametrize(
    ("settings", "together"),
    [
        ({"device": "cpu"}, True),
        ({"shown_questions": 0}, True),
        ({"stage1": "always"}, True),
        ({"seed": 1}, True),
        ({"targets": 2}, False),
        ({"temperature": 4.0}, False),
        ({"k": 5}, False),
        ({"objective": "ce"}, False),
        ({"normalization": "squad"}, False),
    ],
)
def test_what_makes_a_family(settings: dict[str, Any], together: bool) -> None:
    found = families(qa_trials([run(0), run(1, **settings)]), {"seed"})
    assert len(found) == (1 if together else 2)


def test_what_an_objective_does_not_read_sets_nothing_apart() -> None:
    trials = qa_trials([run(0, objective="ce"), run(1, objective="ce", temperature=4.0, k=3)])
    assert len(families(trials, {"seed"})) == 1
    trials = qa_trials([run(0, objective="skd"), run(1, objective="skd", k=3, window=2)])
    assert len(families(trials, {"seed"})) == 1
    trials = qa_trials([run(0, objective="kl-map"), run(1, objective="kl-map", k=3, window=2)])
    assert len(families(trials, {"seed"})) == 2
    trials = qa_trials([run(0, objective="skd"), run(1, objective="skd", temperature=4.0)])
    assert len(families(trials, {"seed"})) == 2


def test_what_varies_alone_is_found_with_its_seeds() -> None:
    settings = [{"targets": targets, "seed": seed} for targets in (1, 2, 5) for seed in (0, 1)] + [
        {"temperature": 8.0}
    ]
    found = variations(qa_trials(run(i, **x) for i, x in enumerate(settings)))
    by_setting = {x.setting: x for x in found}
    assert set(by_setting) == {"targets"}  # the temperature's run has other targets
    assert {value: list(x) for value, x in by_setting["targets"].points.items()} == {
        1: [0, 1], 2: [0, 1], 5: [0, 1]
    }  # fmt: skip
    assert by_setting["targets"].languages == ("en", "sw")


def test_scores_are_read_defensively() -> None:
    record = run().record
    assert qa_score(record, "after", "f1", "g_xlt") == 55.0
    assert qa_score(record, "after", "exact_match", "g_xlt") == 27.5
    assert qa_score(record, "after", "f1", "off_diagonal") is None
    for metrics in (
        {"before": 3, "after": [1]},
        {"before": {"f1": {"g_xlt": "high"}}, "after": {"f1": {"g_xlt": float("nan")}}},
        {"before": {"f1": None}},
        {},
    ):
        damaged = run(metrics=metrics)
        for when in ("before", "after"):
            assert qa_score(damaged.record, when, "f1", "g_xlt") is None
        assert qa_trials([damaged]) == []
    assert qa_trials([run(kind="qa_evaluate")]) == []


def test_values_are_joined_at_the_seeds_that_all_have() -> None:
    made = [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)]
    runs = [run(n, targets=targets, seed=seed) for n, (targets, seed) in enumerate(made)]
    [found] = [x for x in variations(qa_trials(runs)) if x.setting == "targets"]
    assert {value: set(seeds) for value, seeds in found.points.items()}[3] == {0, 1, 2}
    assert {value: list(seeds) for value, seeds in found.alike.items()} == {1: [0], 2: [0], 3: [0]}
    [apart] = [x for x in variations(qa_trials([runs[0], runs[2]])) if x.setting == "targets"]
    assert apart.alike == apart.points  # no seed in common: both stay
