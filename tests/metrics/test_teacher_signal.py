"""The gain matrix and the teacher signal, beside numbers computed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from core.errors import UserError
from core.metrics.teacher_signal import (
    gain_matrix,
    lone_teacher,
    teacher_signals,
)

LANGUAGES = ("en", "fr", "sw")
START = {"en": 80.0, "fr": 60.0, "sw": 40.0}
CONFIDENCE = {"en": 0.9, "fr": 0.7, "sw": 0.5}
GAINS = {"en": (1.0, 10.0, 20.0), "fr": (-2.0, 4.0, 12.0), "sw": (-9.0, -3.0, 0.0)}


@dataclass
class Record:
    kind: str = "distill"
    config: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    selection: Mapping[str, Any] | None = None


def taught(teacher: str, seed: int = 0, more: float = 0.0, **config: Any) -> Record:
    after = {x: START[x] + GAINS[teacher][i] + more for i, x in enumerate(LANGUAGES)}
    return Record(
        config={"strategy": "by-hand", "teachers": [teacher], "seed": seed, "steps": 40, **config},
        metrics={"before": {"accuracy": START}, "after": {"accuracy": after}},
        selection={"teachers": [teacher], "confidence": CONFIDENCE},
    )


def matrix_of(*records: Record):
    return gain_matrix([run for record in records if (run := lone_teacher(record))])


def test_gains_are_means_over_the_seeds() -> None:
    matrix = matrix_of(*(taught(x) for x in LANGUAGES), taught("en", 1, more=3.0))
    assert matrix.teachers == matrix.students == LANGUAGES
    assert matrix.gains[0] == pytest.approx([2.5, 11.5, 21.5])
    assert matrix.gains[2] == pytest.approx([-9.0, -3.0, 0.0])
    assert matrix.seeds == (2, 1, 1)
    assert matrix.spread[0] == pytest.approx(np.full(3, 3 / np.sqrt(2)))
    assert np.isnan(matrix.spread[1]).all()


def test_a_teachers_own_gain_is_not_given_to_others() -> None:
    matrix = matrix_of(*(taught(x) for x in LANGUAGES))
    assert matrix.given == pytest.approx([15.0, 5.0, -6.0])
    assert matrix.confidence == pytest.approx([0.9, 0.7, 0.5])
    assert matrix.accuracy == pytest.approx([80.0, 60.0, 40.0])


def test_runs_of_a_seed_count_once_at_the_start() -> None:
    """Seed 0 was run for three teachers, seed 1 for one; the start is the mean of two seeds."""
    other = taught("en", 1)
    other.metrics["before"] = {"accuracy": {"en": 90.0, "fr": 60.0, "sw": 40.0}}
    matrix = matrix_of(*(taught(x) for x in LANGUAGES), other)
    assert matrix.accuracy[0] == pytest.approx(85.0)


def test_teachers_that_were_not_tried_have_no_row() -> None:
    matrix = matrix_of(taught("sw"), taught("en"))
    assert matrix.teachers == ("en", "sw") and matrix.students == LANGUAGES
    assert matrix.given == pytest.approx([15.0, -6.0])


def test_signals_by_hand() -> None:
    accuracy, gain = teacher_signals(matrix_of(*(taught(x) for x in LANGUAGES)), resamples=100)
    assert (accuracy.against, gain.against) == ("accuracy", "gain given")
    assert accuracy.correlation.rho == pytest.approx(1.0)
    assert gain.outcome == pytest.approx([15.0, 5.0, -6.0])
    assert gain.correlation.rho == pytest.approx(1.0) and gain.correlation.n == 3
    with pytest.raises(UserError, match="two teachers"):
        teacher_signals(matrix_of(taught("en")))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: setattr(r, "kind", "select"),
        lambda r: r.config.update(strategy="alsace"),
        lambda r: r.selection.update(teachers=["en", "fr"]),
        lambda r: r.selection.update(teachers=["de"]),
        lambda r: r.metrics.pop("after"),
        lambda r: setattr(r, "selection", None),
        lambda r: r.metrics.update(after={"accuracy": {"en": 1.0}}),
        lambda r: r.metrics.update(after={"accuracy": {**START, "en": None}}),
        lambda r: r.metrics.update(after=3),
        lambda r: r.selection.update(confidence={"en": 1.0}),
    ],
)
def test_what_is_no_such_run_is_left_out(spoil: Any) -> None:
    record = taught("en")
    record.selection = dict(record.selection or {})
    assert lone_teacher(record) is not None
    spoil(record)
    assert lone_teacher(record) is None


def test_the_order_of_the_languages_is_the_first_runs() -> None:
    one, other = taught("en"), taught("fr")
    for when in ("before", "after"):
        scores = other.metrics[when]["accuracy"]
        other.metrics[when] = {"accuracy": {x: scores[x] for x in ("sw", "fr", "en")}}
    assert matrix_of(one, other).gains == pytest.approx(matrix_of(one, taught("fr")).gains)


def test_runs_in_other_languages_are_refused() -> None:
    one, other = taught("en"), taught("en")
    for when in ("before", "after"):
        other.metrics[when] = {"accuracy": {x: START[x] for x in ("en", "fr")}}
    with pytest.raises(UserError, match="same languages"):
        matrix_of(one, other)
    with pytest.raises(UserError, match="one teacher each"):
        gain_matrix([])
